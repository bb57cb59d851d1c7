// Shared by pages of keys, links and tokens: the form, the table, the page that shows a secret
// once.
import type { Child } from 'hono/jsx'
import type { Reader } from '../../errors/entry.ts'
import type { Problem } from '../../problem.ts'
import {
  CopyField,
  DataTable,
  EmptyState,
  Instant,
  LastTime,
  None,
  Notice,
  Status,
} from './blocks.tsx'
import { ButtonForm, Form, RadioGroup, SelectField, SubmitRow, TextField } from './forms.tsx'
import { ROLE_WORDS, type Role } from '../../events/roles.ts'
import { messageOf } from './words.ts'

type Life = { revokedAt: number | null; expiresAt: number }

export function isOver({ revokedAt, expiresAt }: Life, now: number): boolean {
  return revokedAt !== null || expiresAt <= now
}

export function LifeStatus(props: { of: Life; now: number; revoked?: string }) {
  const { of, now, revoked = 'Revoked' } = props
  if (isOver(of, now))
    return <Status tone="neutral">{of.revokedAt === null ? 'Expired' : revoked}</Status>
  return (
    <>
      <Status tone="good">Valid</Status> until <Instant at={of.expiresAt} now={now} show="date" />
    </>
  )
}

/** Roles as the choices of a form. */
export const roleOptions = (roles: readonly Role[]) =>
  roles.map((role) => ({
    value: role,
    label: ROLE_WORDS[role].name,
    hint: ROLE_WORDS[role].about,
  }))

type SecretRow = Life & { role?: Role } & {
  sid: string
  name: string
  createdBy: string
  lastUsedAt: number | null
}

/** `revokeAt`: the form's action to revoke one; undefined if the actor may not. */
export function SecretTable(props: {
  caption: string
  rows: readonly SecretRow[]
  now: number
  empty: string
  revokeAt: ((sid: string) => string) | undefined
}) {
  const { caption, rows, now, empty, revokeAt } = props
  return (
    <DataTable
      caption={caption}
      captionHidden={true}
      columns={[
        {
          name: 'Name',
          cell: ({ name, sid, role }) => (
            <>
              {name}
              <br />
              <small>
                {role && `${ROLE_WORDS[role].name} · `}
                {sid}
              </small>
            </>
          ),
        },
        { name: 'State', cell: (row) => <LifeStatus of={row} now={now} /> },
        { name: 'Created by', cell: ({ createdBy }) => createdBy },
        { name: 'Last used', cell: ({ lastUsedAt }) => <LastTime at={lastUsedAt} now={now} /> },
        {
          name: 'Actions',
          unnamed: true,
          cell: (row) =>
            isOver(row, now) ? (
              <None />
            ) : (
              revokeAt && (
                <ButtonForm
                  action={revokeAt(row.sid)}
                  label="Revoke"
                  about={row.name}
                  tone="danger"
                />
              )
            ),
        },
      ]}
      rows={rows}
      empty={<EmptyState title={empty} />}
    />
  )
}

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
  { value: '365', label: '1 year' },
]

export type SecretValues = { name: string; expiresInDays: string; role?: string }

export function SecretForm(props: {
  action: string
  values: SecretValues
  primary: string
  problem?: Problem | undefined
  reader?: Reader
  /** Of keys that have one. */
  roles?: readonly Role[]
}) {
  const { action, values, primary, problem, reader = 'operator', roles } = props
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, reader) : undefined
  return (
    <Form action={action}>
      <TextField
        name="name"
        label="Purpose"
        hint="The history shows it with every action."
        value={values.name}
        required={true}
        error={errorOf('name')}
      />
      {roles && (
        <RadioGroup
          name="role"
          label="Role"
          required={true}
          options={roleOptions(roles)}
          value={values.role ?? ''}
          error={errorOf('role')}
        />
      )}
      <SelectField
        name="expiresInDays"
        label="Valid for"
        options={LIVES}
        value={values.expiresInDays}
        error={errorOf('expiresInDays')}
      />
      <SubmitRow primary={primary} />
    </Form>
  )
}

/** The secret, on the only page that shows it. */
export function ShownOnce(props: {
  label: string
  value: string
  hint: Child
  of: Life
  now: number
  href: string
}) {
  const { label, value, hint, of, now, href } = props
  return (
    <>
      <Notice tone="warning" title="Copy it now. It is not shown again.">
        <CopyField id="secret" label={label} value={value} hint={hint} />
      </Notice>
      <p>
        Valid until <Instant at={of.expiresAt} now={now} />. <a href={href}>I have copied it</a>
      </p>
    </>
  )
}
