// One customer in a real database: a tenant, its connection to the fake IdP, and its people. Each
// world is apart from all others, so that tests need not clean up.
import { env } from 'cloudflare:workers'
import { and, count, eq, is, ne, notLike, sql } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { ourSide } from '../../src/connections/connection.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { findAttempts } from '../../src/login/history/store/attempts.ts'
import { openHistory } from '../../src/platform/db/history.ts'
import {
  certificates,
  connections,
  loginCodes,
  nameIDs,
  sessions,
  spent,
  tenants,
  users,
} from '../../src/platform/db/schema.ts'
import * as historySchema from '../../src/platform/db/history-schema.ts'
import { attempts } from '../../src/platform/db/history-schema.ts'
import * as schema from '../../src/platform/db/schema.ts'
import {
  parseCertificate,
  storeKey,
  type Certificate,
} from '../../src/saml/signature/certificate.ts'
import { createSid } from '../../src/ids.ts'
import { openBrowser, ORIGIN, type Browser } from './browser.ts'
import { createFakeIdp, toField, type Answer } from './fake-idp.ts'
import { certificateOf, publicKeyOf, type KeyName } from './keys.ts'

export const db = openDatabase(env.DB)
export const history = openHistory(env.HISTORY)!

export type WorldSettings = {
  tenant?: Partial<typeof tenants.$inferInsert>
  connection?: Partial<typeof connections.$inferInsert>
  /** Keys whose certificates are pinned. */
  pinned?: KeyName[]
}

/** What an AuthnRequest on its way to the IdP says. */
export type Departure = { requestID: string; relayState: string; xml: string; url: URL }

export type World = Awaited<ReturnType<typeof createWorld>>

export async function createWorld(settings: WorldSettings = {}) {
  const now = Date.now()
  const tenantSid = createSid('TN')
  const connectionSid = createSid('CN')
  const idpEntityID = settings.connection?.entityID ?? 'https://idp.tenant.example/metadata'
  const pinned = settings.pinned ?? ['idp']
  const trusted = await Promise.all(pinned.map(readCertificate))
  await db.batch([
    // The people of earlier worlds give up their addresses, which are unique in the database.
    db
      .update(users)
      .set({ emailKey: sql`'earlier ' || ${users.sid}` })
      .where(notLike(users.emailKey, 'earlier %')),
    // Their domains take no newcomers any more.
    db
      .update(connections)
      .set({ newcomers: 'password', newcomersPerHour: null })
      .where(ne(connections.newcomers, 'password')),
    db.insert(tenants).values({
      sid: tenantSid,
      name: 'Tenant',
      plan: 'enterprise',
      supportContact: 'help@tenant.example',
      createdAt: now,
      ...settings.tenant,
    }),
    db.insert(connections).values({
      sid: connectionSid,
      tenantSid,
      name: 'Tenant IdP',
      state: 'live',
      entityID: idpEntityID,
      ssoRedirectURL: 'https://idp.tenant.example/sso',
      ssoPostURL: 'https://idp.tenant.example/sso',
      createdAt: now,
      updatedAt: now,
      ...settings.connection,
    }),
    ...trusted.map((certificate) =>
      db.insert(certificates).values({
        connectionSid,
        certificate: certificate.base64,
        ...storeKey(certificate),
        createdAt: now,
      }),
    ),
  ])

  async function addUser(
    email: string,
    user: Partial<typeof users.$inferInsert> = {},
  ): Promise<string> {
    const sid = createSid('US')
    await db.insert(users).values({
      sid,
      tenantSid,
      email,
      emailKey: email.toLowerCase(),
      signInMethod: 'sso_enabled',
      connectionSid: user.signInMethod === 'password' ? null : connectionSid,
      createdAt: now,
      updatedAt: now,
      ...user,
    })
    return sid
  }

  const door = doorOf(connectionSid, idpEntityID)

  /** What this connection has left in the database. */
  async function rows() {
    const of = { connectionSid } as const
    const attemptRows = await findAttempts(history, connectionSid, { limit: 5000, after: null })
    const [spentRows, handoffRows, sessionRows, nameIDRows] = await db.batch([
      db.select().from(spent).where(eq(spent.connectionSid, of.connectionSid)),
      db.select().from(loginCodes).where(eq(loginCodes.connectionSid, of.connectionSid)),
      db.select().from(sessions).where(eq(sessions.connectionSid, of.connectionSid)),
      db.select().from(nameIDs).where(eq(nameIDs.connectionSid, of.connectionSid)),
    ])
    return {
      spent: spentRows,
      loginCodes: handoffRows,
      sessions: sessionRows,
      nameIDs: nameIDRows,
      // In the order in which they came.
      attempts: attemptRows.toReversed(),
    }
  }

  return { tenantSid, connectionSid, idpEntityID, addUser, rows, ...door }
}

/** How people come in through a connection to a fake IdP. */
export function doorOf(connectionSid: string, idpEntityID: string) {
  const { entityID, acsURL } = ourSide(ORIGIN, connectionSid)

  function idp(inResponseTo: string | null, key: KeyName = 'idp') {
    return createFakeIdp({
      entityID: idpEntityID,
      key,
      sp: { entityID, acsURL, publicKey: publicKeyOf('sp') },
      now: Date.now(),
      inResponseTo,
    })
  }

  async function begin(browser: Browser, query = ''): Promise<Departure> {
    const response = await browser.get(`/sso/${connectionSid}${query}`)
    if (response.status !== 302) throw new Error(`begin answered ${response.status}`)
    const url = new URL(response.headers.get('location')!)
    const xml = await inflate(url.searchParams.get('SAMLRequest')!)
    return {
      url,
      xml,
      requestID: / ID="([^"]+)"/.exec(xml)![1]!,
      relayState: url.searchParams.get('RelayState')!,
    }
  }

  const acs = `/saml/${connectionSid}/acs`
  const deliver = (browser: Browser, message: string, relayState = '') =>
    browser.postFromElsewhere(acs, { SAMLResponse: toField(message), RelayState: relayState })

  /** From the start to the page after /login/finish. */
  async function login(email: string, answer: Partial<Answer> = {}, browser = openBrowser()) {
    const departure = await begin(browser)
    const message = await idp(departure.requestID).respond({ ...as(email), ...answer })
    const arrived = await deliver(browser, message, departure.relayState)
    if (arrived.status !== 303) return { browser, departure, message, arrived, finished: undefined }
    const finished = await browser.get(arrived.headers.get('location')!)
    return { browser, departure, message, arrived, finished }
  }

  return { acs, idp, begin, deliver, login }
}

/** SHA-256 of the certificate, lower-case hexadecimal. */
export async function fingerprintOf(name: KeyName): Promise<string> {
  return (await readCertificate(name)).fingerprint
}

async function readCertificate(name: KeyName): Promise<Certificate> {
  const certificate = await parseCertificate(certificateOf(name))
  if (!certificate.ok) throw new Error(certificate.error.received)
  return certificate.value
}

/** What the IdP says of a person with that e-mail. */
export function as(email: string): Partial<Answer> {
  return { nameID: email, attributes: { email, firstName: 'Alice', lastName: 'Ämter & Söhne' } }
}

/** The code of the attempt that an error page refers to; undefined where it refers to none. */
export async function attemptCode(response: Response): Promise<string | null | undefined> {
  const reference = /(?:AT|RQ)[0-9a-f]{32}/.exec(await response.clone().text())?.[0] ?? ''
  const [attempt] = await history
    .select({ code: attempts.code })
    .from(attempts)
    .where(eq(attempts.sid, reference))
  return attempt?.code
}

export async function countSessions(userSid: string): Promise<number> {
  const [row] = await db
    .select({ sessions: count() })
    .from(sessions)
    .where(and(eq(sessions.userSid, userSid)))
  return row!.sessions
}

async function inflate(parameter: string): Promise<string> {
  const bytes = Uint8Array.from(atob(parameter), (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Response(stream).text()
}

/** Leaves no row in any table: for tests that need the database to themselves. */
export async function clearDatabase(): Promise<void> {
  const rowsOf = (database: typeof db, tables: object) =>
    Object.values(tables)
      .filter((table) => is(table, SQLiteTable))
      .map((table) => database.delete(table))
  await history.batch([
    history.run(sql`PRAGMA defer_foreign_keys = true`),
    ...rowsOf(history, historySchema),
  ])
  // Twice, because triggers write rows of tables that were cleared before.
  const rows = () => rowsOf(db, schema)
  // The triggers that keep events go for the moment of the deletion.
  const keeping = await db.all<{ name: string; sql: string }>(
    sql`SELECT name, sql FROM sqlite_master
      WHERE type = 'trigger' AND sql LIKE '% DELETE ON %raise(ABORT%'`,
  )
  await db.batch([
    db.run(sql`PRAGMA defer_foreign_keys = true`),
    ...keeping.map(({ name }) => db.run(sql.raw(`DROP TRIGGER ${name}`))),
    ...rows(),
    ...rows(),
    ...keeping.map((one) => db.run(sql.raw(one.sql))),
  ])
}
