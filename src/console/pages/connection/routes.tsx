// The routes of the pages of one connection, for console and portal. Each says who is there, which
// connection it is, and where the pages are.
import { Hono } from 'hono'
import { listEvents } from '../../../events/operations.ts'
import { listCertificates } from '../../../connections/certificates/operations.ts'
import { LIFECYCLE_EVENTS, type LifecycleEvent } from '../../../connections/lifecycle.ts'
import { getMetadataSource } from '../../../connections/metadata/operations.ts'
import {
  changeState,
  checkConnection,
  editConnection,
  type Preview,
} from '../../../connections/operations.ts'
import { listPendingChanges } from '../../../connections/pending/operations.ts'
import type { ConnectionFields } from '../../../connections/field.ts'
import { listEmails } from '../../../directory/operations.ts'
import { listUsers } from '../../../directory/words/operations.ts'
import { listKeyPairs } from '../../../keys/operations.ts'
import { getAttempt, listAttempts, type AttemptRow } from '../../../login/operations.ts'
import type { Problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import { listTurns } from '../../../rollout/operations.ts'
import { listTesters } from '../../../rollout/validation/tester-operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import {
  seeOther,
  showAgain,
  showList,
  showPage,
  unwrap,
  unwrapOrShow,
} from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { readListPage } from '../../kit/lists.ts'
import { findReceivedEmail } from '../../../rollout/validation/received-email.ts'
import { receivedEmailRoutes } from './received-email.tsx'
import { ATTEMPT_FILTERS, attemptQueryOf } from '../shared/attempt-filters.ts'
import { validationRoutes } from '../validation/routes.tsx'
import { AttemptPage, AttemptsPage } from './attempts.tsx'
import { certificateRoutes } from './certificates-routes.tsx'
import { previewed } from '../shared/change.ts'
import { rolloutRoutes } from '../rollout/routes.tsx'
import { rolloutsOf } from '../rollout/facts.ts'
import { ConnectionPage, type ConnectionFacts } from './connection-page.tsx'
import { HistoryPage } from './history-page.tsx'
import { intakeRoutes } from './intake-routes.tsx'
import { metadataSourceRoutes } from './metadata-source-routes.tsx'
import { PreviewPage } from '../shared/preview-page.tsx'
import { nameIDRoutes } from './name-ids.tsx'
import { pendingRoutes } from './pending.tsx'
import { provisioningRoutes } from './provisioning.tsx'
import { UsersPage } from './roll-out-section.tsx'
import { sessionRoutes } from './sessions.tsx'
import { SettingsPage } from './settings-page.tsx'
import { changesFrom, fieldsFrom, readValues } from '../shared/connection-fields.tsx'
import type { FieldValues } from '../../kit/field-values.ts'
import {
  requireMay,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'

export function connectionRoutes(open: OpenConnectionContext): Hono<App> {
  const routes = new Hono<App>()

  routes.get('/', async (c) => {
    const at = await open(c)
    return showPage(c, <ConnectionPage at={at} facts={await factsOf(c, at)} />)
  })

  routes.post('/preset', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const form = await readForm(c)
    const preset = form.optional('preset') as ConnectionFields['preset']
    const { context, connection, base } = at
    const edited = unwrapOrShow(
      await editConnection(context, connection.sid, { fields: { preset } }),
    )
    return edited.ok ? seeOther(c, `${base}#ours`) : showConnectionAgain(c, at, edited.error)
  })

  routes.post('/check', async (c) => {
    const at = await open(c)
    unwrap(await checkConnection(at.context, at.connection.sid))
    return seeOther(c, `${at.base}#theirs`, 'urls_checked')
  })

  routes.post('/state', async (c) => {
    const at = await open(c)
    const form = await readForm(c)
    const event = form.text('event')
    if (!LIFECYCLE_EVENTS.includes(event as LifecycleEvent) || event === 'break_trust')
      throw new Refused('input')
    const { context, connection, base } = at
    const changed = unwrapOrShow(
      await changeState(context, connection.sid, event as LifecycleEvent),
    )
    return changed.ok
      ? seeOther(c, base, 'state_changed')
      : showConnectionAgain(c, await open(c), changed.error)
  })

  routes.get('/settings', async (c) => {
    const at = await open(c)
    return showPage(c, <SettingsPage at={at} />)
  })

  routes.post('/settings', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const form = await readForm(c)
    return saveSettings(c, at, form.number('version'), readValues(at, 'settings', form))
  })

  attemptRoutes(routes, open)
  receivedEmailRoutes(routes, open)
  listRoutes(routes, open)
  intakeRoutes(routes, open)
  certificateRoutes(routes, open)
  metadataSourceRoutes(routes, open)
  pendingRoutes(routes, open)
  provisioningRoutes(routes, open)
  sessionRoutes(routes, open)
  nameIDRoutes(routes, open)
  rolloutRoutes(routes, open)
  validationRoutes(routes, open)
  return routes
}

function listRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/users', async (c) => {
    const at = await open(c)
    const page = readListPage(c)
    const { context, connection } = at
    const { items, next } = unwrap(
      await listUsers(context, connection.tenantSid, page.request, { connection: connection.sid }),
    )
    return showPage(c, <UsersPage at={at} users={items} links={page.links(next)} />)
  })

  routes.get('/history', async (c) => {
    const at = await open(c)
    const page = readListPage(c)
    const { context, connection } = at
    const of = { tenantSid: connection.tenantSid, subjectSid: connection.sid }
    const { items, next } = unwrap(await listEvents(context, of, page.request))
    return showPage(c, <HistoryPage at={at} events={items} links={page.links(next)} />)
  })
}

function attemptRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/attempts', async (c) => {
    const at = await open(c)
    const list = readListPage(c, ATTEMPT_FILTERS)
    const { context, connection } = at
    const query = attemptQueryOf(list.values)
    const found = list.problem
      ? { items: [], next: null, total: undefined }
      : readable(await listAttempts(context, connection.sid, list.request, query, true))
    const people = await peopleOf(at, found?.items ?? [])
    return showList(c, list, <AttemptsPage at={at} list={list} found={found} people={people} />)
  })

  routes.get('/attempts/:attempt', async (c) => {
    const at = await open(c)
    const { context, connection } = at
    const attempt = unwrap(await getAttempt(context, c.req.param('attempt')))
    // Of another connection that the actor may see: not below this one.
    if (attempt.connectionSid !== connection.sid) throw new Refused('not_there')
    const [certificates, people, received] = await Promise.all([
      listCertificates(context, connection.sid),
      peopleOf(at, [attempt]),
      findReceivedEmail(context, connection, attempt),
    ])
    return showPage(
      c,
      <AttemptPage
        at={at}
        attempt={attempt}
        certificate={unwrap(certificates).pinned.find(
          ({ fingerprint }) => fingerprint === attempt.certificateFingerprint,
        )}
        person={people.get(attempt.userSid ?? '')}
        received={received}
      />,
    )
  })
}

/**
 * Settings are saved at once; where what was tested would not count any more, they are shown first.
 */
async function saveSettings(
  c: AppContext,
  at: ConnectionContext,
  version: number,
  values: FieldValues,
): Promise<Response> {
  const { context, connection, base } = at
  const fields = fieldsFrom(at, 'settings', values)
  const preview = unwrapOrShow(
    await editConnection(
      context,
      connection.sid,
      { fields },
      { preview: true, ifVersion: version },
    ),
  )
  const needsWord = ({ state, cutsOff, waits }: Preview) =>
    state !== connection.state || cutsOff > 0 || waits
  if (preview.ok && needsWord(preview.value)) {
    const shown = previewed({ way: 'settings', metadataURL: null }, preview.value)
    return showPage(c, <PreviewPage at={at} previewed={shown} />)
  }
  const saved = preview.ok
    ? await editConnection(context, connection.sid, { fields }, { ifVersion: version })
    : preview
  if (saved.ok) {
    const isNothing = Object.keys(saved.value.after).length === 0
    return seeOther(c, `${base}/settings`, isNothing ? 'nothing_changed' : 'saved')
  }
  const { error: problem } = saved
  // The form shows how it is now, never what somebody else's change would be overwritten with.
  const page =
    problem.code === 'revision_changed' ? (
      <SettingsPage at={at} problem={problem} entered={changesFrom(at, 'settings', values)} />
    ) : (
      <SettingsPage at={at} problem={problem} values={values} />
    )
  return showAgain(c, problem, page)
}

async function showConnectionAgain(c: AppContext, at: ConnectionContext, problem: Problem) {
  const facts = await factsOf(c, at)
  return showAgain(c, problem, <ConnectionPage at={at} facts={facts} problem={problem} />)
}

const SOME = { limit: 10, after: null }

async function factsOf(c: AppContext, at: ConnectionContext): Promise<ConnectionFacts> {
  const { context, connection } = at
  const [keyPairs, certificates, source, pending, testers, attempts, users, rollouts, turns] =
    await Promise.all([
      listKeyPairs(context, c.var.config.keySecrets),
      listCertificates(context, connection.sid),
      getMetadataSource(context, connection.sid),
      listPendingChanges(context, connection.sid),
      listTesters(context, connection.sid),
      listAttempts(context, connection.sid, { limit: 5, after: null }),
      listUsers(context, connection.tenantSid, SOME, { connection: connection.sid }),
      rolloutsOf(at),
      listTurns(context, { tenantSid: connection.tenantSid, connectionSid: connection.sid }),
    ])
  const items = readable(attempts)?.items ?? null
  return {
    ...rollouts,
    keyPairs: unwrap(keyPairs),
    ...unwrap(certificates),
    turns: unwrap(turns),
    source: unwrap(source),
    pending: unwrap(pending),
    testers: unwrap(testers),
    attempts: items,
    people: await peopleOf(at, items ?? []),
    users: unwrap(users).items,
    hasMoreUsers: unwrap(users).next !== null,
  }
}

/** Undefined where HISTORY cannot be read: the page says so in the place of the logins. */
function readable<T>(outcome: Result<T, Problem>): T | undefined {
  if (!outcome.ok && outcome.error.code === 'history_unavailable') return undefined
  return unwrap(outcome)
}

/** Login e-mails of those whose logins are shown. */
async function peopleOf(
  { context, connection }: ConnectionContext,
  attempts: readonly AttemptRow[],
): Promise<ReadonlyMap<string, string>> {
  const resource = { tenantSid: connection.tenantSid, connectionSid: connection.sid }
  const sids = attempts.map(({ userSid }) => userSid)
  return unwrap(await listEmails(context, resource, sids))
}
