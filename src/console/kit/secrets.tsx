// What pages of keys, links and tokens have in common: made for something and for a time, shown once, listed, taken back.
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
import { ButtonForm, Form, SelectField, SubmitRow, TextField } from './forms.tsx'
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

type SecretRow = Life & { sid: string; name: string; createdBy: string; lastUsedAt: number | null }

/** `revokeAt`: where one is revoked; undefined: the actor may not. */
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
          cell: ({ name, sid }) => (
            <>
              {name}
              <br />
              <small>{sid}</small>
            </>
          ),
        },
        { name: 'State', cell: (row) => <LifeStatus of={row} now={now} /> },
        { name: 'Made by', cell: ({ createdBy }) => createdBy },
        { name: 'Last used', cell: ({ lastUsedAt }) => <LastTime at={lastUsedAt} now={now} /> },
        {
          name: 'Actions',
          unnamed: true,
          cell: (row) =>
            isOver(row, now) ? (
              <None>counts no more</None>
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
  { value: '180', label: 'Half a year' },
  { value: '365', label: 'A year' },
]

export type SecretValues = { name: string; expiresInDays: string }

export function SecretForm(props: {
  action: string
  values: SecretValues
  primary: string
  problem?: Problem | undefined
}) {
  const { action, values, primary, problem } = props
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  return (
    <Form action={action}>
      <TextField
        name="name"
        label="What is it for?"
        hint="Stands in the history beside everything that is done with it."
        value={values.name}
        required={true}
        error={errorOf('name')}
      />
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

/** The secret, on the one page that has it. */
export function ShownOnce(props: {
  label: string
  value: string
  hint: string
  of: Life
  now: number
  href: string
}) {
  const { label, value, hint, of, now, href } = props
  return (
    <>
      <Notice tone="warning" title="Copy it now: it is not shown again">
        <CopyField id="secret" label={label} value={value} hint={hint} />
      </Notice>
      <p>
        Valid until <Instant at={of.expiresAt} now={now} />. <a href={href}>I have copied it</a>
      </p>
    </>
  )
}
