// A NameID that does not fit: the reason, the row that shows it, and the trace for the next login.
import type { LoginSecrets } from '../../env.ts'
import type { Database } from '../../platform/db/client.ts'
import type { CheckRow } from '../../saml/response/checks.ts'
import type { Outcome } from '../store/outcome.ts'
import { hashNameID } from './hash.ts'
import { judgeNameID, rowOfRefusal, type NameIDCode, type ReceivedNameID } from './judge.ts'
import { noteRefused } from './store.ts'

type NameIDOutcome = Extract<Outcome, { code: 'name_id' }>

/**
 * The binding keeps the time, for people, and the hash of another value in the bound format, by
 * which the next refusal knows a NameID that changes each time.
 */
export async function refuseNameID(
  db: Database,
  secrets: LoginSecrets,
  at: { connectionSid: string; entityID: string; now: number },
  received: ReceivedNameID,
  { userSid, facts }: NameIDOutcome,
): Promise<{ code: NameIDCode; row: CheckRow }> {
  const hashes = await hashNameID(secrets, at.connectionSid, received)
  const code = judgeNameID(received, facts, hashes)
  if (code === null) throw new TypeError('the database and judgeNameID disagree')
  const [hash] = hashes
  const isAnother = code === 'name_id_changed' || code === 'name_id_each_time'
  const isNew = isAnother && facts.bound?.refusedHash !== hash
  if (facts.bound) await noteRefused(db, at, userSid, isNew ? hash : undefined)
  return { code, row: rowOfRefusal(code, received, facts, hash) }
}
