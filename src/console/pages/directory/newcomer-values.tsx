// What newcomers of a domain get, and who is excepted, for the page Domains.
import { CONNECTION_FIELDS } from '../../../connections/fields.ts'
import type { Connection } from '../../../connections/connection.ts'
import type { Domain } from '../../../directory/domains/operations.ts'
import type { ExceptionRow } from '../../../directory/exceptions/operations.ts'
import { DataTable, Instant, Section } from '../../kit/blocks.tsx'
import type { DirectoryContext } from './directory-context.ts'

/** A connection that a domain leads to, as far as the page tells of it. */
export type LedTo = Pick<Connection, 'name' | 'state' | 'newcomers' | 'newcomersPerHour'>

const { options } = CONNECTION_FIELDS.newcomers.shape

/** In one or two sentences. `ledTo`: undefined where the reader may not see the connection. */
export function newcomersInWords(
  { connectionSid, verifiedAt }: Pick<Domain, 'connectionSid' | 'verifiedAt'>,
  ledTo: LedTo | undefined,
): string {
  if (connectionSid === null) return 'By password: the domain leads to no connection'
  if (ledTo === undefined) return 'As another connection of the tenant says'
  const { name, state, newcomers, newcomersPerHour } = ledTo
  const method = `${options[newcomers].label}, by ${name}`
  if (newcomers === 'password') return method
  if (verifiedAt === null) return `${method}, once the domain is verified`
  if (state !== 'validated' && state !== 'live')
    return `${method}, once the connection is validated`
  return newcomersPerHour === null
    ? `${method}. A first login creates nobody`
    : `${method}. First logins create up to ${newcomersPerHour} users an hour`
}

export function ExceptionsSection(props: {
  at: DirectoryContext
  exceptions: readonly ExceptionRow[]
}) {
  const { at, exceptions } = props
  if (exceptions.length === 0) return null
  return (
    <Section
      id="exceptions"
      title="Exceptions"
      lead={
        <>
          People who stay on their password until a date. Then they sign in as newcomers.
          {!at.may.operate && ' Support adds and ends exceptions.'}
        </>
      }
    >
      <DataTable<ExceptionRow>
        caption="Exceptions"
        captionHidden={true}
        columns={[
          {
            name: 'Person',
            cell: ({ email, userSid }) =>
              at.may.operate ? (
                <a href={`${at.base}/users/${userSid}#exception`}>{email}</a>
              ) : (
                email
              ),
          },
          { name: 'Reason', cell: ({ reason }) => reason },
          {
            name: 'Until',
            cell: ({ expiresAt }) => <Instant at={expiresAt} now={at.context.now} show="date" />,
          },
        ]}
        rows={exceptions}
      />
    </Section>
  )
}
