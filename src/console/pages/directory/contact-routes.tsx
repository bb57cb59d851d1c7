// Contacts: who receives mail. For a tenant in console and portal, and for operators themselves.
import type { Hono } from 'hono'
import {
  addContact,
  editContact,
  getContact,
  listContacts,
  MUTABLE_KINDS,
  removeContact,
  type Contact,
} from '../../../mail/contacts/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm, type Form } from '../../kit/form.ts'
import {
  ContactPage,
  ContactsPage,
  valuesOf,
  type ContactsContext,
  type ContactValues,
} from './contacts-page.tsx'
import type { OpenDirectory } from './directory-context.ts'

type OpenContacts = (c: AppContext) => Promise<ContactsContext>

export function contactRoutes(routes: Hono<App>, open: OpenDirectory): void {
  serveContacts(routes, '/contacts', async (c) => {
    const { tenant, base, may, ...at } = await open(c)
    const path = `${base}/contacts`
    return { ...at, path, tenantSid: tenant.sid, title: 'Contacts', mayChange: may.configure }
  })
}

/** `path` is below the routes; the context has the whole of it. */
export function serveContacts(routes: Hono<App>, path: string, open: OpenContacts): void {
  routes.get(path, async (c) => {
    const at = await open(c)
    const contacts = unwrap(await listContacts(at.context, at.tenantSid))
    return showPage(c, <ContactsPage at={at} contacts={contacts} />)
  })

  routes.post(path, async (c) => {
    const at = await open(c)
    const values = readValues(at, await readForm(c))
    const added = unwrapOrShow(await addContact(at.context, at.tenantSid, inputOf(values)))
    if (added.ok) return seeOther(c, at.path, 'contact_added')
    const contacts = unwrap(await listContacts(at.context, at.tenantSid))
    const page = <ContactsPage at={at} contacts={contacts} values={values} problem={added.error} />
    return showAgain(c, added.error, page)
  })

  routes.get(`${path}/:contact`, async (c) => {
    const at = await open(c)
    const contact = await contactOf(c, at)
    return showPage(c, <ContactPage at={at} contact={contact} values={valuesOf(contact)} />)
  })

  routes.post(`${path}/:contact`, async (c) => {
    const at = await open(c)
    const contact = await contactOf(c, at)
    const values = readValues(at, await readForm(c))
    const edited = unwrapOrShow(await editContact(at.context, contact.sid, inputOf(values)))
    if (edited.ok) return seeOther(c, at.path, 'saved')
    const page = <ContactPage at={at} contact={contact} values={values} problem={edited.error} />
    return showAgain(c, edited.error, page)
  })

  routes.post(`${path}/:contact/remove`, async (c) => {
    const at = await open(c)
    const contact = await contactOf(c, at)
    unwrap(await removeContact(at.context, contact.sid))
    return seeOther(c, at.path, 'contact_removed')
  })
}

/** One of this page's, for those who may change it: another tenant's is not there. */
async function contactOf(c: AppContext, at: ContactsContext): Promise<Contact> {
  if (!at.mayChange) throw new Refused('forbidden')
  const contact = unwrap(await getContact(at.context, c.req.param('contact') ?? ''))
  if (contact.tenantSid !== at.tenantSid) throw new Refused('not_there')
  return contact
}

function readValues({ tenantSid }: ContactsContext, form: Form): ContactValues {
  return {
    role: tenantSid === null ? 'operator' : form.text('role'),
    name: form.text('name'),
    email: form.text('email'),
    wanted: form.texts('wanted'),
  }
}

/** Boxes say what is wanted; what is kept is what is not. */
function inputOf({ wanted, ...person }: ContactValues) {
  return { ...person, muted: MUTABLE_KINDS.filter((kind) => !wanted.includes(kind)) }
}
