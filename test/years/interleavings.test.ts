// All that happens to people over the years, in any order and at the same moment. After each step:
// nobody is switched on past a blocker, nobody is bound to two people or reached by a format that is
// not bound, and each person who has to sign in by SSO gets in by it.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { changeState, editConnection, readCertificates } from '../../src/connections/operations.ts'
import {
  acceptPendingChange,
  declinePendingChange,
  listPendingChanges,
} from '../../src/connections/pending/operations.ts'
import {
  acceptAddressClaim,
  declineAddressClaim,
  listClaims,
} from '../../src/directory/claims/operations.ts'
import { addException, endException } from '../../src/directory/exceptions/operations.ts'
import { addUser, setSignInMethod } from '../../src/directory/operations.ts'
import { editUser } from '../../src/directory/user-operations.ts'
import type { OperationContext } from '../../src/events/operation-context.ts'
import { releaseNameID } from '../../src/login/name-ids/operations.ts'
import {
  accounts,
  certificates,
  connections,
  domains,
  memberships,
  rollouts,
  signOffs,
  users,
} from '../../src/platform/db/schema.ts'
import {
  addBreakGlass,
  approve,
  createRollout,
  editSelectors,
  enable,
  endBreakGlass,
  enforce,
  freeze,
  mapAlias,
  refreshFindings,
  review,
  rollBack,
  unmapAlias,
  uploadIdpUsers,
} from '../../src/rollout/operations.ts'
import { nominateTesters, withdrawTester } from '../../src/rollout/validation/tester-operations.ts'
import { createSid } from '../../src/ids.ts'
import { byEmail, openOrg } from '../revocation/okta.ts'
import { openService, patch } from '../scim/service.ts'
import type { KeyName } from '../support/keys.ts'
import { pemOf } from '../support/keys.ts'
import { seeded, type Random } from '../support/random.ts'
import { openBrowser } from '../support/browser.ts'
import { ALL, good, request } from '../support/request.ts'
import { as, createWorld, db, fingerprintOf } from '../support/world.ts'
import {
  findBinding,
  findDoubled,
  findEnforced,
  startMonitor,
  stopMonitor,
  takeFound,
  whyUnusable,
} from './monitor.ts'

const DAY = 24 * 3600 * 1000
const STEPS = 40
const NAMES = ['ann', 'ben', 'cid', 'dan', 'eve', 'fay', 'gus', 'hal'] as const
const FORMAT = {
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
}

beforeAll(startMonitor, 60_000)
afterAll(stopMonitor, 60_000)

/** A customer with two connections; `hal` works for another customer too, `ann` is an owner. */
async function openScene() {
  const other = await createWorld()
  const world = await createWorld({ pinned: ['idp', 'idpNext'] })
  const { tenantSid, connectionSid } = world
  const sids: string[] = []
  for (const name of NAMES)
    sids.push(await world.addUser(`${name}@tenant.example`, { signInMethod: 'password' }))
  const accountSid = createSid('AC')
  await db.insert(accounts).values({
    sid: accountSid,
    tenantSid: other.tenantSid,
    name: 'Theirs',
    createdAt: 1,
  })
  await db.insert(memberships).values({ accountSid, userSid: sids.at(-1)! })
  const second = createSid('CN')
  const [first] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
  await db
    .insert(connections)
    .values({ ...first!, sid: second, entityID: 'https://second.example' })
  const [key] = await db
    .select()
    .from(certificates)
    .where(eq(certificates.connectionSid, connectionSid))
  await db.insert(certificates).values({ ...key!, connectionSid: second })
  const service = await openService(world)
  const org = await openOrg(world)
  await db.update(domains).set({ connectionSid }).where(eq(domains.domain, 'tenant.example'))
  const rolloutSids: string[] = []
  for (const [of, fromConnectionSid] of [
    [connectionSid],
    [connectionSid],
    [second],
    [second, connectionSid],
  ] as const) {
    const input = { name: 'All', ...(fromConnectionSid && { fromConnectionSid }) }
    const { sid } = good(await createRollout(request(), of, input))
    good(await editSelectors(request(), sid, { everybody: true }))
    rolloutSids.push(sid)
  }
  const expiresAt = Date.now() + 90 * DAY
  good(await addBreakGlass(request(), tenantSid, { user: sids[0]!, reason: 'owner', expiresAt }))
  return {
    world,
    service,
    org,
    tenantSid,
    connectionSids: [connectionSid, second],
    sids,
    rolloutSids,
  }
}

type Scene = Awaited<ReturnType<typeof openScene>>
type Step = {
  ask: OperationContext
  scene: Scene
  random: Random
  number: number
  isAlone: boolean
}
type Operation = (step: Step) => Promise<unknown>

const people = ({ tenantSid }: Scene) =>
  db.select().from(users).where(eq(users.tenantSid, tenantSid))
const pickPerson = async ({ scene, random }: Step) => random.pick(await people(scene))
const pickConnection = ({ scene, random }: Step) => random.pick(scene.connectionSids)

const customerAt = ({ tenantSid }: Scene, connectionSid: string) =>
  ({
    kind: 'customer admin',
    id: 'carla',
    name: 'carla',
    tenantSid,
    connectionSid,
    capabilities: ['configure', 'test'],
  }) as const

/** Both sides’ results are rows here: how they come about is tested in the validation room. */
async function signOffAll({ connectionSids }: Scene): Promise<void> {
  for (const connectionSid of connectionSids) {
    const [row] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
    const { revision } = row!
    for (const side of ['vendor', 'customer'] as const)
      await db
        .insert(signOffs)
        .values({ connectionSid, revision, side, verdict: 'pass', name: side, createdAt: 1 })
        .onConflictDoNothing()
    if (row!.state === 'testing')
      await db
        .update(connections)
        .set({ state: 'validated' })
        .where(eq(connections.sid, connectionSid))
  }
}

/** The next steps of a rollout, up to enforcement. */
async function advance(
  { ask, scene, random }: Step,
  sid = random.pick(scene.rolloutSids),
): Promise<void> {
  await signOffAll(scene)
  for (let steps = 0; steps < 5; steps++) {
    const [row] = await db.select().from(rollouts).where(eq(rollouts.sid, sid))
    const { version, frozen, cursors, reviewedVersion, enabledVersion, approvedVersion } = row!
    if (cursors.roll_back) await rollBack(ask, sid, { to: cursors.roll_back.part as 'password' })
    else if (!frozen || version === 0) await freeze(ask, sid)
    else if (reviewedVersion !== version)
      await review(ask, sid, { version, includedExistInIdP: true, automaticStayOut: true })
    else if (enabledVersion !== version) await enable(ask, sid, { version })
    else if (approvedVersion !== version)
      await approve(ask, sid, { version, uninformedReason: 'told' })
    else await enforce(ask, sid, { version, scope: 'all', lockedOut: 99 })
  }
}

const KEYS: readonly KeyName[] = ['idp', 'idpNext']

const OPERATIONS: Readonly<Record<string, Operation>> = {
  rename: async (step) => {
    const { ask, number, random } = step
    const { sid } = await pickPerson(step)
    return editUser(ask, sid, { email: `n${number}-${random.below(9)}@tenant.example` })
  },
  release: async (step) => {
    const { sid } = await pickPerson(step)
    return releaseNameID(step.ask, sid, { connectionSid: pickConnection(step), reason: 'chance' })
  },
  advance: (step) => advance(step),
  move: (step) => advance(step, step.scene.rolloutSids.at(-1)),
  enableOne: async (step) => {
    const { sid } = await pickPerson(step)
    const connectionSid = pickConnection(step)
    return setSignInMethod(step.ask, sid, { signInMethod: 'sso_enabled', connectionSid })
  },
  disableOne: async (step) =>
    setSignInMethod(step.ask, (await pickPerson(step)).sid, { signInMethod: 'password' }),
  rollBack: async (step) => {
    const sid = step.random.pick(step.scene.rolloutSids)
    const to = step.random.pick(['sso_enabled', 'password', 'earlier'] as const)
    const some = [(await pickPerson(step)).sid]
    return rollBack(step.ask, sid, { to, ...(step.random.chance(0.8) && { users: some }) })
  },
  giveBack: ({ ask, scene, random }) =>
    rollBack(ask, random.pick(scene.rolloutSids), { to: 'sso_enabled', scope: 'unproved' }),
  refresh: ({ ask, scene, random }) => refreshFindings(ask, random.pick(scene.rolloutSids)),
  nominate: async (step) =>
    nominateTesters(step.ask, pickConnection(step), [(await pickPerson(step)).email]),
  withdraw: async (step) =>
    withdrawTester(step.ask, pickConnection(step), (await pickPerson(step)).sid),
  alias: async (step) =>
    mapAlias(step.ask, pickConnection(step), {
      email: `x${step.random.below(3)}@corp.example`,
      user: (await pickPerson(step)).sid,
    }),
  unalias: (step) =>
    unmapAlias(step.ask, pickConnection(step), `x${step.random.below(3)}@corp.example`),
  scimCreate: async (step) => {
    const { scene, random, number } = step
    const email = random.chance(0.6) ? (await pickPerson(step)).email : `s${number}@tenant.example`
    const externalId = `id-${random.below(99)}`
    return scene.service.ask('POST', '/Users', { userName: email, externalId })
  },
  scimActive: async (step) => {
    const active = step.random.chance(0.5)
    const path = `/Users/${(await pickPerson(step)).sid}`
    return step.scene.service.ask('PATCH', path, patch({ op: 'replace', value: { active } }))
  },
  scimDelete: async (step) =>
    step.scene.service.ask('DELETE', `/Users/${(await pickPerson(step)).sid}`),
  claim: async ({ ask, scene, random }) => {
    const { items } = good(await listClaims(ask, scene.tenantSid, ALL))
    const decide = random.pick([acceptAddressClaim, declineAddressClaim])
    return items[0] && decide(ask, items[0].sid)
  },
  upload: async (step) => {
    const { ask, scene, random, number } = step
    const known = (await people(scene)).map(({ email }) => email)
    const emails = known.filter(() => random.chance(0.8))
    const at = pickConnection(step)
    return uploadIdpUsers(ask, at, { upload: `u${number}`, emails, isLast: true, excludes: 99 })
  },
  removeKey: async (step) => {
    const edit = { removeCertificates: [await fingerprintOf(step.random.pick(KEYS))] }
    const cutsOff = step.random.pick([0, 99])
    return editConnection(step.ask, step.scene.connectionSids[0]!, edit, { cutsOff })
  },
  addKey: async (step) => {
    const edit = { addCertificates: good(await readCertificates(pemOf(step.random.pick(KEYS)))) }
    return editConnection(step.ask, pickConnection(step), edit)
  },
  propose: async ({ ask, scene, random }) => {
    const [first = ''] = scene.connectionSids
    const remove = { removeCertificates: [await fingerprintOf(random.pick(KEYS))] }
    const edit = random.pick([remove, { fields: { ssoRedirectURL: null, ssoPostURL: null } }])
    return editConnection({ ...ask, actor: customerAt(scene, first) }, first, edit, { cutsOff: 99 })
  },
  settle: async ({ ask, scene, random }) => {
    const [first = ''] = scene.connectionSids
    const [change] = good(await listPendingChanges(ask, first))
    if (!change) return
    if (random.chance(0.3)) return declinePendingChange(ask, first, change.sid)
    return acceptPendingChange(ask, first, change.sid, { cutsOff: random.pick([0, 99]) })
  },
  restore: async (step) => {
    const url = 'https://idp.tenant.example/sso'
    const at = pickConnection(step)
    await editConnection(step.ask, at, { fields: { ssoRedirectURL: url } })
    return changeState(step.ask, at, step.random.pick(['begin_testing', 'go_live', 'resume']))
  },
  suspendConnection: (step) => changeState(step.ask, pickConnection(step), 'suspend'),
  resume: (step) => changeState(step.ask, pickConnection(step), 'resume'),
  revoke: async (step) => step.scene.org.send(byEmail((await pickPerson(step)).email)),
  exempt: async (step) => {
    const exemption = { user: (await pickPerson(step)).sid, reason: 'chance' }
    const expiresAt = step.ask.now + (1 + step.random.below(30)) * DAY
    return addBreakGlass(step.ask, step.scene.tenantSid, { ...exemption, expiresAt })
  },
  endExemption: async (step) =>
    endBreakGlass(step.ask, step.scene.tenantSid, (await pickPerson(step)).sid),
  except: async (step) => {
    const expiresAt = step.ask.now + (1 + step.random.below(30)) * DAY
    const exception = { user: (await pickPerson(step)).sid, reason: 'chance', expiresAt }
    return addException(step.ask, step.scene.tenantSid, exception)
  },
  endException: async (step) =>
    endException(step.ask, step.scene.tenantSid, (await pickPerson(step)).sid),
  newcomers: (step) => {
    const newcomers = step.random.pick([
      'password',
      'sso_enabled',
      'sso_enforced_after_login',
      'sso_enforced',
    ] as const)
    return editConnection(step.ask, step.scene.connectionSids[0]!, {
      fields: { newcomers, newcomersPerHour: step.random.pick([null, 2]) },
    })
  },
  // Without a user, by an address of their own or by one that is or was somebody's.
  firstLogin: async ({ scene, random, number }) => {
    const old = random.pick(NAMES)
    const name = random.pick([`f${number}`, old])
    const email = `${name}@${random.pick(['tenant', 'tenant', 'other'])}.example`
    const nameID = random.pick([email, 'id-1', `id-f${number}`])
    return login(scene, { email, nameID, nameIDFormat: random.pick(Object.values(FORMAT)) })
  },
  join: ({ ask, scene, number }) =>
    addUser(ask, scene.tenantSid, { email: `j${number}@tenant.example` }),
  suspend: async (step) => editUser(step.ask, (await pickPerson(step)).sid, { suspended: true }),
  reactivate: async (step) =>
    editUser(step.ask, (await pickPerson(step)).sid, { suspended: false }),
  login: loginAnyhow,
}

/** Where chance alone would seldom get. */
const WEIGHTS: Readonly<Record<string, number>> = {
  advance: 7,
  enableOne: 4,
  firstLogin: 4,
  login: 4,
  move: 4,
  nominate: 3,
  restore: 3,
  resume: 3,
  suspend: 2,
}

const CHOICES = Object.keys(OPERATIONS).flatMap((name) =>
  Array.from({ length: WEIGHTS[name] ?? 1 }, () => name),
)

/** Which of the connection's keys the IdP may sign with; undefined: none of the tests'. */
async function keyAt(connectionSid: string): Promise<KeyName | undefined> {
  const pinned = await db
    .select()
    .from(certificates)
    .where(eq(certificates.connectionSid, connectionSid))
  for (const key of KEYS) {
    const fingerprint = await fingerprintOf(key)
    if (pinned.some((one) => one.fingerprint === fingerprint)) return key
  }
}

type Said = { email: string; nameID: string; nameIDFormat: string }

/** Whether a login through the first connection gets in. */
async function login({ world }: Scene, { email, ...nameID }: Said): Promise<boolean> {
  const key = await keyAt(world.connectionSid)
  const browser = openBrowser()
  const begun = await browser.get(`/sso/${world.connectionSid}`)
  if (begun.status !== 302 || !key) return false
  const departure = await world.begin(browser)
  const message = await world.idp(departure.requestID, key).respond({ ...as(email), ...nameID })
  return (await world.deliver(browser, message, departure.relayState)).status === 303
}

/** Somebody comes with what the IdP may say: an accepted login has found exactly its user. */
async function loginAnyhow({ scene, random, isAlone }: Step): Promise<void> {
  const everybody = await people(scene)
  const isOn = ({ connectionSid }: (typeof everybody)[number]) =>
    connectionSid === scene.world.connectionSid
  const some = everybody.filter(isOn)
  const { email } = random.pick(some.length > 0 ? some : everybody)
  const others = [random.pick(everybody).email, 'id-1', 'id-2']
  const nameID = random.pick([email, email, email.toUpperCase(), ...others])
  const nameIDFormat = random.pick([FORMAT.email, ...Object.values(FORMAT)])
  const [first = ''] = scene.connectionSids
  const before = new Map<string, Awaited<ReturnType<typeof findBinding>>>()
  for (const { sid } of everybody) before.set(sid, await findBinding(first, sid))
  if (!(await login(scene, { email, nameID, nameIDFormat }))) return
  // Nobody else has changed names, aliases and bindings meanwhile.
  if (!isAlone) return
  const bound = before.get(everybody.find((one) => one.email === email)!.sid)
  if (!bound) return
  expect(nameIDFormat).toBe(bound.format)
  if (bound.kind === 'email') expect(nameID.toLowerCase()).toBe(email)
  else expect(nameID).toBe(bound.nameID)
}

/** Users whom a first login has created outside the domains that lead to its connection. */
async function findCreatedElsewhere(scene: Scene): Promise<string[]> {
  return (await people(scene)).flatMap(({ email }) =>
    email.startsWith('f') && !email.endsWith('@tenant.example') ? [email] : [],
  )
}

/** People who have to sign in by SSO do get in by it: all of them by right, one of them in fact. */
async function checkWays(scene: Scene, random: Random, now: number): Promise<void> {
  const enforced = await findEnforced(scene.tenantSid, now)
  for (const { connectionSid, email } of enforced)
    expect(await whyUnusable(connectionSid), email).toBeUndefined()
  const [first = ''] = scene.connectionSids
  const here = enforced.filter(({ connectionSid }) => connectionSid === first)
  if (here.length === 0 || !(await keyAt(first))) return
  const { sid, email } = random.pick(here)
  const bound = await findBinding(first, sid)
  const nameID = bound?.nameID ?? email
  const nameIDFormat = bound?.format ?? FORMAT.email
  expect(await login(scene, { email, nameID, nameIDFormat }), `${email} gets in`).toBe(true)
}

/** How often each change has happened, in all seeds. */
const changes: Record<string, number> = {}

it.each([1, 2, 3, 4, 5, 6])(
  'keeps every way in, every binding and every blocker, whatever happens: seed %i',
  async (seed) => {
    vi.spyOn(console, 'log').mockImplementation(() => {})
    const random = seeded(seed)
    const scene = await openScene()
    await takeFound()
    const told: string[] = []
    for (let number = 0; number < STEPS; number++) {
      const together = Array.from({ length: random.chance(0.4) ? 3 : 1 }, () => ({
        name: random.pick(CHOICES),
        random: seeded(random.below(2 ** 31)),
      }))
      told.push(together.map(({ name }) => name).join(' + '))
      const where = `seed ${seed}, step ${number}, after ${told.slice(-12).join(', ')}`
      const ask = { ...request(), now: Date.now() }
      await Promise.all(
        together.map((one) =>
          OPERATIONS[one.name]!({
            ask,
            scene,
            random: one.random,
            number,
            isAlone: together.length === 1,
          }),
        ),
      )
      const found = await takeFound()
      for (const { change } of found) changes[change] = (changes[change] ?? 0) + 1
      expect(
        found.filter(({ what }) => what !== ''),
        where,
      ).toEqual([])
      expect(await findDoubled(scene.connectionSids), where).toEqual([])
      expect(await findCreatedElsewhere(scene), where).toEqual([])
      try {
        await checkWays(scene, random, Date.now())
      } catch (error) {
        throw new Error(`${where}: ${(error as Error).message}`, { cause: error })
      }
    }
    vi.restoreAllMocks()
  },
  120_000,
)

it('has seen people switched on, enforced and moved', () => {
  for (const change of ['on', 'enforced', 'moved'])
    expect(changes[change] ?? 0, change).toBeGreaterThan(5)
})
