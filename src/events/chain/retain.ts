// Deletes events that are too old, from the start of each chain. It signs where the rest begins,
// and first checks what it deletes: a changed row is not laundered by its deletion.
import { ConfigError, type KeySecrets } from '../../env.ts'
import type { Database } from '../../platform/db/client.ts'
import { writeLine } from '../../platform/log/write-line.ts'
import { DAY } from '../../durations.ts'
import { isSigned, openCheckpointKey, type CheckpointKey } from './checkpoint.ts'
import { deletePrefix, findDue, findNewest, readChain } from './store.ts'
import { BEFORE_ALL, judgeLinks, startOf, type ChainFault, type StoredLink } from './verify.ts'

/** Chains of one run, and events of each: the next runs do the rest. */
const CHAINS = 20
const A_CHAIN = 500

type Retention = { db: Database; secrets: KeySecrets; days: number | null; now: number }

/** `days` null: events are kept for ever. Rejects where a chain is broken, after the others. */
export async function deleteOldEvents({
  db,
  secrets,
  days,
  now,
}: Retention): Promise<{ deleted: number }> {
  if (days === null) return { deleted: 0 }
  const before = now - days * DAY
  const due = await findDue(db, before, CHAINS)
  if (due.length === 0) return { deleted: 0 }
  const key = await openCheckpointKey(secrets)
  if (!key) {
    const { name } = secrets.keyEncryptionKey
    throw new ConfigError(`${name} is not set: it signs where the audit trail begins`)
  }
  const newest = await findNewest(db)
  let deleted = 0
  const broken: ChainFault[] = []
  for (const chain of due) {
    const result = await deleteOld(db, chain, { key, before, newest, now })
    if (Array.isArray(result)) broken.push(...result)
    else deleted += result
  }
  for (const { code, number, seq } of broken)
    writeLine('audit_chain_broken', { code, number: number ?? 0, seq: seq ?? 0 })
  if (broken.length > 0) throw new Error('a chain of events is broken: nothing of it was deleted')
  return { deleted }
}

type Cut = { key: CheckpointKey; before: number; newest: number; now: number }

/** How many events it deleted; or what is wrong with them, and they stay. */
async function deleteOld(db: Database, chain: string, cut: Cut): Promise<number | ChainFault[]> {
  const { key, before, newest, now } = cut
  const after = { number: 0, hash: '', seq: BEFORE_ALL }
  const first = await readChain(db, chain, { after, from: BEFORE_ALL, most: A_CHAIN })
  const start = startOf(first.checkpoints)
  const links = first.links.filter(({ number }) => number > start.number)
  const mark = first.checkpoints.find(({ kind }) => kind === 'start')
  if (mark && !(await isSigned(mark, mark.signature, key.publicKey)))
    return [{ code: 'checkpoint_forged', number: mark.number, seq: mark.eventSeq, sid: null }]
  const isOld = ({ event, seq }: StoredLink) => event && event.createdAt < before && seq < newest
  const end = links.findIndex((link) => !isOld(link))
  const old = end === -1 ? links : links.slice(0, end)
  const { faults, position } = await judgeLinks(start, old, [])
  if (faults.length > 0) return faults
  if (old.length === 0) return 0
  const { number, hash, seq: eventSeq } = position
  const kind = 'start' as const
  const checkpoint = { chain, kind, number, hash, eventSeq, createdAt: now }
  await deletePrefix(db, { ...checkpoint, signature: await key.sign(checkpoint) })
  return old.length
}
