// Reads a page of the feed. Each source keeps its own order; the times only mix them.
import { problem, type Problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { timedSidFrom } from '../../ids.ts'
import { maySee } from '../actor.ts'
import type { OperationContext } from '../operation-context.ts'
import type { EventRow } from '../store.ts'
import { noteUnreadable } from '../unreadable.ts'
import type {
  FedLogin,
  FeedCursor,
  FeedFilter,
  FeedGap,
  FeedItem,
  FeedPage,
  LoginSource,
} from './feed.ts'
import { findFed, findSeqAt } from './store.ts'
import { LOGIN_TYPES } from './types.ts'

/** Rings that a cursor keeps in mind. */
const RINGS = 24

type FeedRequest = { filter: FeedFilter; cursor: FeedCursor | null; limit: number }

/** A page without items may have more behind it: filters read a part at a time. */
export async function readFeed(
  { db, actor }: OperationContext,
  { filter, cursor, limit }: FeedRequest,
  source: LoginSource,
): Promise<Result<FeedPage, Problem>> {
  const { tenantSid, since = 0 } = filter
  if (!maySee(actor, { tenantSid: tenantSid ?? null, connectionSid: null }))
    return problem('not_there', 'a tenant', tenantSid ?? 'none')
  const from = cursor ?? {
    seq: since > 0 ? await findSeqAt(db, since) : 0,
    login: timedSidFrom('AT', since),
    rings: [],
  }
  const wantsLogins = LOGIN_TYPES.some((type) => !filter.types || filter.types.has(type))
  const [audit, logins] = await Promise.all([
    findFed(db, filter, from.seq, limit),
    wantsLogins ? source({ tenantSid, after: from.login, most: limit }) : null,
  ])
  const reader = new FeedReader(from, filter)
  const [events, lines] = [audit.rows.values(), (logins?.items ?? []).values()]
  let [event, line] = [events.next(), lines.next()]
  while (reader.items.length < limit && !(event.done && line.done))
    if (line.done || (!event.done && event.value.createdAt <= line.value.createdAt)) {
      reader.takeEvent(event.value!)
      event = events.next()
    } else {
      reader.takeLogin(line.value)
      line = lines.next()
    }
  if (event.done) reader.seq = audit.readTo
  if (line.done && logins) reader.login = logins.readTo
  const isEnd = event.done && line.done && audit.isEnd && (logins?.isEnd ?? true)
  const { items, gaps } = reader
  const state = wantsLogins ? (logins ? 'read' : 'unavailable') : 'left_out'
  return ok({ items, gaps, cursor: reader.cursor(), hasMore: !isEnd, logins: state })
}

/** What was taken so far. */
class FeedReader {
  readonly items: FeedItem[] = []
  readonly gaps: FeedGap[] = []
  seq: number
  login: string
  private readonly rings: Map<string, number>
  private readonly filter: FeedFilter

  constructor(from: FeedCursor, filter: FeedFilter) {
    this.seq = from.seq
    this.login = from.login
    this.rings = new Map(from.rings)
    this.filter = filter
  }

  takeEvent(row: EventRow): void {
    this.seq = row.seq
    noteUnreadable(row)
    this.items.push(itemOfEvent(row))
  }

  takeLogin(line: FedLogin): void {
    this.login = line.sid
    this.countGap(line)
    const item = itemOfLogin(line)
    if (this.isWanted(item)) this.items.push(item)
  }

  /** Numbers of a ring go without a gap, and the oldest are replaced first. */
  private countGap({ ring, connectionSid, createdAt: before }: FedLogin): void {
    if (!ring) return
    const name = `${connectionSid} ${ring.name}`
    const last = this.rings.get(name)
    const missing = ring.number - 1 - (last ?? 0)
    const { types } = this.filter
    if (ring.isFirst && missing > 0 && (!types || types.has('login.refused')))
      this.gaps.push({ connectionSid, missing, isExact: last !== undefined, before })
    this.rings.delete(name)
    this.rings.set(name, Math.max(last ?? 0, ring.number))
  }

  private isWanted({ type, subjectSid, connectionSid, actorId, createdAt }: FeedItem): boolean {
    const wanted = this.filter
    return (
      (!wanted.types || wanted.types.has(type)) &&
      (wanted.subjectSid === undefined ||
        wanted.subjectSid === subjectSid ||
        wanted.subjectSid === connectionSid) &&
      (wanted.actorId === undefined || wanted.actorId === actorId) &&
      createdAt >= (wanted.since ?? 0) &&
      createdAt < (wanted.until ?? Infinity)
    )
  }

  cursor(): FeedCursor {
    return { seq: this.seq, login: this.login, rings: [...this.rings].slice(-RINGS) }
  }
}

export function itemOfEvent({ mails: _mails, ...row }: EventRow): FeedItem {
  return { ...row, outcome: 'succeeded', code: null, isTest: false }
}

export function itemOfLogin(line: FedLogin): FeedItem {
  const { sid, tenantSid, connectionSid, userSid, code, isTest, createdAt } = line
  return {
    sid,
    seq: null,
    type: code === null ? 'login.succeeded' : 'login.refused',
    tenantSid,
    connectionSid,
    subjectSid: userSid ?? connectionSid,
    actor: userSid === null ? 'user' : `user ${userSid}`,
    actorKind: 'user',
    actorId: userSid,
    outcome: code === null ? 'succeeded' : 'refused',
    code,
    isTest,
    before: null,
    after: null,
    isErased: false,
    isUnreadable: false,
    createdAt,
  }
}
