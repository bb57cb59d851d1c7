// Gives new events their places in the chains of their tenants, and signs where the chains end.
import type { KeySecrets } from '../../env.ts'
import type { Database } from '../../platform/db/client.ts'
import { openCheckpointKey, type CheckpointKey } from './checkpoint.ts'
import { noteUnreadable } from '../unreadable.ts'
import { digestOrNull, GENESIS, hashOf, UNREADABLE } from './hash.ts'
import { findEnds, findUnchained, insertLinks, type ChainRow, type Checkpoint } from './store.ts'

/** Events of one round: two round trips more. */
const A_ROUND = 500
/** A run takes no more rounds. */
const ROUNDS = 8

type ChainRun = { db: Database; secrets: KeySecrets; now: number }

/** An idle run costs one query. Two runs at once write each place once. Returns how many. */
export async function chainEvents({ db, secrets, now }: ChainRun): Promise<{ chained: number }> {
  let chained = 0
  for (let round = 0; round < ROUNDS; round++) {
    const waiting = await findUnchained(db, A_ROUND)
    if (waiting.length === 0) break
    const chains = [...new Set(waiting.map(({ event }) => event.tenantSid ?? ''))]
    const found = await findEnds(db, chains)
    const ends = new Map(chains.map((chain) => [chain, endOf(chain, found)]))
    const links: ChainRow[] = []
    for (const { seq, event, details } of waiting) {
      const chain = event.tenantSid ?? ''
      const { number: last, hash: previous } = ends.get(chain)!
      const number = last + 1
      const digest = details ? await digestOfAny(seq, details) : ''
      const hash = await hashOf({ chain, number, digest, previous, seq, ...event })
      links.push({ eventSeq: seq, chain, number, digest, previous, hash })
      ends.set(chain, { number, hash })
    }
    const key = await openCheckpointKey(secrets)
    const heads = key ? await signHeads(key, links, found.checkpoints, now) : []
    if (!(await insertLinks(db, links, heads))) break
    chained += links.length
    if (waiting.length < A_ROUND) break
  }
  return { chained }
}

/** Details that are broken before they get their place: no right ones have this digest. */
async function digestOfAny(seq: number, details: { salt: string; personal: string }) {
  const digest = await digestOrNull(details)
  noteUnreadable({ seq, isUnreadable: digest === null })
  return digest ?? UNREADABLE
}

type Ends = Awaited<ReturnType<typeof findEnds>>

/** Where nothing is left behind the start, the chain goes on from there. */
function endOf(chain: string, { ends, checkpoints }: Ends): { number: number; hash: string } {
  const start = checkpoints.find((one) => one.chain === chain && one.kind === 'start')
  return ends.find((one) => one.chain === chain) ?? start ?? { number: 0, hash: GENESIS }
}

/** A chain whose signed head has changed keeps its old one: `audit verify` finds the difference. */
async function signHeads(
  key: CheckpointKey,
  links: readonly ChainRow[],
  checkpoints: Ends['checkpoints'],
  createdAt: number,
): Promise<Checkpoint[]> {
  const newest = new Map(links.map((link) => [link.chain, link]))
  const hasChanged = (chain: string) => {
    const start = checkpoints.find((one) => one.chain === chain && one.kind === 'start')
    return checkpoints.some(
      (one) =>
        one.chain === chain &&
        one.kind === 'head' &&
        one.number > (start?.number ?? 0) &&
        one.hash !== one.hashThere,
    )
  }
  const signed = [...newest.values()]
    .filter(({ chain }) => !hasChanged(chain))
    .map(async ({ chain, number, eventSeq, hash }) => {
      const head = { chain, kind: 'head' as const, number, eventSeq, hash, createdAt }
      return { ...head, signature: await key.sign(head) }
    })
  return Promise.all(signed)
}
