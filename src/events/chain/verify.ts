// Judges rows of a chain against each other, and against marks that are known. Pure.
import { digestOrNull, GENESIS, hashOf, type HashedLink } from './hash.ts'

/** The last number that was read. */
export type Position = { number: number; hash: string; seq: number }

/** What should be true of a number. `signed`: our signature says so. `expected`: the caller. */
export type KnownHead = { number: number; hash: string; of: 'signed' | 'expected' }

export type StoredLink = Pick<HashedLink, 'chain' | 'number' | 'digest' | 'previous' | 'seq'> & {
  hash: string
  /** Null: the event was deleted by hand. */
  event: Pick<
    HashedLink,
    | 'sid'
    | 'type'
    | 'tenantSid'
    | 'connectionSid'
    | 'actorKind'
    | 'actorId'
    | 'subjectSid'
    | 'createdAt'
  > | null
  /** Null: the details were deleted. */
  details: { salt: string; personal: string } | null
}

/** What is wrong, and docs/audit.md says what each means. */
export const FAULT_CODES = [
  'event_changed',
  'details_changed',
  'details_added',
  'event_missing',
  'numbers_missing',
  'link_broken',
  'order_changed',
  'not_chained',
  'checkpoint_forged',
  'checkpoint_not_checked',
  'head_forged',
  'signed_head_differs',
  'signed_head_missing',
  'expected_head_differs',
  'expected_head_missing',
  'expected_head_deleted',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

export type ChainFault = {
  code: FaultCode
  /** The place in the chain. Null: the event has none. */
  number: number | null
  seq: number | null
  /** `EV…`. */
  sid: string | null
}

/** Before each `seq`, also one that was written by hand. */
export const BEFORE_ALL = Number.MIN_SAFE_INTEGER

type Start = { kind: 'start' | 'head'; number: number; hash: string; eventSeq: number }

/** Where what is kept of a chain begins: after what retention has deleted. */
export function startOf(checkpoints: readonly Start[]): Position {
  const start = checkpoints.find(({ kind }) => kind === 'start')
  if (!start) return { number: 0, hash: GENESIS, seq: BEFORE_ALL }
  return { number: start.number, hash: start.hash, seq: start.eventSeq }
}

export type JudgedLinks = {
  position: Position
  verified: number
  erased: number
  faults: ChainFault[]
}

/** Goes on after a broken row by what is stored, so that one change names one row. */
export async function judgeLinks(
  from: Position,
  links: readonly StoredLink[],
  marks: readonly KnownHead[],
): Promise<JudgedLinks> {
  const faults: ChainFault[] = []
  let position = from
  let erased = 0
  for (const link of links) {
    const { number, seq, hash } = link
    const note = (code: FaultCode) =>
      faults.push({ code, number, seq, sid: link.event?.sid ?? null })
    if (number !== position.number + 1) note('numbers_missing')
    else if (link.previous !== position.hash) note('link_broken')
    if (seq <= position.seq) note('order_changed')
    const code = await judgeLink(link)
    if (code) note(code)
    if (link.event && !link.details) erased++
    position = { number, hash, seq }
    faults.push(...compareWith(position, marks))
  }
  return { position, verified: links.length, erased, faults }
}

async function judgeLink(link: StoredLink): Promise<FaultCode | null> {
  const { event, details, digest } = link
  if (!event) return 'event_missing'
  if (link.hash !== (await hashOf({ ...link, ...event }))) return 'event_changed'
  if (!details) return null
  if (digest === '') return 'details_added'
  return digest === (await digestOrNull(details)) ? null : 'details_changed'
}

function compareWith({ number, hash, seq }: Position, marks: readonly KnownHead[]): ChainFault[] {
  return marks
    .filter((mark) => mark.number === number && mark.hash !== hash)
    .map(({ of }) => ({ code: `${of}_head_differs` as const, number, seq, sid: null }))
}

/** Where the chain begins: what the marks say of it, and of what was deleted before it. */
export function judgeStart(start: Position, marks: readonly KnownHead[]): ChainFault[] {
  const deleted = marks
    .filter(({ of, number }) => of === 'expected' && number < start.number)
    .map(({ number }) => {
      return { code: 'expected_head_deleted' as const, number, seq: null, sid: null }
    })
  return [...compareWith(start, marks), ...deleted]
}

/** At the end of the chain: marks beyond it. */
export function judgeEnd({ number }: Position, marks: readonly KnownHead[]): ChainFault[] {
  return marks
    .filter((mark) => mark.number > number)
    .map((mark) => {
      const code = `${mark.of}_head_missing` as const
      return { code, number: mark.number, seq: null, sid: null }
    })
}
