// Says whom a rollback changes, before somebody confirms it. People without a password come first.
import { emailKey } from '../../directory/email-key.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { isSid } from '../../ids.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { getRollout } from '../cohort/operations.ts'
import { findReturning, type Returning, type ReturnScope, type Target } from './store/returning.ts'

/** People that a preview names. */
const NAMED = 50

export type RollbackPreview = {
  /** Users whom it changes, and those of them whose password the app does not know. */
  people: number
  withoutPassword: number
  /** The first 50, those without a password in front. */
  first: Returning[]
}

/**
 * What `rollBack` would change now; `user`: one person of the rollout, by SID or login e-mail.
 * Refuses `not_there` and `input`.
 */
export async function previewRollBack(
  context: OperationContext,
  sid: string,
  asked: { to: Target; scope?: ReturnScope | undefined; user?: string | undefined },
): Promise<Result<RollbackPreview, Problem>> {
  const found = await getRollout(context, sid)
  if (!found.ok) return found
  const { to, scope, user } = asked
  if (user !== undefined && scope) return problem('input', 'a user or a scope', 'both', 'scope')
  if (scope === 'outside' && to === 'earlier')
    return problem('input', 'a scope of the list', scope, 'scope')
  const named =
    user === undefined
      ? undefined
      : isSid(user, 'US')
        ? { sid: user }
        : { emailKey: emailKey(user) ?? '' }
  const { db, now } = context
  const preview = await findReturning(db, found.value, now, { to, scope, user: named }, NAMED)
  if (user !== undefined && preview.people === 0)
    return problem('input', 'a person whom this rollout has switched to SSO', user, 'user')
  return ok(preview)
}
