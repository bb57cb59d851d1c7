// The onboarding story, from nothing to everybody enforced, by the operations that pages, API and
// CLI call, and by real logins.
import { TEMPLATE } from '../support/notice-text.ts'
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import type { Actor } from '../../src/events/actor.ts'
import { ourSide } from '../../src/connections/connection.ts'
import {
  changeState,
  createConnection,
  editConnection,
  getConnection,
  readCertificates,
} from '../../src/connections/operations.ts'
import { attempts } from '../../src/platform/db/history-schema.ts'
import { users } from '../../src/platform/db/schema.ts'
import { createAccount, setMemberships } from '../../src/directory/account-operations.ts'
import { createDomain, vouchForDomain } from '../../src/directory/domains/operations.ts'
import { addUser, createTenant } from '../../src/directory/operations.ts'
import { decideSignIns } from '../../src/directory/sign-in/operations.ts'
import type { OperationContext } from '../../src/events/operation-context.ts'
import type { Problem } from '../../src/problem.ts'
import type { Result } from '../../src/result.ts'
import {
  addBreakGlass,
  approve,
  createRollout,
  decideMembers,
  editSelectors,
  enable,
  enforce,
  freeze,
  getProgress,
  getRollout,
  inform,
  listMembers,
  refreshFindings,
  review,
  rollBack,
  setNotice,
  suggestMatches,
  summarizeMembers,
  uploadIdpUsers,
} from '../../src/rollout/operations.ts'
import { signOff } from '../../src/rollout/validation/sign-off-operations.ts'
import { getRoom } from '../../src/rollout/validation/room-operations.ts'
import { nominateTesters } from '../../src/rollout/validation/tester-operations.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { createFakeIdp, toField, type Answer } from '../support/fake-idp.ts'
import { openInternet } from '../support/fake-network.ts'
import { pemOf } from '../support/keys.ts'
import { codeOf, good, OPERATOR, request } from '../support/request.ts'
import { as, clearDatabase, db, history } from '../support/world.ts'

const DAY = 24 * 3600 * 1000
const IDP = 'https://idp.corp.example/metadata'

const PLAIN = Array.from({ length: 36 }, (_, index) => `person.${index}@corp.example`)
const ALIASES = ['ada.alias@corp.example', 'bo.bynamed@corp.example']
const CONTRACTOR = 'con.tractor@corp.example'
const OWNER = 'olive.owner@corp.example'
const ALL_FORTY = [...PLAIN, ...ALIASES, CONTRACTOR, OWNER]

it('the onboarding story: forty people in three accounts, and exactly the right thirty-six end enforced', async () => {
  await clearDatabase()
  const network = openInternet().options
  const ask = (actor: Actor = OPERATOR, now = Date.now()): OperationContext => ({
    ...request(actor, network),
    now,
  })

  // 1. The operator creates the tenant, its people, and a connection.
  const tenant = good(await createTenant(ask(), { name: 'Corp' }))
  const agency = good(await createTenant(ask(), { name: 'Agency' }))
  const account = async (tenantSid: string, name: string) =>
    good(await createAccount(ask(), tenantSid, { name })).sid
  const [sales, engineering, support, agencyAccount] = [
    await account(tenant.sid, 'Sales'),
    await account(tenant.sid, 'Engineering'),
    await account(tenant.sid, 'Support'),
    await account(agency.sid, 'Agency'),
  ]
  const add = async (tenantSid: string, email: string, accounts: string[]) => {
    const { sid } = good(await addUser(ask(), tenantSid, { email, firstName: 'Pat' }))
    good(await setMemberships(ask(), sid, accounts))
    return sid
  }
  for (const [index, email] of ALL_FORTY.entries()) {
    const own = [sales, engineering, support][index % 3]!
    await add(tenant.sid, email, email === CONTRACTOR ? [own, agencyAccount] : [own])
  }
  // Somebody of the agency's who works in an account of Corp's.
  await add(agency.sid, 'guest@agency.example', [agencyAccount, sales])
  const connection = good(await createConnection(ask(), tenant.sid, { name: 'Corp IdP' }))
  const { sid: connectionSid } = connection

  // 2. The customer enters the IdP's side through a setup link.
  const carla: Actor = {
    kind: 'customer admin',
    id: 'carla',
    name: 'carla',
    tenantSid: tenant.sid,
    connectionSid,
    capabilities: ['configure', 'test'],
  }
  const wrong = await editConnection(ask(carla), connectionSid, {
    fields: { ssoRedirectURL: 'http://idp.corp.example/sso' },
  })
  expect(codeOf(wrong)).toEqual(['endpoint_url', 'ssoRedirectURL'])
  good(
    await editConnection(ask(carla), connectionSid, {
      fields: {
        entityID: IDP,
        ssoRedirectURL: 'https://idp.corp.example/sso',
        logoutRedirectURL: 'https://corp.example/bye',
      },
      addCertificates: good(await readCertificates(pemOf('idp'))),
    }),
  )

  // 3. Our own side, which does not change with any of that.
  const { entityID, acsURL } = ourSide(ORIGIN, connectionSid)
  const browser = openBrowser()
  const metadata = await (await browser.get(new URL(entityID).pathname)).text()
  expect(metadata).toContain(`entityID="${entityID}"`)
  expect(metadata).toContain(`Location="${acsURL}"`)

  /** A login of somebody whom the IdP knows by that address. */
  async function login(email: string, answer: Partial<Answer> = {}) {
    const person = openBrowser()
    const begun = await person.get(`/sso/${connectionSid}`)
    if (begun.status !== 302) return { person, status: begun.status }
    const url = new URL(begun.headers.get('location')!)
    const relayState = url.searchParams.get('RelayState')!
    const bytes = Uint8Array.from(atob(url.searchParams.get('SAMLRequest')!), (c) =>
      c.charCodeAt(0),
    )
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
    const inResponseTo = / ID="([^"]+)"/.exec(await new Response(stream).text())![1]!
    const sp = { entityID, acsURL }
    const idp = createFakeIdp({ entityID: IDP, key: 'idp', sp, now: Date.now(), inResponseTo })
    const message = await idp.respond({ ...as(email), ...answer })
    const fields = { SAMLResponse: toField(message), RelayState: relayState }
    const arrived = await person.postFromElsewhere(new URL(acsURL).pathname, fields)
    if (arrived.status !== 303) return { person, status: arrived.status }
    const finished = await person.get(arrived.headers.get('location')!)
    return { person, status: finished.status }
  }
  const lastCode = async () => good(await getRoom(ask(carla), connectionSid)).attempts![0]?.code
  const methods = async () => {
    const rows = await db.select().from(users).where(eq(users.tenantSid, tenant.sid))
    const count = (method: string) => rows.filter((row) => row.signInMethod === method).length
    return [count('password'), count('sso_enabled'), count('sso_enforced')]
  }

  // 4. Testers, and nobody else.
  const testers = [PLAIN[0]!, PLAIN[1]!]
  expect(codeOf(await nominateTesters(ask(carla), connectionSid, testers))).toEqual(['lifecycle'])
  good(await changeState(ask(carla), connectionSid, 'begin_testing'))
  const nominated = good(
    await nominateTesters(ask(carla), connectionSid, [...testers, 'typo@corp.example']),
  )
  expect(nominated.refused).toEqual([{ email: 'typo@corp.example', code: 'unknown' }])
  expect(await methods()).toEqual([38, 2, 0])
  expect((await login(PLAIN[2]!)).status).toBe(403)
  expect(await lastCode()).toBe('user_not_enabled')

  // 5. Both sides watch the same room, and signOff the same revision.
  const revision = async () => good(await getConnection(ask(), connectionSid)).revision
  const say = async (actor: Actor) =>
    signOff(ask(actor), connectionSid, {
      revision: await revision(),
      verdict: 'pass',
      name: actor.kind === 'operator' ? 'Olga' : 'Carla',
    })
  const state = async () => good(await getConnection(ask(), connectionSid)).state
  const audience = [['https://elsewhere.example']]
  expect((await login(PLAIN[0]!, { audiences: audience })).status).toBe(403)
  expect(await lastCode()).toBe('audience')
  expect(codeOf(await say(carla))).toEqual(['not_tested'])
  expect((await login(PLAIN[0]!)).status).toBe(302)
  const seenBy = async (actor: Actor) =>
    good(await getRoom(ask(actor), connectionSid)).attempts!.map(({ sid }) => sid)
  expect(await seenBy(OPERATOR)).toEqual(await seenBy(carla))
  good(await say(carla))
  expect(await state()).toBe('testing')
  good(await say(OPERATOR))
  expect(await state()).toBe('validated')
  // An edit to something that matters voids both.
  good(await editConnection(ask(carla), connectionSid, { fields: { clockSkewSeconds: 30 } }))
  expect(good(await getRoom(ask(), connectionSid)).signOffs).toMatchObject({
    vendor: null,
    customer: null,
  })

  // 6. The rollout: a list, its review, and what keeps people out.
  good(await createDomain(ask(), tenant.sid, { domain: 'corp.example' }))
  const rollout = good(await createRollout(ask(), connectionSid, { name: 'Everybody' }))
  const { sid } = rollout
  const unproved = await editSelectors(ask(), sid, { domains: ['corp.example'] })
  expect(good(unproved).problems).toMatchObject([{ value: 'corp.example', code: 'unverified' }])
  good(await vouchForDomain(ask(), tenant.sid, 'corp.example', { reason: 'known for years' }))
  const selected = good(
    await editSelectors(ask(), sid, {
      domains: ['corp.example'],
      accounts: [sales, engineering, support, agencyAccount],
    }),
  )
  expect(selected.problems).toEqual([{ kind: 'account', value: agencyAccount, code: 'foreign' }])
  const finish = async <T extends { done: boolean }>(call: () => Promise<Result<T, Problem>>) => {
    for (;;) {
      const step = good(await call())
      if (step.done) return step
    }
  }
  const first = (await finish(() => freeze(ask(), sid))).version
  expect(good(await summarizeMembers(ask(carla), sid))).toMatchObject({
    rows: 40,
    included: 39,
    foreignUsers: 1,
    findings: { other_tenant: { rows: 1, included: 0 }, proved: { rows: 1 } },
  })
  expect(codeOf(await enable(ask(), sid, { version: first }))).toEqual(['rollout_unreviewed'])
  // Hired after the list was made.
  await add(tenant.sid, 'late.hire@corp.example', [sales])
  const idpList = [
    ...PLAIN,
    CONTRACTOR,
    OWNER,
    'ada.alias@hq.corp.example',
    'bjorn.olafsson@corp.example',
  ]
  const upload = { upload: 'export-1', emails: idpList, excludes: 2, isLast: true }
  good(await uploadIdpUsers(ask(carla), connectionSid, upload))
  await finish(() => refreshFindings(ask(carla), sid))
  const aliases = good(
    await listMembers(ask(carla), sid, { finding: 'alias' }, { limit: 50, after: null }),
  ).items
  expect(aliases.map(({ email, included }) => [email, included])).toEqual(
    ALIASES.map((email) => [email, false]),
  )
  const aliasSids = aliases.map(({ userSid }) => userSid)
  expect(good(await suggestMatches(ask(carla), sid, aliasSids))).toEqual({
    [aliasSids[0]!]: { emailKey: 'ada.alias@hq.corp.example', because: 'other_domain' },
  })
  const takeIn = { included: true, reason: null }
  const everybody = good(await decideMembers(ask(carla), sid, first, { finding: null }, takeIn))
  expect(everybody).toMatchObject({ decided: 37, next: null })
  expect(everybody.refused).toHaveLength(3)
  const statement = { version: first, includedExistInIdP: true, automaticStayOut: true }
  good(await review(ask(carla), sid, statement))

  // 7. Enabled, informed, approved, enforced; once rolled back on the way.
  const go = (input: object = {}) => approve(ask(carla), sid, { version: first, ...input })
  expect(codeOf(await go())).toEqual(['rollout_not_enabled'])
  await finish(() => enable(ask(), sid, { version: first }))
  expect(await methods()).toEqual([4, 37, 0])
  expect(codeOf(await go())).toEqual(['rollout_uninformed'])
  const words = { ...TEMPLATE, link: `${ORIGIN}/login`, date: '1 December' }
  good(await setNotice(ask(carla), sid, words))
  const told: string[] = []
  const send = async ({ to }: { to: string }) => {
    told.push(to)
    return { ok: true }
  }
  await finish(() => inform(ask(), sid, { version: first, send }))
  expect(told.toSorted()).toEqual([...PLAIN, OWNER].toSorted())
  expect(codeOf(await go())).toEqual(['not_signed_off'])
  expect((await login(PLAIN[1]!)).status).toBe(302)
  good(await say(OPERATOR))
  good(await say(carla))
  expect(codeOf(await go())).toEqual(['break_glass_missing'])
  const owner = { user: OWNER, reason: 'runs the account', expiresAt: Date.now() + 90 * DAY }
  good(await addBreakGlass(ask(), tenant.sid, owner))
  expect(codeOf(await enforce(ask(), sid, { version: first }))).toEqual(['rollout_not_approved'])
  good(await go())

  // Half of them have tried it by the day; the others are not locked out.
  for (const email of [...PLAIN.slice(2, 20), OWNER]) expect((await login(email)).status).toBe(302)
  for (const email of [...ALIASES, CONTRACTOR]) expect((await login(email)).status).toBe(403)
  expect(good(await getProgress(ask(carla), sid)).counts).toMatchObject({
    included: 37,
    proved: 21,
    exempt: 1,
    unproved: 16,
  })
  const all = { version: first, scope: 'all' } as const
  expect(codeOf(await enforce(ask(), sid, all))).toEqual(['rollout_locks_out', 'lockedOut'])
  await finish(() => enforce(ask(), sid, { version: first }))
  expect(await methods()).toEqual([4, 17, 20])
  expect(await state()).toBe('live')

  await finish(() => rollBack(ask(), sid, { to: 'sso_enabled' }))
  expect(await methods()).toEqual([4, 37, 0])
  expect(codeOf(await enforce(ask(), sid, { version: first }))).toEqual(['rollout_not_approved'])
  good(await go())
  for (const email of PLAIN.slice(20)) expect((await login(email)).status).toBe(302)
  await finish(() => enforce(ask(), sid, { version: first }))
  expect(await methods()).toEqual([4, 1, 36])
  const enforced = await db.select().from(users).where(eq(users.signInMethod, 'sso_enforced'))
  expect(enforced.map(({ email }) => email).toSorted()).toEqual(PLAIN.toSorted())
  const decisions = good(
    await decideSignIns(ask(), [
      PLAIN[0]!,
      OWNER,
      ...ALIASES,
      CONTRACTOR,
      'late.hire@corp.example',
    ]),
  )
  expect(decisions.map(({ decision }) => decision)).toEqual([
    'sso',
    'choice',
    'password',
    'password',
    'password',
    'password',
  ])

  // A new version names whom it adds; the go-ahead of the old one does not count for it.
  const second = (await finish(() => freeze(ask(), sid))).version
  expect(good(await getRollout(ask(), sid))).toMatchObject({ version: 2, approvedVersion: 1 })
  expect(codeOf(await enforce(ask(), sid, { version: first }))).toEqual([
    'rollout_stale',
    'version',
  ])
  expect(codeOf(await enforce(ask(), sid, { version: second }))).toEqual(['rollout_not_approved'])
  expect(await methods()).toEqual([4, 1, 36])

  // 8. Who is no longer vouched for cannot log in; logout ends our session and posts to the Redirect URL.
  const denied = await login(PLAIN[3]!, { status: ['Responder', 'AuthnFailed'], assertion: false })
  expect(denied.status).toBe(403)
  const { person } = await login(PLAIN[4]!)
  const goodbye = await (await person.post('/logout')).text()
  expect(goodbye).toContain('<form method="post" action="https://corp.example/bye">')
  expect(await (await person.get('/')).text()).toContain('You are not signed in')
  const accepted = (await history.select().from(attempts)).filter(({ code }) => code === null)
  expect(accepted.length).toBeGreaterThan(36)
})
