// The search over all things: by SID or reference, e-mail, part of a name, or domain.
import { emailKey } from '../directory/email-key.ts'
import { foldSearch } from '../directory/words/fold.ts'
import { findSidsBySearch, findUsersBySearch } from '../directory/words/store.ts'
import { findUser } from '../directory/store/users.ts'
import { maySee } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { SidKind } from '../ids.ts'
import { getAttempt } from '../login/operations.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { findAddresses, findNames, findRow, type FoundRow } from './store.ts'

/** In the order of a page. */
export const FOUND_KINDS = [
  'user',
  'tenant',
  'connection',
  'domain',
  'app',
  'attempt',
  'rollout',
  'session',
  'account',
  'api_key',
  'setup_link',
  'scim_token',
  'webhook_endpoint',
  'contact',
  'event',
  'import',
  'pending_change',
  'address_claim',
  'mail',
] as const
export type FoundKind = (typeof FOUND_KINDS)[number]

export type Found = Omit<FoundRow, 'sid'> & {
  kind: FoundKind
  /** Null: a domain. */
  sid: string | null
  tenantName: string | null
  /** True: the text names it whole. */
  isExact: boolean
}

type Bare = Omit<Found, 'tenantName'>

export type SearchAnswer = {
  items: Found[]
  /** There are more: a longer text finds them. */
  hasMore: boolean
  /** The text is the reference of a refused request, which the Worker's log alone has. */
  isInLog: boolean
}

const KINDS: Readonly<Partial<Record<SidKind, FoundKind>>> = {
  US: 'user',
  TN: 'tenant',
  CN: 'connection',
  CL: 'app',
  AT: 'attempt',
  RO: 'rollout',
  SE: 'session',
  AC: 'account',
  AK: 'api_key',
  SL: 'setup_link',
  ST: 'scim_token',
  WH: 'webhook_endpoint',
  CT: 'contact',
  EV: 'event',
  IM: 'import',
  PC: 'pending_change',
  CM: 'address_claim',
  ML: 'mail',
}

const MOST_CHARACTERS = 320
/** Of each kind beside users. */
const MOST = 10
const MOST_USERS = 20
const NONE: SearchAnswer = { items: [], hasMore: false, isInLog: false }

/**
 * What the text names: at most 20 users and ten of each other kind, those named whole first. For
 * operators. Refuses `forbidden`, `input` and `history_unavailable`.
 */
export async function search(
  context: OperationContext,
  text: string,
): Promise<Result<SearchAnswer, Problem>> {
  const { actor } = context
  if (!maySee(actor, { tenantSid: null, connectionSid: null }))
    return problem('forbidden', 'an operator', actor.kind)
  const asked = text.trim()
  if (asked === '' || asked.length > MOST_CHARACTERS)
    return problem('input', `1 to ${MOST_CHARACTERS} characters`, `${asked.length}`, 'search')
  // People paste “Reference: AT…” as well.
  const sid = /(?<![\w@.-])[A-Za-z]{2}[0-9a-fA-F]{32}(?![\w@-]|\.\w)/.exec(asked)?.[0]
  return sid === undefined
    ? ok(await searchWords(context, asked))
    : searchSid(context, sid.slice(0, 2).toUpperCase() as SidKind, sid.slice(2).toLowerCase())
}

async function searchSid(
  context: OperationContext,
  prefix: SidKind,
  digits: string,
): Promise<Result<SearchAnswer, Problem>> {
  const sid = `${prefix}${digits}`
  if (prefix === 'RQ') return ok({ ...NONE, isInLog: true })
  const kind = KINDS[prefix]
  if (!kind) return ok(NONE)
  if (kind === 'attempt') return searchAttempt(context, sid)
  const place = await findRow(context.db, prefix, sid)
  if (!place || !maySee(context.actor, place)) return ok(NONE)
  return ok({ ...NONE, items: await withTenants(context, [{ kind, ...place, isExact: true }]) })
}

async function searchAttempt(
  context: OperationContext,
  sid: string,
): Promise<Result<SearchAnswer, Problem>> {
  const found = await getAttempt(context, sid)
  if (!found.ok) return found.error.code === 'not_there' ? ok(NONE) : found
  const { connectionSid, userSid: subjectSid } = found.value
  const { tenantSid = null } = (await findRow(context.db, 'CN', connectionSid)) ?? {}
  const place = { name: null, tenantSid, connectionSid, subjectSid }
  const items = await withTenants(context, [{ kind: 'attempt', sid, ...place, isExact: true }])
  return ok({ ...NONE, items })
}

async function searchWords(context: OperationContext, asked: string): Promise<SearchAnswer> {
  const { db, actor } = context
  const folded = foldSearch(asked)
  const key = emailKey(asked)
  const lower = asked.toLowerCase().replace(/^@/, '')
  const words = (scope: 'TN' | 'CN' | 'CL') => findSidsBySearch(db, scope, folded, MOST + 1)
  const [exact, near, addresses, ...sids] = await Promise.all([
    key === undefined ? undefined : findUser(db, { emailKey: key }),
    findUsersBySearch(db, undefined, folded),
    findAddresses(db, lower, MOST),
    words('TN'),
    words('CN'),
    words('CL'),
  ])
  const named = await findNames(db, sids.flat())
  const isSame = (name: string) => foldSearch(name) === folded
  const shown = near.users.slice(0, MOST_USERS)
  const people = new Map([exact, ...shown].flatMap((user) => (user ? [[user.sid, user]] : [])))
  const items: Bare[] = [
    ...[...people.values()].map(({ sid, email, ...user }) =>
      bare('user', sid, email, user, sid === exact?.sid),
    ),
    ...addresses.aliases.map(({ userSid, email, ...of }) => bare('user', userSid, email, of, true)),
    ...named.tenants.map(({ sid, name }) =>
      bare('tenant', sid, name, { tenantSid: sid }, isSame(name)),
    ),
    ...named.connections.map(({ sid, name, tenantSid }) =>
      bare('connection', sid, name, { tenantSid, connectionSid: sid }, isSame(name)),
    ),
    ...addresses.domains.map(({ domain, tenantSid }) =>
      bare('domain', null, domain, { tenantSid }, domain === lower),
    ),
    ...named.apps.map(({ sid, name }) => bare('app', sid, name, {}, isSame(name))),
  ]
  const seen = items.filter((item) => maySee(actor, item))
  const hasMore =
    near.hasMore || near.users.length > MOST_USERS || sids.some((some) => some.length > MOST)
  return { ...NONE, items: await withTenants(context, onePerThing(seen)), hasMore }
}

function bare(
  kind: FoundKind,
  sid: string | null,
  name: string,
  {
    tenantSid = null,
    connectionSid = null,
  }: Partial<Pick<FoundRow, 'tenantSid' | 'connectionSid'>>,
  isExact: boolean,
): Bare {
  return { kind, sid, name, tenantSid, connectionSid, subjectSid: null, isExact }
}

/** A user may be found by the e-mail and by an alias. Those named whole come first. */
function onePerThing(items: readonly Bare[]): Bare[] {
  const known = new Map<string, Bare>()
  for (const item of items.toSorted((a, b) => Number(b.isExact) - Number(a.isExact))) {
    const key = item.sid ?? `${item.name}@${item.tenantSid}`
    if (!known.has(key)) known.set(key, item)
  }
  return [...known.values()]
}

async function withTenants({ db }: OperationContext, items: readonly Bare[]): Promise<Found[]> {
  const sids = new Set(items.flatMap(({ tenantSid }) => tenantSid ?? []))
  const { tenants } = sids.size > 0 ? await findNames(db, [...sids]) : { tenants: [] }
  const names = new Map(tenants.map(({ sid, name }) => [sid, name]))
  return items.map((item) => ({ ...item, tenantName: names.get(item.tenantSid ?? '') ?? null }))
}
