// The actor that an operator's account stands for. Pure.
import type { Actor } from '../events/actor.ts'
import type { Role } from '../events/roles.ts'

export type OperatorActor = Extract<Actor, { kind: 'operator' }>

export function actorOfOperator({
  sid,
  name,
  role,
}: {
  sid: string
  name: string
  role: Role
}): OperatorActor {
  return { kind: 'operator', id: sid, name, role }
}
