// The users of a tenant in a list: searched, filtered, counted.
import { maySee } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { isSid } from '../../ids.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { emailKey } from '../email-key.ts'
import { findUsersNamed, type User } from '../store/users.ts'
import { foldSearch } from './fold.ts'
import {
  countUsers,
  findFilteredUsers,
  findUsersBySearch,
  fits,
  type FoundUsers,
  type UserFilter,
} from './store.ts'

/** With `search`: those that have it as their SID, e-mail or external ID, or a word of it. */
export type UserSearch = UserFilter & { search?: string | undefined }

/** `total`: how many there are on all pages; undefined where it is not known. */
export type UserPage = Page<User> & {
  total: number | undefined
  /** A search does not go over pages: a longer one finds the others. */
  hasMore: boolean
}

/** Newest first; of a search in the order of what was found. Refuses `not_there`. */
export async function listUsers(
  context: OperationContext,
  tenantSid: string,
  page: PageRequest,
  { search, ...filter }: UserSearch = {},
): Promise<Result<UserPage, Problem>> {
  const { db, actor } = context
  const resource = { tenantSid, connectionSid: filter.connection ?? null }
  if (!maySee(actor, resource)) return problem('not_there', 'a tenant', tenantSid)
  if (search) return ok(await searchUsers(context, tenantSid, search, filter))
  const isCounted = filter.connection === undefined && filter.signedIn === undefined
  const [rows, total] = await Promise.all([
    findFilteredUsers(db, tenantSid, filter, page),
    isCounted ? countUsers(db, tenantSid, filter) : undefined,
  ])
  return ok({ ...toPage(rows, page), total, hasMore: false })
}

/** Those named exactly come first. */
async function searchUsers(
  context: OperationContext,
  tenantSid: string,
  search: string,
  filter: UserFilter,
): Promise<UserPage> {
  const key = emailKey(search)
  const named = isSid(search, 'US')
    ? { sid: search }
    : { externalID: search, ...(key !== undefined && { emailKey: key }) }
  const folded = foldSearch(search)
  const [exact, found] = await Promise.all([
    findUsersNamed(context.db, tenantSid, named),
    folded ? findUsersBySearch(context.db, tenantSid, folded, filter) : NOTHING,
  ])
  const wanted = exact.filter((user) => fits(user, filter))
  const all = new Map([...wanted, ...found.users].map((user) => [user.sid, user]))
  const { hasMore } = found
  return { items: [...all.values()], next: null, total: hasMore ? undefined : all.size, hasMore }
}

const NOTHING: FoundUsers = { users: [], hasMore: false }
