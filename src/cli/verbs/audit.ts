// `gatepost audit verify`: walks chains page by page, and keeps sums and the first faults alone.
import type { ChainFault } from '../../events/chain/verify.ts'
import type { Answer } from '../client.ts'
import { harmless } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import type { Verb, Verbs, VerbContext } from '../verb.ts'

const PAGE = 500
/** Faults that are listed for a chain; more are counted. */
const LISTED = 100

type Chain = {
  tenantSid: string | null
  verified: number
  erased: number
  faults: ChainFault[]
  faultCount: number
  number: number
  hash: string
  deletedTo: number
  signedTo: number
}

type Verified = {
  /** People want the heads and nothing else. */
  headsAlone?: true

  isWhole: boolean
  waiting: number
  publicKey: string | null
  chains: Chain[]
}

/** What `--expect` takes. */
const HEAD = /^\d{1,9}:[0-9a-f]{64}$/

export const AUDIT_VERBS: Verbs = {
  'audit verify': {
    about: 'verify the hash chain of the audit trail; status 1: something was changed',
    flags: {
      tenant: { value: 'TN…', about: 'one tenant; none: the events of no tenant' },
      expect: { value: 'NUMBER:HASH', about: 'a head that was kept elsewhere, of one tenant' },
      key: { value: 'KEY', about: 'the public key of signatures, with --remote' },
      head: { about: 'print the heads alone, to keep them elsewhere' },
    },
    run: verify,
    text: render,
  } satisfies Verb,
}

async function verify({ client, given }: VerbContext): Promise<Verified> {
  const [tenant, expect] = [given.text('tenant'), given.text('expect')]
  if (expect !== undefined && tenant === undefined)
    throw new UsageError('--expect goes with --tenant: each tenant has a chain of its own')
  if (expect !== undefined && !HEAD.test(expect))
    throw new UsageError('--expect takes NUMBER:HASH, as --head prints it')
  const query = { tenant, expect, key: given.text('key'), limit: PAGE }
  const chains: Chain[] = []
  let chain: Chain | undefined
  let page: Answer
  do {
    page = await client.call('GET', '/audit/verification', {
      query: { ...query, after: page?.next ?? undefined },
    })
    chain = add(chain, page)
    if (page.isEnd) {
      // Tenants without an event are many, and tell nothing.
      if (chain.number > 0 || chain.faultCount > 0) chains.push(chain)
      chain = undefined
    }
  } while (page.next !== null)
  const isWhole = chains.every(({ faultCount }) => faultCount === 0)
  if (!isWhole) process.exitCode = 1
  const { waiting, publicKey } = page
  const verified = { isWhole, waiting, publicKey, chains }
  return given.isOn('head') ? { ...verified, headsAlone: true } : verified
}

function add(chain: Chain | undefined, page: Answer): Chain {
  const { tenantSid, number, hash, deletedTo, signedTo } = page
  const faults = [...(chain?.faults ?? []), ...page.faults]
  return {
    tenantSid,
    verified: (chain?.verified ?? 0) + page.verified,
    erased: (chain?.erased ?? 0) + page.erased,
    faults: faults.slice(0, LISTED),
    faultCount: (chain?.faultCount ?? 0) + page.faults.length,
    number,
    hash,
    deletedTo,
    signedTo,
  }
}

const WORDS: Readonly<Record<string, string>> = {
  event_changed: 'the event was changed',
  details_changed: 'its details were changed',
  details_added: 'details were added after theirs were deleted',
  event_missing: 'the event was deleted',
  numbers_missing: 'numbers before it are missing',
  link_broken: 'it does not follow from the number before',
  order_changed: 'it stands in another order',
  not_chained: 'it was added between chained events',
  checkpoint_forged: 'the signature of the deleted start is wrong',
  checkpoint_not_checked: 'no key to check the signature of the deleted start: use --url or --key',
  head_forged: 'the signature of the head is wrong',
  signed_head_differs: 'its hash is not the one that was signed',
  signed_head_missing: 'it was signed, and is missing: the end was cut off',
  expected_head_differs: 'its hash is not the expected one',
  expected_head_missing: 'it is expected, and is missing: the end was cut off',
  expected_head_deleted: 'retention has deleted it: expect a newer head',
}

function render({ chains, waiting, publicKey, headsAlone }: Verified): string {
  if (headsAlone)
    return chains
      .map(({ tenantSid, number, hash }) => `${tenantSid ?? 'none'} ${number}:${hash}`)
      .join('\n')
  const lines = chains.flatMap((chain) => [summaryOf(chain), ...faultsOf(chain)])
  if (chains.length === 0) lines.push('There are no chained events.')
  if (waiting > 0) lines.push(`Not chained yet: ${waiting === 1000 ? '1000 or more' : waiting}`)
  lines.push(publicKey === null ? 'No key: signatures were not checked.' : `Key: ${publicKey}`)
  return lines.map(harmless).join('\n')
}

function summaryOf(chain: Chain): string {
  const { tenantSid, faultCount, number, verified, erased, deletedTo, signedTo } = chain
  const verdict = faultCount === 0 ? 'verified' : 'CHANGED'
  const parts = [
    `${tenantSid ?? 'no tenant'}: ${verdict} up to number ${number}`,
    `${verified} compared`,
    `${erased} erased`,
    `signed up to ${signedTo}`,
  ]
  if (deletedTo > 0) parts.push(`deleted by retention up to ${deletedTo}`)
  return parts.join(', ')
}

function faultsOf({ faults, faultCount }: Chain): string[] {
  const lines = faults.map(({ code, number, seq, sid }) => {
    const place = [number !== null && `number ${number}`, seq !== null && `seq ${seq}`, sid]
    return `  ${place.filter(Boolean).join(', ')}: ${WORDS[code] ?? code} (${code})`
  })
  if (faultCount > faults.length) lines.push(`  and ${faultCount - faults.length} more`)
  return lines
}
