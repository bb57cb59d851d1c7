// Why a person can sign in now, or cannot, with the link to what mends it; and their last logins.
import type { SignInAnswer } from '../../../directory/sign-in/operations.ts'
import type { AttemptRow } from '../../../login/operations.ts'
import type { SignInState, SignInStateCode } from '../../../login/sign-in-state/state.ts'
import { Code, DataTable, EmptyState, Instant, Notice, Section, Status } from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'
import { HistoryNotice } from '../../kit/history-notice.tsx'
import { outcomeOf } from '../../kit/words.ts'

const DECISIONS = {
  password: 'With the password',
  choice: 'With the password or SSO',
  sso: 'With SSO only',
  refused: 'Not allowed',
} as const

export function decisionInWords({ decision, reason }: SignInAnswer): string {
  return `${DECISIONS[decision]} (${reason.replace('sso', 'SSO').replaceAll('_', ' ')})`
}

/** What the words and links are about. */
type SignInPlace = {
  /** The user's tenant, or that of the domain. */
  tenantSid: string | null
  userSid: string | null
  /** The user's own connection. */
  connectionSid: string | null
  state: SignInState
}

type SignInStateWords = {
  tone: 'success' | 'info' | 'warning' | 'danger'
  title: string
  text: string
  link: (place: SignInPlace) => { href: string; label: string } | null
}

const ofTenant = (part: string, label: string) => (place: SignInPlace) =>
  place.tenantSid === null ? null : { href: `/console/tenants/${place.tenantSid}${part}`, label }
const ofConnection = (part: string, label: string) => (place: SignInPlace) =>
  place.connectionSid === null
    ? null
    : { href: `/console/connections/${place.connectionSid}${part}`, label }
const ofUser = (part: string, label: string) => (place: SignInPlace) =>
  ofTenant(`/users/${place.userSid}${part}`, label)(place)
/** The connection of the refused login; else the tenant, which lists its connections. */
const ofAttempt = (part: string, label: string) => (place: SignInPlace) => {
  const sid = place.state.attempt?.connectionSid
  return sid === undefined
    ? ofTenant('', 'Open tenant')(place)
    : { href: `/console/connections/${sid}${part}`, label }
}
const toAttempt = (place: SignInPlace) => {
  const { attempt } = place.state
  return attempt && ofAttempt(`/attempts/${attempt.sid}`, 'Open login')(place)
}

export const SIGN_IN_STATE_WORDS: Readonly<Record<SignInStateCode, SignInStateWords>> = {
  no_entry: {
    tone: 'danger',
    title: 'No user has this e-mail',
    text: 'The domain is verified, but the tenant has no such user, and newcomers are not created.',
    link: ofTenant('/users#new', 'Add user'),
  },
  domain_not_verified: {
    tone: 'danger',
    title: 'No user has this e-mail, and no tenant has its domain',
    text:
      'Nobody has verified the domain. Check the spelling; else add the user to their tenant, or ' +
      'verify the domain there.',
    link: () => ({ href: '/console/tenants', label: 'Open tenants' }),
  },
  newcomer: {
    tone: 'info',
    title: 'No user yet: the first login creates one',
    text: 'The connection takes newcomers of this domain.',
    link: ofConnection('', 'Open connection'),
  },
  tenant_suspended: {
    tone: 'danger',
    title: 'Cannot sign in: the tenant is suspended',
    text: 'All sign-ins of the tenant are blocked until an operator reactivates it.',
    link: ofTenant('', 'Open tenant'),
  },
  user_suspended: {
    tone: 'danger',
    title: 'Cannot sign in: the user is suspended',
    text: 'An operator, the IdP or SCIM has suspended the user.',
    link: ofUser('#danger-zone', 'Reactivate user'),
  },
  password_only: {
    tone: 'warning',
    title: 'Signs in with the password only',
    text: 'SSO is off for this user. A login through the IdP is refused.',
    link: ofAttempt('/users', 'Enable SSO for the user'),
  },
  plan_required: {
    tone: 'warning',
    title: 'Signs in with the password: the plan has no SSO',
    text: 'SSO comes back when the tenant has a plan with SSO.',
    link: ofTenant('', 'Open tenant'),
  },
  connection_suspended: {
    tone: 'warning',
    title: 'Signs in with the password: the connection is suspended',
    text: 'Nobody can sign in through the connection until an operator resumes it.',
    link: ofConnection('', 'Open connection'),
  },
  connection_not_ready: {
    tone: 'warning',
    title: 'Signs in with the password: the connection is not open',
    text: 'The connection is a draft. Start testing to open it.',
    link: ofConnection('', 'Open connection'),
  },
  password_for_now: {
    tone: 'info',
    title: 'Signs in with the password for now',
    text: 'A recovery code or an owner’s exemption counts at the moment.',
    link: ofTenant('/break-glass', 'Open break-glass owners'),
  },
  address_of_other: {
    tone: 'danger',
    title: 'Cannot sign in by SSO: the address leads to another user',
    text: 'The connection has this address as an alias of another user. Correct it.',
    link: ofConnection('/rollouts', 'Open rollouts'),
  },
  name_id: {
    tone: 'danger',
    title: 'Cannot sign in by SSO: the NameID does not fit',
    text:
      'The IdP sends a NameID that is bound to another user, or another one than before. Find ' +
      'out why, then release the user.',
    link: (place) => ofConnection(`/name-ids?user=${place.userSid}#release`, 'Open NameIDs')(place),
  },
  enforced_elsewhere: {
    tone: 'danger',
    title: 'Uses the wrong connection: SSO is enforced at another one',
    text: 'The last login came through a connection that is not this user’s, and was refused.',
    link: ofConnection('', 'Open the user’s connection'),
  },
  other_connection: {
    tone: 'danger',
    title: 'Uses the wrong connection',
    text: 'The last login came through a connection that is not this user’s, and was refused.',
    link: ofConnection('', 'Open the user’s connection'),
  },
  refused_lately: {
    tone: 'danger',
    title: 'Allowed to sign in, but the last login was refused',
    text: 'Settings of user and connection are good. The login shows what failed.',
    link: toAttempt,
  },
  well: {
    tone: 'success',
    title: 'Nothing keeps this user from signing in by SSO',
    text: 'User, tenant and connection are good. If a login fails, its reference is below.',
    link: () => null,
  },
}

export function SignInNotice(place: SignInPlace) {
  const { tone, title, text, link } = SIGN_IN_STATE_WORDS[place.state.code]
  const { attempt } = place.state
  const to = link(place)
  return (
    <Notice tone={tone} title={title} action={to && <ButtonLink href={to.href} label={to.label} />}>
      <p>
        {text}
        {attempt && (
          <>
            {' '}
            Last login:{' '}
            <a href={`/console/connections/${attempt.connectionSid}/attempts/${attempt.sid}`}>
              {outcomeOf(attempt.code)}
            </a>
            .
          </>
        )}
      </p>
    </Notice>
  )
}

export function LastLogins(props: {
  attempts: readonly AttemptRow[] | null
  /** By SID, as far as they are known. */
  connections: ReadonlyMap<string, string>
  now: number
}) {
  const { attempts, connections, now } = props
  return (
    <Section
      id="logins"
      title="Last logins"
      lead="Logins known to be this user’s. Find others by their reference."
    >
      {attempts === null ? (
        <HistoryNotice />
      ) : (
        <DataTable
          caption="Last logins"
          captionHidden={true}
          columns={[
            {
              name: 'Reference',
              cell: ({ sid, connectionSid }) => (
                <a href={`/console/connections/${connectionSid}/attempts/${sid}`}>
                  <Code>{sid}</Code>
                </a>
              ),
            },
            {
              name: 'Result',
              cell: ({ code, isTest }) => (
                <>
                  <Status tone={code === null ? 'good' : 'danger'}>
                    {code === null ? (isTest ? 'Test passed' : 'Signed in') : 'Refused'}
                  </Status>
                  {code !== null && <> {outcomeOf(code)}</>}
                </>
              ),
            },
            { name: 'Time', cell: ({ createdAt }) => <Instant at={createdAt} now={now} /> },
            {
              name: 'Connection',
              cell: ({ connectionSid }) => (
                <a href={`/console/connections/${connectionSid}`}>
                  {connections.get(connectionSid) ?? connectionSid}
                </a>
              ),
            },
          ]}
          rows={attempts}
          empty={<EmptyState title="No login yet" />}
        />
      )}
    </Section>
  )
}
