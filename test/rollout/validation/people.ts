// Who asks, in tests of the validation room.
import type { Actor } from '../../../src/events/actor.ts'
import { CAPABILITIES, type Capability } from '../../../src/events/actor.ts'
import type { World } from '../../support/world.ts'

/** Somebody who came by a setup link of the world's connection. */
export function customerOf(
  { tenantSid, connectionSid }: Pick<World, 'tenantSid' | 'connectionSid'>,
  capabilities: readonly Capability[] = CAPABILITIES,
): Extract<Actor, { kind: 'customer admin' }> {
  return {
    kind: 'customer admin',
    id: 'carla',
    name: 'carla',
    tenantSid,
    connectionSid,
    capabilities,
  }
}
