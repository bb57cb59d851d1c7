// One person who has left something in every table that can hold it, by the doors through which it
// gets there, and a colleague beside them.
import { env } from 'cloudflare:workers'
import { eq, getTableName, sql } from 'drizzle-orm'
import { createApiKey, createSetupLink } from '../../src/access/operations.ts'
import { editConnection } from '../../src/connections/operations.ts'
import { createAccount, setMemberships } from '../../src/directory/account-operations.ts'
import { createDomain, vouchForDomain } from '../../src/directory/domains/operations.ts'
import { addException } from '../../src/directory/exceptions/operations.ts'
import { createImport, takeRows } from '../../src/directory/import/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { editUser, putUser } from '../../src/directory/user-operations.ts'
import { readConfig } from '../../src/env.ts'
import type { Actor } from '../../src/events/actor.ts'
import { createWebhookEndpoint } from '../../src/events/webhooks/operations.ts'
import { addContact } from '../../src/mail/contacts/operations.ts'
import { openMailToCopy } from '../../src/mail/open-mail.ts'
import { inviteTesters } from '../../src/mail/send-personal.ts'
import { createSid } from '../../src/ids.ts'
import { attemptDetails } from '../../src/platform/db/history-schema.ts'
import {
  addressClaims,
  awaitedProofs,
  connections,
  mailLetters,
  mails,
  moves,
  users,
} from '../../src/platform/db/schema.ts'
import { sweep } from '../../src/platform/db/sweep.ts'
import { TEXTS } from '../../src/privacy/store/texts.ts'
import { startMove } from '../../src/rollout/moves/operations.ts'
import {
  addBreakGlass,
  createRollout,
  decideMembers,
  freeze,
  mapAlias,
  review,
  selectUsers,
  setNotice,
  uploadIdpUsers,
} from '../../src/rollout/operations.ts'
import { signOff } from '../../src/rollout/validation/sign-off-operations.ts'
import { nominateTesters } from '../../src/rollout/validation/tester-operations.ts'
import { createScimToken } from '../../src/scim/token-operations.ts'
import { expiriesOf } from '../../src/sweeps.ts'
import { openApp, askIn, openSession } from '../oidc/relying-party.ts'
import { openService } from '../scim/service.ts'
import { openBrowser } from '../support/browser.ts'
import type { Answer } from '../support/fake-idp.ts'
import { makeCodes } from '../support/recovery-codes.ts'
import { good, request } from '../support/request.ts'
import { TEMPLATE } from '../support/notice-text.ts'
import { createWorld, db, history, type World } from '../support/world.ts'
import { scan } from './scan.ts'

const HOUR = 3_600_000
const FIRST = 'Ursula'
const LAST = 'Quistgaard'
const LOCAL = 'u.quist'
export const EMAIL = `${LOCAL}@tenant.example`
const FORMER = 'ulla.quast@tenant.example'
const ALIAS = 'uschi.q@idp.example'
const NAME_ID = 'nid-7f3qx-ulq'
const OTHER_NAME_ID = 'nid-other-ulq'
export const EXTERNAL_ID = 'crm-90817-ulq'
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const FULL = `${FIRST} ${LAST}`
export const COLLEAGUE = 'joanu.quist@tenant.example'

/** What no column may have when the person is erased. */
export const TRACES = [
  EMAIL,
  LOCAL,
  FIRST,
  LAST,
  FORMER,
  'ulla.quast',
  ALIAS,
  'uschi.q',
  NAME_ID,
  EXTERNAL_ID,
  OTHER_NAME_ID,
]

export type WholePerson = Awaited<ReturnType<typeof createWholePerson>>

/** Their own words are everywhere where people write. */
export async function createWholePerson() {
  const world = await createWorld()
  const { tenantSid, connectionSid } = world
  const answer = {
    nameID: NAME_ID,
    nameIDFormat: PERSISTENT,
    attributes: { email: EMAIL, firstName: FIRST, lastName: LAST },
  }

  // SCIM creates them under an earlier address, and the vendor names them by an id of its own.
  const service = await openService(world)
  const provisioned = await service.ask('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: FORMER,
    externalId: EXTERNAL_ID,
    displayName: FULL,
    name: { givenName: FIRST, familyName: LAST },
    emails: [{ value: FORMER, type: 'work', primary: true }],
    active: true,
  })
  const userSid: string = provisioned.body.id
  good(await editUser(request(), userSid, { externalID: EXTERNAL_ID, email: EMAIL }))
  await service.ask('PATCH', `/Users/${userSid}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [
      { op: 'replace', path: 'userName', value: EMAIL },
      { op: 'replace', path: 'emails[type eq "work"].value', value: EMAIL },
    ],
  })
  const colleagueSid = await world.addUser(COLLEAGUE, { firstName: 'Joan', lastName: 'Ford' })

  // A customer's administrator of their name writes and decides.
  const link = good(
    await createSetupLink(request(), connectionSid, {
      name: FULL,
      capabilities: ['configure', 'test', 'release', 'rollBack'],
      expiresInMinutes: 60,
    }),
  )
  const herself: Actor = {
    kind: 'customer admin',
    id: link.setupLink.sid,
    name: FULL,
    tenantSid,
    connectionSid,
    capabilities: ['configure', 'test', 'release', 'rollBack'],
  }
  const itsAdmin: Actor = { ...herself, connectionSid: null }
  await directoryOf({ tenantSid, userSid, itsAdmin })
  good(await nominateTesters(request(herself), connectionSid, [COLLEAGUE]))
  good(await nominateTesters(request(), connectionSid, [EMAIL]))
  good(await mapAlias(request(itsName()), connectionSid, { email: ALIAS, user: userSid }))
  good(
    await mapAlias(request(itsName()), connectionSid, { email: 'j@x.example', user: colleagueSid }),
  )
  const office = openMailToCopy(env, readConfig(env))
  good(await inviteTesters(request(), office, connectionSid))
  const { browser, colleague, app } = await logins({ world, answer, userSid, colleagueSid })
  await proposeAs(herself, connectionSid)
  good(
    await uploadIdpUsers(request(herself), connectionSid, {
      upload: 'one',
      emails: [EMAIL, FORMER, ALIAS, COLLEAGUE],
      isLast: true,
    }),
  )
  await rolloutOf({ herself, connectionSid, userSid, colleagueSid })
  await secondWay(world, userSid)
  await ownerOf(world, userSid)
  good(await addExemption(tenantSid, userSid))
  await mentionElsewhere({ tenantSid, connectionSid, colleagueSid })
  await fillTexts(tenantSid)
  return { world, service, userSid, colleagueSid, browser, colleague, app, answer }
}

/** Accounts, imports, claims, domains, contacts, and keys of scripts. */
async function directoryOf(of: { tenantSid: string; userSid: string; itsAdmin: Actor }) {
  const { tenantSid, userSid, itsAdmin } = of
  good(await editTenant(request(), tenantSid, { productName: `${FULL}’s`, supportContact: EMAIL }))
  const account = good(await createAccount(request(), tenantSid, { name: `${FULL} (trial)` }))
  good(await setMemberships(request(), userSid, [account.sid]))
  const started = good(await createImport(request(itsName()), tenantSid, { name: `${FULL}.csv` }))
  good(
    await takeRows(request(), started.sid, 0, [
      { email: EMAIL, externalID: EXTERNAL_ID, firstName: FIRST, lastName: LAST },
      { email: 'no address', firstName: FIRST, lastName: LAST },
    ]),
  )
  // The vendor's system knows the address under another id: the claim waits.
  await putUser(request(), tenantSid, { email: EMAIL, externalID: 'another-1', firstName: FIRST })
  good(
    await addContact(request(itsAdmin), tenantSid, { role: 'technical', name: FULL, email: EMAIL }),
  )
  good(await createDomain(request(itsAdmin), tenantSid, { domain: 'quarter.example' }))
  good(
    await vouchForDomain(request(), tenantSid, 'quarter.example', {
      reason: `${FULL} <${EMAIL}> has shown it`,
    }),
  )
  good(
    await createApiKey(request(itsName()), {
      name: `laptop of ${FULL}`,
      tenantSid,
      role: 'admin',
      expiresInDays: 1,
    }),
  )
  const { keySecrets } = readConfig(env)
  good(
    await createWebhookEndpoint(request(itsAdmin), keySecrets, {
      name: `hook of ${FULL}`,
      url: 'https://idp.customer.example/hooks',
      types: ['*'],
      tenantSid,
    }),
  )
}

/** An operator who has the same name: their words are there, their account is not the person's. */
const itsName = (): Actor => ({
  kind: 'operator',
  id: 'op-1',
  name: FULL,
  role: 'owner',
})

async function proposeAs(herself: Actor, connectionSid: string) {
  good(
    await editConnection(request(herself), connectionSid, {
      fields: { ssoRedirectURL: 'https://idp.tenant.example/other' },
    }),
  )
  good(await createScimToken(request(herself), connectionSid, { name: FULL, expiresInDays: 1 }))
}

async function rolloutOf(of: {
  herself: Actor
  connectionSid: string
  userSid: string
  colleagueSid: string
}) {
  const { herself, connectionSid, userSid, colleagueSid } = of
  const [connection] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
  good(
    await signOff(request(herself), connectionSid, {
      revision: connection!.revision,
      verdict: 'pass',
      name: FULL,
      note: `Tried by ${EMAIL}`,
    }),
  )
  const rollout = good(await createRollout(request(), connectionSid, { name: `Team of ${FULL}` }))
  good(await selectUsers(request(), rollout.sid, [userSid, colleagueSid]))
  good(await freeze(request(), rollout.sid))
  good(
    await decideMembers(
      request(herself),
      rollout.sid,
      1,
      { users: [colleagueSid] },
      { included: false, reason: `${FULL} says later` },
    ),
  )
  good(
    await setNotice(request(herself), rollout.sid, {
      ...TEMPLATE,
      text: `Dear all, ask ${FULL} <${EMAIL}>. {link} {date}`,
      link: 'https://sso.vendor.example/login',
      date: '1 December',
    }),
  )
  good(
    await review(request(herself), rollout.sid, {
      version: 1,
      includedExistInIdP: true,
      automaticStayOut: true,
    }),
  )
}

const addExemption = (tenantSid: string, userSid: string) =>
  addException(request(), tenantSid, {
    user: userSid,
    reason: `${FULL} has no phone`,
    expiresAt: Date.now() + 86_400_000,
  })

type Seen = { world: World; answer: Partial<Answer>; userSid: string; colleagueSid: string }

/** Logins of every kind: to an app, refused ones, test sign-ins, and one under way. */
async function logins({ world, answer, userSid, colleagueSid }: Seen) {
  const app = await openApp({ sessionDays: 30, backchannelLogoutURI: 'https://app.x.example/bcl' })
  await db
    .update(users)
    .set({ signInMethod: 'sso_enabled', connectionSid: world.connectionSid })
    .where(eq(users.sid, userSid))
  await db.insert(awaitedProofs).values({ userSid: colleagueSid }).onConflictDoNothing()
  const browser = await openSession(world, EMAIL, answer)
  const asked = await askIn(browser, app)
  await app.redeem(asked.callback!, asked.checks)
  // Their session runs out and is swept: the app's own goes on.
  await sweepAt(Date.now() + 17 * HOUR)
  const again = await openSession(world, EMAIL, answer)
  const second = await askIn(again, app)
  await app.redeem(second.callback!, second.checks)
  const colleague = await openSession(world, COLLEAGUE)
  await world.login(EMAIL, { ...answer, nameID: OTHER_NAME_ID })
  await testSignIn(world, { ...answer, nameID: OTHER_NAME_ID })
  await testSignIn(world, { ...answer, attributes: { email: [EMAIL, ALIAS, FORMER] } })
  await testSignIn(world, answer)
  await underWay(world, answer)
  return { browser: again, colleague, app }
}

const sweepAt = (now: number) =>
  sweep(db, expiriesOf(readConfig(env)), now, { statements: 1000, until: Infinity })

async function testSignIn(world: World, answer: Partial<Answer>) {
  const browser = openBrowser()
  const departure = await world.begin(browser, '?test')
  const message = await world.idp(departure.requestID).respond(answer)
  const arrived = await world.deliver(browser, message, departure.relayState)
  await browser.get(arrived.headers.get('location') ?? '/')
}

/** The login code is not spent yet. */
async function underWay(world: World, answer: Partial<Answer>) {
  const browser = openBrowser()
  const departure = await world.begin(browser, `?return_to=/${'long'.repeat(500)}?who=${EMAIL}`)
  const message = await world.idp(departure.requestID).respond(answer)
  await world.deliver(browser, message, departure.relayState)
}

/** A second connection that they may come in through, as people who move to another IdP do. */
async function secondWay(world: World, userSid: string) {
  const { connection } = good(
    await startMove(request(), world.connectionSid, {
      name: 'Another IdP',
      entityID: 'https://new.tenant.example/metadata',
    }),
  )
  await db.insert(moves).values({ userSid, connectionSid: connection.sid })
}

/** They keep their password for the day the IdP is down. */
async function ownerOf(world: World, userSid: string) {
  const exemption = {
    user: userSid,
    reason: `${FULL} runs the account`,
    expiresAt: Date.now() + 86_400_000,
  }
  good(await addBreakGlass(request(itsName()), world.tenantSid, exemption))
  good(await makeCodes({ db, now: Date.now() }, userSid))
}

/** In rows of others: a letter, a claim, and what an IdP said of a login that failed. */
async function mentionElsewhere(of: {
  tenantSid: string
  connectionSid: string
  colleagueSid: string
}) {
  const { tenantSid, connectionSid, colleagueSid } = of
  const now = Date.now()
  const mailSid = createSid('ML')
  const about = { subject: `About ${FULL}`, text: `Ask ${EMAIL}`, html: `<p>${FULL}</p>` }
  await db.batch([
    db.insert(mails).values({
      sid: mailSid,
      cause: mailSid,
      template: 'test_invitation',
      about: connectionSid,
      tenantSid,
      address: 'j…@tenant.example',
      receiverHash: 'of the colleague',
      outcome: 'copy',
      createdAt: now,
      changedAt: now,
    }),
    db
      .insert(mailLetters)
      .values({ mailSid, to: COLLEAGUE, ...about, headers: {}, createdAt: now }),
    db.insert(addressClaims).values({
      sid: createSid('CM'),
      tenantSid,
      source: 'import',
      emailKey: COLLEAGUE,
      userSid: colleagueSid,
      heldExternalID: 'of the colleague',
      externalID: EXTERNAL_ID,
      name: FULL,
      createdAt: now,
    }),
  ])
  await history
    .update(attemptDetails)
    .set({ message: `<StatusMessage>${FULL} is not assigned</StatusMessage>` })
    .where(eq(attemptDetails.connectionSid, connectionSid))
}

/** Texts that no door above has filled. */
async function fillTexts(tenantSid: string) {
  const seen = await scan(TRACES)
  for (const { table, column, of, form } of TEXTS) {
    if (seen[`${getTableName(table)}.${column.name}`]) continue
    const text = form === 'json' ? JSON.stringify({ by: FULL }) : `of ${FULL}`
    await db.run(
      sql`UPDATE ${table} SET ${sql.identifier(column.name)} = ${text} WHERE ${of(tenantSid)}`,
    )
  }
}
