// The SQL that decides about the user of a response: who it is, and whether that user may sign in.
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { mayComeThrough } from '../../directory/moves/store.ts'
import { users } from '../../directory/tables.ts'
import type { Database } from '../../platform/db/client.ts'
import { aliases } from '../../rollout/reconcile/tables.ts'
import type { BoundNameID, NameIDFacts } from '../name-ids/judge.ts'
import { nameIDs } from '../tables.ts'

/** Why a user may not sign in, whatever the NameID says. */
export type UserCode = 'user_unknown' | 'user_suspended' | 'user_not_enabled'

/** What it is asked with, each as a parameter. */
export type OutcomeParameters = {
  connectionSid: SQL<string>
  tenantSid: SQL<string>
  entityID: SQL<string>
  emailKey: SQL<string>
  /** Of the received NameID. */
  nameID: SQL<string>
  format: SQL<string>
  isEmail: SQL<number>
  addressKey: SQL<string | null>
}

export type OutcomeQuery = ReturnType<typeof outcomeOf>

/**
 * One row: the user of the e-mail, the code that the user's state sets, and what the NameID is
 * judged by. The code `name_id` is the verdict of name-ids/judge.ts in SQL.
 */
export function outcomeOf(db: Database, values: OutcomeParameters) {
  const { connectionSid, tenantSid, entityID, emailKey } = values
  const named = alias(users, 'named')
  // An alias that an administrator has set goes before the login e-mail.
  const userSid = sql`coalesce(
    (SELECT ${aliases.userSid} FROM ${aliases}
      WHERE ${aliases.connectionSid} = ${connectionSid} AND ${aliases.emailKey} = ${emailKey}),
    (SELECT ${named.sid} FROM ${users} AS ${named} WHERE ${named.emailKey} = ${emailKey}))`
  const isBound = and(
    eq(nameIDs.connectionSid, connectionSid),
    eq(nameIDs.userSid, users.sid),
    eq(nameIDs.entityID, entityID),
  )
  const ofOther = isOfOther(values)
  return db
    .select({
      userSid: sql<string | null>`${users.sid}`.as('user_sid'),
      code: sql<string | null>`CASE
        WHEN ${users.sid} IS NULL THEN 'user_unknown'
        WHEN ${users.suspendedAt} IS NOT NULL THEN 'user_suspended'
        WHEN NOT ${mayComeThrough(connectionSid)} THEN 'user_not_enabled'
        WHEN ${ofOther} OR NOT ${fits(values)} THEN 'name_id'
      END`.as('code'),
      isOfOther: sql<number>`${ofOther}`.as('is_of_other'),
      kind: sql<string | null>`${nameIDs.kind}`.as('kind'),
      format: sql<string | null>`${nameIDs.format}`.as('format'),
      nameID: sql<string | null>`${nameIDs.nameID}`.as('name_id'),
      refusedHash: sql<string | null>`${nameIDs.refusedHash}`.as('refused_hash'),
    })
    .from(sql`(SELECT 1)`)
    .leftJoin(users, and(eq(users.sid, userSid), eq(users.tenantSid, tenantSid)))
    .leftJoin(nameIDs, isBound)
    .as('outcome')
}

/** A format that is bound is never transient. */
function fits({ format, isEmail, nameID }: OutcomeParameters): SQL {
  return sql`(${nameIDs.userSid} IS NULL OR (${nameIDs.format} = ${format}
    AND CASE ${nameIDs.kind} WHEN 'email' THEN ${isEmail} ELSE ${nameIDs.nameID} = ${nameID} END))`
}

/** The e-mail of the assertion itself has found the user: a NameID that equals it is not asked. */
function isOfOther(values: OutcomeParameters): SQL {
  const { connectionSid, entityID, nameID, isEmail, addressKey } = values
  const bound = alias(nameIDs, 'bound')
  const owner = alias(users, 'owner')
  const other = alias(aliases, 'other')
  return sql`(EXISTS (SELECT 1 FROM ${nameIDs} AS ${bound} WHERE NOT ${isEmail}
      AND ${bound.connectionSid} = ${connectionSid} AND ${bound.entityID} = ${entityID}
      AND ${bound.nameID} = ${nameID} AND ${bound.userSid} <> ${users.sid})
    OR EXISTS (SELECT 1 FROM ${users} AS ${owner}
      WHERE ${owner.emailKey} = ${addressKey} AND ${owner.sid} <> ${users.sid})
    OR EXISTS (SELECT 1 FROM ${aliases} AS ${other}
      WHERE ${other.connectionSid} = ${connectionSid} AND ${other.emailKey} = ${addressKey}
        AND ${other.userSid} <> ${users.sid}))`
}

type OutcomeRow = Awaited<ReturnType<typeof selectOutcome>>[number]
const selectOutcome = (db: Database, outcome: OutcomeQuery) => db.select().from(outcome)

export type Outcome =
  | { userSid: string; code: null }
  | { userSid: string | null; code: UserCode | 'newcomer_limit' }
  | { userSid: string; code: 'name_id'; facts: NameIDFacts }

export function readOutcome([row]: readonly OutcomeRow[]): Outcome {
  const { userSid, code, isOfOther: ofOther, kind, format, nameID, refusedHash } = row!
  if (code !== 'name_id') return { userSid, code } as Outcome
  const bound = kind === null ? null : ({ kind, format, nameID, refusedHash } as BoundNameID)
  return { userSid: userSid!, code, facts: { bound, isOfOther: ofOther === 1 } }
}
