// The SQL of clients. Each change is one batch with its audit event.
import { DAY } from '../durations.ts'
import { and, asc, eq, getTableColumns, isNull, ne, sql } from 'drizzle-orm'
import type { RecordedType } from '../events/catalogue.ts'
import { recordCreation, recordEvent } from '../events/store.ts'
import { guardedBatch, query } from '../platform/db/batch.ts'
import type { Database } from '../platform/db/client.ts'
import { compile, type Placeholders } from '../platform/db/compile.ts'
import { qualified } from '../platform/db/sql.ts'
import { newestFirst, type PageRequest } from '../platform/db/page.ts'
import { clientOrigins, clients } from './tables.ts'
import type { OperationContext } from '../events/operation-context.ts'
import type { Client, ClientView } from './client.ts'

/** Written like the partial index: a bound value would not use that index. */
const isDefaultClient = sql`${clients.isDefault} = 1`

/** The columns that are shown, by name, so that no hash is read. */
const view = {
  sid: clients.sid,
  name: clients.name,
  clientType: clients.clientType,
  previousSecretUntil: clients.previousSecretUntil,
  redirectURIs: clients.redirectURIs,
  postLogoutRedirectURIs: clients.postLogoutRedirectURIs,
  passwordLoginURL: clients.passwordLoginURL,
  initiateLoginURI: clients.initiateLoginURI,
  backchannelLogoutURI: clients.backchannelLogoutURI,
  sessionDays: clients.sessionDays,
  refreshTokens: clients.refreshTokens,
  accessTokenSeconds: clients.accessTokenSeconds,
  idTokenSignedResponseAlg: clients.idTokenSignedResponseAlg,
  pkce: clients.pkce,
  unprotectedCodeAt: clients.unprotectedCodeAt,
  isDefault: clients.isDefault,
  disabledAt: clients.disabledAt,
  createdAt: clients.createdAt,
  updatedAt: clients.updatedAt,
  returnOrigins: qualified(sql`(SELECT json_group_array(ordered.returnOrigin) FROM
    (SELECT ${clientOrigins.origin} AS returnOrigin FROM ${clientOrigins}
      WHERE ${clientOrigins.clientSid} = ${clients.sid} ORDER BY ${clientOrigins.origin}) AS ordered
  )`).mapWith((text: string) => JSON.parse(text) as string[]),
}

/** One row by key; disabled ones too. */
export async function findClient(db: Database, sid: string): Promise<Client | undefined> {
  const [row] = await query(db, clientOfSid({ sid }).found)
  return row
}

const clientOfSid = compile('clientOfSid', (db, { sid }: Placeholders<{ sid: string }>) => ({
  found: db.select().from(clients).where(eq(clients.sid, sid)),
}))

export async function findClientView(db: Database, sid: string): Promise<ClientView | undefined> {
  const [row] = await db.select(view).from(clients).where(eq(clients.sid, sid))
  return row
}

/** One row more than the page holds. */
export function findClients(db: Database, page: PageRequest): Promise<ClientView[]> {
  return db
    .select(view)
    .from(clients)
    .where(newestFirst.after(clients, page))
    .orderBy(...newestFirst.order(clients))
    .limit(page.limit + 1)
}

/** True if an enabled client names the origin as one that logins may return to. */
export async function isReturnOrigin(db: Database, origin: string): Promise<boolean> {
  return (await findClientByOrigin(db, origin)) !== undefined
}

/** The client for IdP-initiated logins that name no app. */
export async function findDefaultClient(db: Database): Promise<Client | undefined> {
  const [row] = await query(db, defaultClient({}).found)
  return row
}

const defaultClient = compile('defaultClient', (db) => ({
  found: db
    .select()
    .from(clients)
    .where(and(isDefaultClient, isNull(clients.disabledAt))),
}))

/**
 * The client with this origin. Of several: one with an `initiate_login_uri` first, then the oldest.
 */
export async function findClientByOrigin(
  db: Database,
  origin: string,
): Promise<Client | undefined> {
  const [row] = await query(db, clientOfOrigin({ origin }).found)
  return row
}

const clientOfOrigin = compile(
  'clientOfOrigin',
  (db, { origin }: Placeholders<{ origin: string }>) => ({
    found: db
      .select(getTableColumns(clients))
      .from(clientOrigins)
      .innerJoin(clients, eq(clients.sid, clientOrigins.clientSid))
      .where(and(eq(clientOrigins.origin, origin), isNull(clients.disabledAt)))
      .orderBy(sql`${clients.initiateLoginURI} IS NULL`, asc(clients.createdAt))
      .limit(1),
  }),
)

/**
 * Notes that a client exchanged a code without PKCE and nonce: at most once a day, since the first
 * write of a day moves the time that it compares.
 */
export async function noteUnprotectedCode(db: Database, sid: string, now: number): Promise<void> {
  await db
    .update(clients)
    .set({ unprotectedCodeAt: now })
    .where(
      and(eq(clients.sid, sid), sql`coalesce(${clients.unprotectedCodeAt}, 0) <= ${now - DAY}`),
    )
}

type ClientValues = Record<string, unknown>

export async function insertClient(
  context: OperationContext,
  { returnOrigins, ...row }: ClientView & Pick<Client, 'secretHash'>,
  after: ClientValues,
): Promise<void> {
  const { db } = context
  await db.batch([
    giveWay(context, row),
    db.insert(clients).values(row),
    ...insertOrigins(db, row.sid, returnOrigins),
    ...recordCreation(context, {
      tenantSid: null,
      type: 'client.created',
      subjectSid: row.sid,
      after,
    }),
  ])
}

/** False, without any change, if another change came first. */
export async function updateClient(
  context: OperationContext,
  client: Pick<Client, 'sid' | 'updatedAt'>,
  { returnOrigins, ...row }: Partial<Omit<Client, 'sid'>> & { returnOrigins?: string[] },
  event: { type: RecordedType; before?: ClientValues; after?: ClientValues },
): Promise<boolean> {
  const { db, actor, now } = context
  const { sid } = client
  // If another change came first, this is NULL: the NOT NULL column then rolls the batch back.
  const updatedAt = sql<number>`CASE WHEN ${clients.updatedAt} = ${client.updatedAt}
    THEN max(${now}, ${clients.updatedAt} + 1) END`
  const updated = await guardedBatch(db, {
    giveWay: giveWay(context, { sid, isDefault: row.isDefault }),
    client: db
      .update(clients)
      .set({ ...row, updatedAt })
      .where(eq(clients.sid, sid)),
    origins: returnOrigins && [
      db.delete(clientOrigins).where(eq(clientOrigins.clientSid, sid)),
      ...insertOrigins(db, sid, returnOrigins),
    ],
    event: recordEvent(db, { actor, now, tenantSid: null, subjectSid: sid, ...event }),
  })
  return updated !== undefined
}

/** There is one default client: a new one replaces the previous one. */
function giveWay(
  { db, now }: OperationContext,
  { sid, isDefault = false }: Pick<Client, 'sid'> & { isDefault?: boolean | undefined },
) {
  return db
    .update(clients)
    .set({ isDefault: false, updatedAt: sql`max(${now}, ${clients.updatedAt} + 1)` })
    .where(and(isDefaultClient, ne(clients.sid, sid), sql`${isDefault ? 1 : 0} = 1`))
}

function insertOrigins(db: Database, clientSid: string, origins: readonly string[]) {
  return origins.length > 0
    ? [db.insert(clientOrigins).values(origins.map((origin) => ({ origin, clientSid })))]
    : []
}
