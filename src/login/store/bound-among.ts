// The SQL that finds who is bound to a NameID among the users of several e-mails.
import { and, eq, or, sql } from 'drizzle-orm'
import { users } from '../../directory/tables.ts'
import { query } from '../../platform/db/batch.ts'
import type { Database } from '../../platform/db/client.ts'
import { compile, type Placeholders } from '../../platform/db/compile.ts'
import { rowsOf } from '../../platform/db/sql.ts'
import { aliases } from '../../rollout/reconcile/tables.ts'
import { nameIDs } from '../tables.ts'

type Received = {
  connectionSid: string
  entityID: string
  nameID: string
  format: string
  /** The key of an address that is the NameID. */
  addressKey: string | null
}

/** Each of the keys whose user the connection's IdP is bound to name so. */
export function findBoundAmong(
  db: Database,
  emailKeys: readonly string[],
  received: Received,
): Promise<{ emailKey: string; userSid: string }[]> {
  return query(db, selectBound({ ...received, emailKeys: JSON.stringify(emailKeys) }).bound)
}

type BoundParameters = Placeholders<Received & { emailKeys: string }>

const selectBound = compile('selectBound', (db, values: BoundParameters) => {
  const named = rowsOf(values.emailKeys)
  const isBound = or(
    and(eq(nameIDs.kind, 'value'), eq(nameIDs.nameID, values.nameID)),
    and(eq(nameIDs.kind, 'email'), sql`${named.value} = ${values.addressKey}`),
  )
  // As at every login: an alias goes before the login e-mail.
  const userSid = sql`coalesce(
    (SELECT ${aliases.userSid} FROM ${aliases}
      WHERE ${aliases.connectionSid} = ${values.connectionSid}
        AND ${aliases.emailKey} = ${named.value}),
    (SELECT ${users.sid} FROM ${users} WHERE ${users.emailKey} = ${named.value}))`
  const bound = db
    .select({ emailKey: sql<string>`${named.value}`, userSid: nameIDs.userSid })
    .from(named.from)
    .innerJoin(
      nameIDs,
      and(
        eq(nameIDs.connectionSid, values.connectionSid),
        eq(nameIDs.userSid, userSid),
        eq(nameIDs.entityID, values.entityID),
        eq(nameIDs.format, values.format),
        isBound,
      ),
    )
  return { bound }
})
