// What the operations of this folder share: the caller who is not known yet, names of people, and
// the refusal of those who are no operators.
import type { OperationContext } from '../events/operation-context.ts'
import type { Actor } from '../events/actor.ts'
import { isSid } from '../ids.ts'
import { problem } from '../problem.ts'

/** A context without an actor: the caller is not known yet. */
export type AnonymousContext = Pick<OperationContext, 'db' | 'now'>

export function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}

/** Who made something, as shown beside it. */
export function nameOf(actor: Actor): string {
  return 'name' in actor ? actor.name : actor.kind
}

/** The person who acts, for those who read of them. Null: a script, a job or the command line. */
export function personOf(actor: Actor): string | null {
  const isPerson =
    (actor.kind === 'operator' && isSid(actor.id, 'OP')) ||
    (actor.kind === 'customer admin' && !isSid(actor.id, 'AK'))
  return isPerson ? actor.name : null
}

export function isName(name: unknown): name is string {
  return typeof name === 'string' && name.trim() === name && name.length >= 1 && name.length <= 100
}

export function badName(name: unknown) {
  return problem('input', '1 to 100 characters', String(name).slice(0, 200), 'name')
}
