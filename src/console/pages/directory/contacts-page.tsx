// The pages of contacts: the list with its form, and one contact.
import { CONTACT_ROLES, MUTABLE_KINDS, type Contact } from '../../../mail/contacts/operations.ts'
import { MAIL_KINDS } from '../../../mail/templates/template.ts'
import type { Problem } from '../../../problem.ts'
import { DangerZone, DataTable, EmptyState, None, Section } from '../../kit/blocks.tsx'
import type { AdminContext } from '../../kit/admin-context.tsx'
import type { PageLink } from '../../kit/console-frame.tsx'
import {
  ButtonForm,
  CheckboxGroup,
  Form,
  RadioGroup,
  SubmitRow,
  TextField,
} from '../../kit/forms.tsx'
import { errorsOf } from './directory-context.ts'

export type ContactsContext = AdminContext & {
  title: string
  /** Null: operators. */
  tenantSid: string | null
  path: string
  above: readonly PageLink[]
  mayChange: boolean
}

export type ContactValues = {
  role: string
  name: string
  email: string
  wanted: readonly string[]
}

const FIRST: ContactValues = { role: 'technical', name: '', email: '', wanted: MUTABLE_KINDS }

export function valuesOf({ role, name, email, muted }: Contact): ContactValues {
  return { role, name, email, wanted: MUTABLE_KINDS.filter((kind) => !muted.includes(kind)) }
}

const LEADS = {
  tenant:
    'People who receive mail about single sign-on. If nobody has the role that a mail is for, ' +
    'the other contacts receive it.',
  operators: 'Addresses of your team that receive mail about all tenants.',
}

export function ContactsPage(props: {
  at: ContactsContext
  contacts: readonly Contact[]
  values?: ContactValues
  problem?: Problem | undefined
}) {
  const { at, contacts, values = FIRST, problem } = props
  return (
    <at.Frame
      title={at.title}
      breadcrumb={at.above}
      problem={problem}
      lead={LEADS[at.tenantSid === null ? 'operators' : 'tenant']}
    >
      <ContactTable at={at} contacts={contacts} />
      {at.mayChange && (
        <Section id="new" title="Add contact">
          <ContactForm
            at={at}
            action={at.path}
            primary="Add contact"
            values={values}
            problem={problem}
          />
        </Section>
      )}
    </at.Frame>
  )
}

function ContactTable({ at, contacts }: { at: ContactsContext; contacts: readonly Contact[] }) {
  return (
    <DataTable
      caption="Contacts"
      captionHidden={true}
      columns={[
        {
          name: 'Name',
          cell: ({ sid, name }) => (at.mayChange ? <a href={`${at.path}/${sid}`}>{name}</a> : name),
        },
        { name: 'E-mail', cell: ({ email }) => email },
        ...(at.tenantSid === null
          ? []
          : [{ name: 'Role', cell: ({ role }: Contact) => labelOf(role) }]),
        {
          name: 'Receives',
          cell: ({ muted }) => {
            const kinds = MUTABLE_KINDS.filter((kind) => !muted.includes(kind))
            const labels = kinds.map((kind) => MAIL_KINDS[kind].label).join(', ')
            return labels || <None>Security mail only</None>
          },
        },
      ]}
      rows={contacts}
      empty={<EmptyState title="No contacts yet">Nobody receives mail.</EmptyState>}
    />
  )
}

function labelOf(role: Contact['role']): string {
  return role === 'operator' ? 'Operator' : CONTACT_ROLES[role].label
}

export function ContactPage(props: {
  at: ContactsContext
  contact: Contact
  values: ContactValues
  problem?: Problem | undefined
}) {
  const { at, contact, values, problem } = props
  const path = `${at.path}/${contact.sid}`
  return (
    <at.Frame
      title={contact.name}
      breadcrumb={[...at.above, { name: at.title, href: at.path }]}
      problem={problem}
      narrow={true}
    >
      <ContactForm
        at={at}
        action={path}
        primary="Save contact"
        values={values}
        problem={problem}
        cancelHref={at.path}
      />
      {at.mayChange && (
        <DangerZone
          title="Remove"
          actions={[
            {
              title: 'Remove contact',
              text: 'The contact receives no more mail.',
              control: (
                <ButtonForm action={`${path}/remove`} label="Remove contact" tone="danger" />
              ),
            },
          ]}
        />
      )}
    </at.Frame>
  )
}

function ContactForm(props: {
  at: ContactsContext
  action: string
  primary: string
  values: ContactValues
  problem?: Problem | undefined
  cancelHref?: string
}) {
  const { at, action, primary, values, problem, cancelHref } = props
  const errorOf = errorsOf(problem)
  return (
    <Form action={action}>
      <TextField
        name="name"
        label="Name"
        hint="A person or a team."
        value={values.name}
        required={true}
        error={errorOf('name')}
      />
      <TextField
        name="email"
        label="E-mail"
        kind="email"
        value={values.email}
        required={true}
        error={errorOf('email')}
      />
      {at.tenantSid !== null && (
        <RadioGroup
          name="role"
          label="Role"
          options={Object.entries(CONTACT_ROLES).map(([value, words]) => ({ value, ...words }))}
          value={values.role}
          required={true}
          error={errorOf('role')}
        />
      )}
      <CheckboxGroup
        name="wanted"
        legend="Mail"
        hint="Security mail always arrives."
        options={MUTABLE_KINDS.map((value) => ({ value, ...MAIL_KINDS[value] }))}
        chosen={values.wanted}
      />
      <SubmitRow primary={primary} {...(cancelHref && { cancel: { href: cancelHref } })} />
    </Form>
  )
}
