// What the feed has: items, gaps, and the cursor that goes on from there.
import type { FeedType } from './types.ts'

export type FeedFilter = {
  tenantSid?: string
  subjectSid?: string
  /** The id of an actor; of a login, the user. */
  actorId?: string
  /** Undefined: all. */
  types?: ReadonlySet<FeedType>
  /** Milliseconds since 1970. */
  since?: number
  /** Before this time. */
  until?: number
}

/** Positions that were read. */
export type FeedCursor = {
  /** Of the audit trail. */
  seq: number
  /** Of logins: a timed SID, or the beginning of one. */
  login: string
  /** Of rings of refused logins that were read lately: the newest number. It counts gaps. */
  rings: readonly (readonly [ring: string, number: number])[]
}

export type FeedItem = {
  /** `EV…`, or `AT…` of a login. */
  sid: string
  /** Null: a login. */
  seq: number | null
  type: FeedType
  tenantSid: string | null
  connectionSid: string | null
  subjectSid: string
  /** Kind and name as shown. */
  actor: string
  actorKind: string
  actorId: string | null
  outcome: 'succeeded' | 'refused'
  /** Why a login was refused. */
  code: string | null
  /** A test sign-in. */
  isTest: boolean
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  isErased: boolean
  /** Somebody has broken its details by hand. */
  isUnreadable: boolean
  createdAt: number
}

/** Refused logins of a connection that were replaced by newer ones before they were read. */
export type FeedGap = {
  connectionSid: string
  missing: number
  /** False: at most so many, some of which may have been read. */
  isExact: boolean
  /** They were before this time. */
  before: number
}

/** A line of a login. `ring`: null in a search too. */
export type FedLogin = {
  sid: string
  connectionSid: string
  tenantSid: string | null
  userSid: string | null
  code: string | null
  isTest: boolean
  createdAt: number
  /** Of a refused one. `isFirst`: the number before is not kept any more. */
  ring: { name: string; number: number; isFirst: boolean } | null
}

export type LoginPage = {
  items: FedLogin[]
  /** Everything up to here was read; of a search: down to here. */
  readTo: string
  isEnd: boolean
}

/** Reads logins after a SID. Null: they cannot be read now. */
export type LoginSource = (of: {
  tenantSid: string | undefined
  after: string
  most: number
}) => Promise<LoginPage | null>

/** Reads logins that fit the filter before a SID, the newest first. Null: as above. */
export type LoginSearch = (
  filter: FeedFilter,
  before: string,
  most: number,
) => Promise<LoginPage | null>

export type FeedPage = {
  items: FeedItem[]
  gaps: FeedGap[]
  cursor: FeedCursor
  hasMore: boolean
  /** `unavailable`: they come later, and the cursor waits for them. */
  logins: 'read' | 'left_out' | 'unavailable'
}
