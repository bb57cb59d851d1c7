// Who asks. Every operation takes an actor and decides by it what it may do.

/**
 * What a customer's administrator may be allowed to do, besides looking: configure the IdP's side,
 * and test it.
 */
export const CAPABILITIES = ['configure', 'test'] as const
export type Capability = (typeof CAPABILITIES)[number]

export type Actor =
  /** The vendor's support, or a script of theirs: any tenant. */
  | { kind: 'operator'; name: string }
  /** The customer's administrator, or a script of theirs: one tenant, or one connection of it. */
  | {
      kind: 'customer admin'
      name: string
      tenantSid: string
      /** Null: every connection of the tenant. */
      connectionSid: string | null
      /** What it may do besides looking. */
      capabilities: readonly Capability[]
    }
  /**
   * The IdP of one connection, with a SCIM token. What it may do is what src/scim does for it:
   * every other operation refuses it.
   */
  | { kind: 'scim'; name: string }
  /** Gatepost itself, at the times it has set. */
  | { kind: 'maintenance' }

/** What belongs to a tenant, or to one connection of it (null: to no single one). */
export type Resource = { tenantSid: string | null; connectionSid: string | null }

/** As shown in the audit trail. */
export function describeActor(actor: Actor): string {
  return actor.kind === 'maintenance' ? 'maintenance' : `${actor.kind} ${actor.name}`
}

/** Whether the actor may know of something. What it may not see is, for it, not there. */
export function maySee(actor: Actor, { tenantSid, connectionSid }: Resource): boolean {
  if (actor.kind === 'scim') return false
  if (actor.kind !== 'customer admin') return true
  return (
    actor.tenantSid === tenantSid &&
    (actor.connectionSid === null || actor.connectionSid === connectionSid)
  )
}

/** Whether the actor may change something in that way. `operate` is for operators alone. */
export function may(actor: Actor, how: Capability | 'operate', resource: Resource): boolean {
  if (actor.kind === 'scim') return false
  if (actor.kind !== 'customer admin') return true
  return how !== 'operate' && maySee(actor, resource) && actor.capabilities.includes(how)
}

/** A script of a customer's: everything a customer's administrator may do, in one tenant. */
export function tenantAdmin(name: string, tenantSid: string): Actor {
  return {
    kind: 'customer admin',
    name,
    tenantSid,
    connectionSid: null,
    capabilities: CAPABILITIES,
  }
}
