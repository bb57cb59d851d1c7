// Tells of wrong recovery codes of owners. The request that brings one only counts it.
import { eachRow } from '../../platform/http/each-row.ts'
import type { Database } from '../../platform/db/client.ts'
import { findUntoldOwners, recordWrongCodes } from './store/wrong-codes.ts'

/** Of one run. The next goes on. */
const OWNERS_AT_ONCE = 100

/** For the cron: once an hour of each owner. An idle run costs one query. */
export async function tellOfWrongCodes(db: Database, now: number): Promise<void> {
  const owners = await findUntoldOwners(db, now, OWNERS_AT_ONCE)
  const named = ({ userSid }: (typeof owners)[number]) => userSid
  await eachRow('tell_of_wrong_codes', owners, { named }, (owner) =>
    recordWrongCodes(db, owner, now),
  )
}
