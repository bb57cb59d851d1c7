// The SQL of address claims. A decision is one batch with its event, and happens once.
import { and, eq, exists, sql, type SQL } from 'drizzle-orm'
import type { OperationContext } from '../../events/operation-context.ts'
import { recordEventFrom } from '../../events/store.ts'
import { batch, type Statement } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { insertFromSelect } from '../../platform/db/insert-from-select.ts'
import { newestFirst, type PageRequest } from '../../platform/db/page.ts'
import { excluded, rowsOf } from '../../platform/db/sql.ts'
import { scimUsers } from '../../scim/tables.ts'
import { users } from '../tables.ts'
import { IMPORT_SOURCE, type AddressClaim } from './claim.ts'
import { addressClaims } from './tables.ts'

export type ClaimRow = typeof addressClaims.$inferSelect & {
  /** The login e-mail of the user who has the address. */
  email: string
  /** The name of that user; null: not known. */
  heldName: string | null
}

/** The statements that keep claims. One that waits already changes with what comes. */
export function keepClaims(
  { db, now, actor }: Pick<OperationContext, 'db' | 'now' | 'actor'>,
  tenantSid: string,
  claims: readonly AddressClaim[],
): Statement[] {
  if (claims.length === 0) return []
  const { value, from } = rowsOf(claims, 'claim')
  const field = (name: keyof AddressClaim) => sql`(${value} ->> ${`$.${name}`})`
  const isKnown = sql`EXISTS (SELECT 1 FROM ${addressClaims}
    WHERE ${addressClaims.tenantSid} = ${tenantSid} AND ${addressClaims.source} = ${field('source')}
      AND ${addressClaims.emailKey} = ${field('emailKey')}
      AND ${addressClaims.externalID} = ${field('externalID')})`
  return [
    recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid,
        type: 'address_claim.created',
        subjectSid: field('userSid'),
        after: sql`json_object('email', ${field('emailKey')},
          'externalID', ${field('externalID')})`,
      },
      (select) => select.from(from).where(sql`NOT ${isKnown}`),
    ),
    insertFromSelect(
      db,
      addressClaims,
      {
        sid: sql`'CM' || lower(hex(randomblob(16)))`,
        tenantSid,
        source: field('source'),
        emailKey: field('emailKey'),
        userSid: field('userSid'),
        heldExternalID: field('heldExternalID'),
        externalID: field('externalID'),
        name: field('name'),
        createdAt: now,
      },
      (select) => select.from(from).where(sql`true`),
    ).onConflictDoUpdate({
      target: [addressClaims.tenantSid, addressClaims.source, addressClaims.emailKey],
      set: {
        userSid: excluded(addressClaims.userSid),
        heldExternalID: excluded(addressClaims.heldExternalID),
        externalID: excluded(addressClaims.externalID),
        name: excluded(addressClaims.name),
      },
    }),
  ]
}

/** Keeps one claim by itself. */
export async function keepClaim(
  context: Pick<OperationContext, 'db' | 'now' | 'actor'>,
  tenantSid: string,
  claim: AddressClaim,
): Promise<void> {
  await batch(context.db, { keep: keepClaims(context, tenantSid, [claim]) })
}

const selectClaims = (db: Database) =>
  db
    .select({
      claim: addressClaims,
      email: users.email,
      firstName: users.firstName,
      lastName: users.lastName,
    })
    .from(addressClaims)
    .innerJoin(users, eq(users.sid, addressClaims.userSid))

/** Newest first; one row more than the page holds. */
export async function findClaims(
  db: Database,
  tenantSid: string,
  page: PageRequest,
): Promise<ClaimRow[]> {
  const rows = await selectClaims(db)
    .where(and(eq(addressClaims.tenantSid, tenantSid), newestFirst.after(addressClaims, page)))
    .orderBy(...newestFirst.order(addressClaims))
    .limit(page.limit + 1)
  return rows.map(toClaim)
}

/** How many wait. */
export function countClaims(db: Database, tenantSid: string): Promise<number> {
  return db.$count(addressClaims, eq(addressClaims.tenantSid, tenantSid))
}

type SelectedClaim = Awaited<ReturnType<typeof selectClaims>>[number]

function toClaim({ claim, email, firstName, lastName }: SelectedClaim): ClaimRow {
  return { ...claim, email, heldName: [firstName, lastName].filter(Boolean).join(' ') || null }
}

export async function findClaim(db: Database, sid: string): Promise<ClaimRow | undefined> {
  const [row] = await selectClaims(db).where(eq(addressClaims.sid, sid))
  return row && toClaim(row)
}

/** The claim as it was read: another person may have come, or somebody has decided. */
const isStill = ({ sid, externalID, userSid }: ClaimRow) =>
  and(
    eq(addressClaims.sid, sid),
    eq(addressClaims.externalID, externalID),
    eq(addressClaims.userSid, userSid),
  )

/**
 * It is the same person: the source calls the user so from now on. False where the claim has
 * changed. Throws the UNIQUE violation where the source calls another user so.
 */
export function acceptClaim(context: OperationContext, claim: ClaimRow): Promise<boolean> {
  const { db, now } = context
  const { source, externalID, userSid } = claim
  const change =
    source === IMPORT_SOURCE
      ? db.update(users).set({ externalID, updatedAt: now }).where(ofUser(db, claim))
      : db
          .update(scimUsers)
          .set({ externalID, updatedAt: now })
          .where(
            and(
              eq(scimUsers.connectionSid, source),
              eq(scimUsers.userSid, userSid),
              stillThere(db, claim),
            ),
          )
  return decide(context, claim, 'accepted', [change])
}

/**
 * It is another person: the user lets go of the address and is suspended, so that the source can
 * create the other one. False where the claim has changed.
 */
export function declineClaim(
  context: OperationContext,
  claim: ClaimRow,
  email: string,
): Promise<boolean> {
  const { db, now } = context
  const change = db
    .update(users)
    .set({
      email,
      emailKey: email,
      suspendedAt: sql`coalesce(${users.suspendedAt}, ${now})`,
      updatedAt: now,
    })
    .where(ofUser(db, claim))
  return decide(context, claim, 'declined', [change])
}

const stillThere = (db: Database, claim: ClaimRow): SQL =>
  exists(db.select({ sid: addressClaims.sid }).from(addressClaims).where(isStill(claim)))

const ofUser = (db: Database, claim: ClaimRow) =>
  and(eq(users.sid, claim.userSid), eq(users.emailKey, claim.emailKey), stillThere(db, claim))

/** A decision ends every claim to the address. */
async function decide(
  { db, actor, now }: OperationContext,
  claim: ClaimRow,
  verb: 'accepted' | 'declined',
  changes: Statement[],
): Promise<boolean> {
  const { tenantSid, userSid, source, emailKey, heldExternalID, externalID } = claim
  const { ended } = await batch(db, {
    event: recordEventFrom(
      db,
      {
        actor,
        now,
        tenantSid,
        type: `address_claim.${verb}`,
        subjectSid: userSid,
        before: { email: emailKey, externalID: heldExternalID },
        after: { externalID, source },
      },
      (select) => select.from(addressClaims).where(isStill(claim)),
    ),
    changes,
    ended: db
      .delete(addressClaims)
      .where(
        and(
          eq(addressClaims.tenantSid, tenantSid),
          eq(addressClaims.emailKey, emailKey),
          verb === 'accepted' ? eq(addressClaims.source, source) : undefined,
          stillThere(db, claim),
        ),
      ),
  })
  return ended.meta.changes > 0
}
