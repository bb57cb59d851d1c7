// Routes of a tenant's domains, in console and portal. The operations check permissions.
import type { Hono } from 'hono'
import { getConnection, listConnections } from '../../../connections/operations.ts'
import {
  checkDomain,
  createDomain,
  leadDomain,
  listDomains,
  removeDomain,
  vouchForDomain,
} from '../../../directory/domains/operations.ts'
import { listExceptions } from '../../../directory/exceptions/operations.ts'
import type { Problem } from '../../../problem.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import type { DirectoryContext, OpenDirectory } from './directory-context.ts'
import { DomainsPage, type DomainRefusal } from './domains-page.tsx'

export function domainRoutes(routes: Hono<App>, open: OpenDirectory): void {
  /** The connections are for those who may choose one. */
  const valuesOf = async ({ context, tenant, may }: DirectoryContext) => {
    const page = { limit: 100, after: null }
    const [connections, domains, exceptions] = await Promise.all([
      may.operate ? listConnections(context, tenant.sid, page) : undefined,
      listDomains(context, tenant.sid),
      listExceptions(context, tenant.sid, page),
    ])
    const leads = new Set(unwrap(domains).flatMap(({ connectionSid }) => connectionSid ?? []))
    const found = await Promise.all([...leads].map((sid) => getConnection(context, sid)))
    return {
      domains: unwrap(domains),
      connections: connections ? unwrap(connections).items : [],
      ledTo: new Map(found.flatMap((one) => (one.ok ? [[one.value.sid, one.value]] : []))),
      exceptions: unwrap(exceptions).items,
    }
  }
  const refuse = async (c: AppContext, at: DirectoryContext, refusal: DomainRefusal) =>
    showAgain(c, refusal.problem, <DomainsPage at={at} {...await valuesOf(at)} refusal={refusal} />)
  const sectionOf = ({ base }: DirectoryContext, domain: string) =>
    `${base}/domains#domain-${domain}`

  routes.get('/domains', async (c) => {
    const at = await open(c)
    return showPage(c, <DomainsPage at={at} {...await valuesOf(at)} />)
  })

  routes.post('/domains', async (c) => {
    const at = await open(c)
    const domain = (await readForm(c)).text('domain')
    const made = unwrapOrShow(await createDomain(at.context, at.tenant.sid, { domain }))
    return made.ok
      ? seeOther(c, sectionOf(at, made.value.domain), 'domain_added')
      : refuse(c, at, { problem: made.error, entered: domain })
  })

  routes.post('/domains/:domain/check', async (c) => {
    const at = await open(c)
    const domain = c.req.param('domain')
    const checked = unwrapOrShow(await checkDomain(at.context, at.tenant.sid, domain))
    if (!checked.ok)
      return refuse(c, at, { problem: asHeld(checked.error), at: domain, entered: '' })
    // A verified domain whose record is gone stays verified; the page shows it.
    const isFound = checked.value.failure === null
    return seeOther(c, sectionOf(at, domain), isFound ? 'domain_verified' : undefined)
  })

  routes.post('/domains/:domain/vouch', async (c) => {
    const at = await open(c)
    const domain = c.req.param('domain')
    const reason = (await readForm(c)).text('reason')
    const input = { reason }
    const vouched = unwrapOrShow(await vouchForDomain(at.context, at.tenant.sid, domain, input))
    return vouched.ok
      ? seeOther(c, sectionOf(at, domain), 'saved')
      : refuse(c, at, { problem: asHeld(vouched.error), at: domain, entered: reason })
  })

  routes.post('/domains/:domain/lead', async (c) => {
    const at = await open(c)
    const domain = c.req.param('domain')
    const connectionSid = (await readForm(c)).text('connectionSid') || null
    unwrap(await leadDomain(at.context, at.tenant.sid, domain, { connectionSid }))
    return seeOther(c, sectionOf(at, domain), 'saved')
  })

  routes.post('/domains/:domain/remove', async (c) => {
    const at = await open(c)
    unwrap(await removeDomain(at.context, at.tenant.sid, c.req.param('domain')))
    return seeOther(c, `${at.base}/domains`, 'domain_removed')
  })
}

/** For a domain of another tenant: operators read in `received` which tenant has it. */
function asHeld(refused: Problem): Problem {
  const { code, expected, received } = refused
  return code === 'already_there'
    ? { ...refused, code: 'input', expected: `${expected} (${received})` }
    : refused
}
