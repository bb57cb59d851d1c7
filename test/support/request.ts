// The contexts in which tests call operations.
import type { Actor } from '../../src/events/actor.ts'
import type { OperationContext } from '../../src/events/operation-context.ts'
import type { Problem } from '../../src/problem.ts'
import type { Result } from '../../src/result.ts'
import { openInternet } from './fake-network.ts'
import { db, history } from './world.ts'

export const OPERATOR: Actor = { kind: 'operator', id: 'olga', name: 'olga', role: 'owner' }

/** A page that holds everything a test makes. */
export const ALL = { limit: 100, after: null }

/** Without a network of its own, every URL is reached and says nothing. */
export function request(
  actor: Actor = OPERATOR,
  network: OperationContext['network'] = openInternet().options,
): OperationContext {
  return { db, history, actor, now: Date.now(), network }
}

/** The value of an outcome that has to be good. */
export function good<T>(outcome: Result<T, Problem>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}

/** The code of an outcome that has to be a problem, and its field. */
export function codeOf(outcome: Result<unknown, Problem>): [string | null, string?] {
  if (outcome.ok) return [null]
  const { code, field } = outcome.error
  return field ? [code, field] : [code]
}
