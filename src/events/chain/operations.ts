// The operation on the chain: verify a page of it.
import type { KeySecrets } from '../../env.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { maySee } from '../actor.ts'
import type { OperationContext } from '../operation-context.ts'
import { isSigned, openCheckpointKey } from './checkpoint.ts'
import { findEnds, findNextChain, readChain, type Checkpoint } from './store.ts'
import {
  BEFORE_ALL,
  judgeEnd,
  judgeLinks,
  judgeStart,
  startOf,
  type ChainFault,
  type KnownHead,
  type Position,
} from './verify.ts'

/** Where a walk goes on. `after` null: at the start of the chain. */
export type ChainCursor = { chain: string; after: Position | null }

export type VerifyRequest = {
  /** One chain; empty: that of no tenant. Undefined: all, one after the other. */
  chain?: string
  cursor: ChainCursor | null
  /** Events of a page. */
  limit: number
  /** Known from outside: it detects a chain that was cut off or written anew. */
  expected?: { number: number; hash: string }
  /** Of the checkpoints, base64url. By default derived from the secret. */
  publicKey?: string
}

/** One page of one chain. */
export type VerifiedPage = {
  tenantSid: string | null
  /** How many events of the page were compared, and of these how many have no details any more. */
  verified: number
  erased: number
  faults: ChainFault[]
  /** The last number that was read; 0: there is none. */
  number: number
  hash: string
  /** The newest number whose events retention has deleted; 0: none. */
  deletedTo: number
  /** The newest number that is signed; 0: none. */
  signedTo: number
  /** The key that the signatures were checked with. Null: there was none. */
  publicKey: string | null
  /** Events without a place yet, counted to 1,000: of the named chain, or of all. */
  waiting: number
  /** Whether the page ends the chain. */
  isEnd: boolean
  /** Null: everything was read. */
  next: ChainCursor | null
}

/** Refuses `not_there`. */
export async function verifyChain(
  { db, actor }: OperationContext,
  { chain: wanted, cursor, limit, ...known }: VerifyRequest,
  secrets: KeySecrets,
): Promise<Result<VerifiedPage, Problem>> {
  const chain = wanted ?? cursor?.chain ?? ''
  const tenantSid = chain === '' ? null : chain
  const isAll = wanted === undefined
  if (!maySee(actor, { tenantSid: isAll ? null : tenantSid, connectionSid: null }))
    return problem('not_there', 'a tenant', tenantSid ?? 'none')
  const publicKey = known.publicKey ?? (await openCheckpointKey(secrets))?.publicKey ?? null
  const after = cursor?.chain === chain ? cursor.after : null
  const begin = after ?? (await readStart(db, chain))
  const from = after?.seq ?? BEFORE_ALL
  const read = await readChain(db, chain, { after: begin, from, most: limit, isAll })
  const head = await judgeHead(read.checkpoints, publicKey)
  const marks: KnownHead[] = [...head.marks]
  if (known.expected) marks.push({ ...known.expected, of: 'expected' })
  const faults: ChainFault[] = []
  if (!after) {
    faults.push(...(await judgeCheckpoint(read.checkpoints, publicKey)))
    faults.push(...judgeStart(begin, marks))
  }
  const judged = await judgeLinks(begin, read.links, marks)
  faults.push(...judged.faults)
  for (const { seq, sid } of read.unchained)
    faults.push({ code: 'not_chained', number: null, seq, sid })
  const isEnd = read.links.length < limit
  if (isEnd) faults.push(...head.faults, ...judgeEnd(judged.position, marks))
  const { number, hash } = judged.position
  return ok({
    tenantSid,
    verified: judged.verified,
    erased: judged.erased,
    faults,
    number,
    hash,
    deletedTo: startOf(read.checkpoints).number,
    signedTo: head.marks[0]?.number ?? 0,
    publicKey,
    waiting: read.waiting,
    isEnd,
    next: await nextOf(db, chain, isEnd ? null : judged.position, isAll),
  })
}

type Db = OperationContext['db']

async function readStart(db: Db, chain: string): Promise<Position> {
  const { checkpoints } = await findEnds(db, [chain])
  return startOf(checkpoints)
}

async function nextOf(
  db: Db,
  chain: string,
  after: Position | null,
  isAll: boolean,
): Promise<ChainCursor | null> {
  if (after) return { chain, after }
  const next = isAll ? await findNextChain(db, chain) : undefined
  return next === undefined ? null : { chain: next, after: null }
}

async function judgeCheckpoint(
  checkpoints: readonly Checkpoint[],
  publicKey: string | null,
): Promise<ChainFault[]> {
  const start = checkpoints.find(({ kind }) => kind === 'start')
  if (!start) return []
  const place = { number: start.number, seq: start.eventSeq, sid: null }
  if (publicKey === null) return [{ code: 'checkpoint_not_checked', ...place }]
  if (await isSigned(start, start.signature, publicKey)) return []
  return [{ code: 'checkpoint_forged', ...place }]
}

/** A head whose signature is wrong says nothing of the chain, and is named at its end. */
async function judgeHead(
  checkpoints: readonly Checkpoint[],
  publicKey: string | null,
): Promise<{ marks: KnownHead[]; faults: ChainFault[] }> {
  const head = checkpoints.find(({ kind }) => kind === 'head')
  if (!head || publicKey === null) return { marks: [], faults: [] }
  const { number, hash, eventSeq: seq } = head
  if (await isSigned(head, head.signature, publicKey))
    return { marks: [{ number, hash, of: 'signed' }], faults: [] }
  return { marks: [], faults: [{ code: 'head_forged', number, seq, sid: null }] }
}
