// What the operations of this folder share: the caller who is not known yet, names of people, and
// the refusal of those who are no operators.
import type { OperationContext } from '../events/operation-context.ts'
import { problem } from '../problem.ts'

/** A context without an actor: the caller is not known yet. */
export type AnonymousContext = Pick<OperationContext, 'db' | 'now'>

export function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}

export function isName(name: unknown): name is string {
  return typeof name === 'string' && name.trim() === name && name.length >= 1 && name.length <= 100
}

export function badName(name: unknown) {
  return problem('input', '1 to 100 characters', String(name).slice(0, 200), 'name')
}
