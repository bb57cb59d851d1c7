// The sessions of a connection: listed and ended.
import type { Hono } from 'hono'
import {
  getSession,
  listSessions,
  revokeSession,
  revokeSessions,
  type Session,
} from '../../../sessions/operations.ts'
import { CONNECTION_FIELDS } from '../../../connections/fields.ts'
import { getRevocationStatus, type RevocationStatus } from '../../../revocation/operations.ts'
import {
  CopyField,
  DangerZone,
  Instant,
  KeyValues,
  Pagination,
  Section,
} from '../../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../../kit/forms.tsx'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { getUser } from '../../../directory/operations.ts'
import type { Cursor } from '../../../platform/db/page.ts'
import { EmptyList, ListFilters } from '../../kit/list-filters.tsx'
import { seeOther, showList, unwrap } from '../../kit/admin-context.tsx'
import { readListPage, type ListPage } from '../../kit/lists.ts'
import { SessionTable } from '../../kit/session-table.tsx'
import {
  crumbs,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'

const SESSION_FILTERS = {
  user: { kind: 'search', label: 'Person', hint: 'Whole login e-mail, or SID' },
  open: { kind: 'choice', label: 'State', any: 'Any', options: { true: 'Open' } },
} as const

export function sessionRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/sessions', async (c) => {
    const at = await open(c)
    const list = readListPage(c, SESSION_FILTERS)
    const { session: lifetime } = c.var.config
    const { sid } = at.connection
    const { user: name, open: isOpen } = list.values
    const user = name === undefined ? undefined : await getUser(at.context, name)
    const of = user?.ok ? { userSid: user.value.sid } : { connectionSid: sid }
    const [sessions, revocation] = await Promise.all([
      list.problem || user?.ok === false
        ? { items: [], next: null }
        : listSessions(at.context, of, list.request, lifetime, isOpen !== undefined, sid).then(
            unwrap,
          ),
      getRevocationStatus(at.context, sid, at.origin),
    ])
    const facts = { sessions: sessions.items, next: sessions.next, revocation: unwrap(revocation) }
    return showList(c, list, <SessionsPage at={at} list={list} {...facts} />)
  })

  routes.post('/sessions/revoke', async (c) => {
    const { context, connection, base } = await open(c)
    unwrap(await revokeSessions(context, { connectionSid: connection.sid }))
    return seeOther(c, `${base}/sessions`, 'sessions_ended')
  })

  routes.post('/sessions/:session/revoke', async (c) => {
    const { context, connection, base } = await open(c)
    const { session: lifetime } = c.var.config
    const found = unwrap(await getSession(context, c.req.param('session'), lifetime))
    // Of another connection that the actor may see: not below this one.
    if (found.connectionSid !== connection.sid) throw new Refused('not_there')
    unwrap(await revokeSession(context, found.sid, lifetime))
    return seeOther(c, `${base}/sessions`, 'sessions_ended')
  })
}

function SessionsPage(props: {
  at: ConnectionContext
  list: ListPage
  sessions: readonly Session[]
  next: Cursor | null
  revocation: RevocationStatus
}) {
  const { at, list, sessions, next, revocation } = props
  const path = `${at.base}/sessions`
  const { configure } = at.may
  return (
    <at.Frame
      title="Sessions"
      breadcrumb={crumbs(at)}
      lead={
        'Sessions of users who signed in through this connection, newest first. A session ' +
        'stays in the list twice as long as it may last.'
      }
      problem={list.problem}
    >
      <ListFilters list={list} reader={at.reader} rows={['session', 'sessions']} />
      {sessions.length === 0 && Object.keys(list.entered).length > 0 ? (
        <EmptyList list={list}>{null}</EmptyList>
      ) : (
        <SessionTable
          sessions={sessions}
          now={at.context.now}
          action={configure ? path : undefined}
        />
      )}
      <Pagination {...list.links(next)} />
      <RevocationByIdp at={at} status={revocation} />
      <SessionEnds at={at} />
      {configure && (
        <DangerZone
          actions={[
            {
              title: 'End all sessions',
              text:
                'All users have to sign in again. Your apps receive logout tokens and end their ' +
                'own sessions.',
              control: (
                <ButtonForm action={`${path}/revoke`} label="End all sessions" tone="danger" />
              ),
            },
          ]}
        />
      )}
    </at.Frame>
  )
}

const REFUSED_BECAUSE: Readonly<Record<string, string>> = {
  no_token: 'it had no bearer token',
  malformed: 'the token could not be read',
  algorithm: 'the token was not signed with RS256',
  signature: 'the signature did not fit the key',
  type: 'the token was of another type',
  issuer: 'the token had another issuer',
  audience: 'the token was for another URL',
  jti: 'the token had no usable jti',
  expired: 'the token had expired',
  not_yet_valid: 'the token was not valid yet',
  lives_too_long: 'the token was valid for more than five minutes',
  key_unknown: 'the key was not at the key URL',
  keys_unreachable: 'the key URL could not be read',
}

/** Global Token Revocation: what the IdP needs, and how it goes. */
function RevocationByIdp({ at, status }: { at: ConnectionContext; status: RevocationStatus }) {
  const { base, context, may } = at
  const { acceptedAt, refusedAt, refusedBecause, keysFailure } = status
  const time = (when: number | null) =>
    when === null ? 'Never' : <Instant at={when} now={context.now} />
  return (
    <Section
      id="revocation"
      title="Sign-out by the IdP"
      lead={
        'The IdP can end all sessions of a user here by Global Token Revocation. In Okta, this ' +
        'is Universal Logout.'
      }
      {...(may.configure && {
        actions: <ButtonLink href={`${base}/settings#settings-revocation`} label="Set up" />,
      })}
    >
      <CopyField
        id="revocation-url"
        label="Logout endpoint URL"
        value={status.url}
        hint="In Okta: Authentication, Logout, Global Token Revocation, Logout endpoint URL."
      />
      <KeyValues
        rows={[
          { name: 'Setup', value: status.isSetUp ? 'Complete' : 'Issuer or key URL is missing' },
          { name: 'Last accepted request', value: time(acceptedAt) },
          { name: 'Last refused request', value: time(refusedAt) },
          ...(refusedBecause === null
            ? []
            : [{ name: 'Reason', value: REFUSED_BECAUSE[refusedBecause] ?? refusedBecause }]),
          ...(keysFailure === null ? [] : [{ name: 'Key URL', value: keysFailure }]),
        ]}
      />
    </Section>
  )
}

/** What ends sessions, for everybody who may see them. */
function SessionEnds({ at: { connection, base, may } }: { at: ConnectionContext }) {
  const { options } = CONNECTION_FIELDS.endSessionsOn.shape
  const settable = (Object.keys(options) as (keyof typeof options)[]).map((name) => ({
    name: options[name].short,
    value: connection.endSessionsOn.includes(name) ? 'Ends sessions' : 'Sessions stay',
  }))
  return (
    <Section
      id="ends"
      title={CONNECTION_FIELDS.endSessionsOn.label}
      {...(may.operate && {
        actions: <ButtonLink href={`${base}/settings#settings-sessions`} label="Change" />,
      })}
    >
      <KeyValues
        rows={[{ name: 'User or tenant suspended', value: 'Always ends sessions' }, ...settable]}
      />
    </Section>
  )
}
