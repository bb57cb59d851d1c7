// The actor of an operation. Every operation takes one and decides by it what is permitted.

/**
 * Permissions of a customer admin besides reading: configure the IdP’s side, test it, and release
 * users whose NameID changed there.
 */
export const CAPABILITIES = ['configure', 'test', 'release'] as const
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
      /** Permissions besides reading. */
      capabilities: readonly Capability[]
    }
  /** The IdP of one connection, with a SCIM token. Only operations of src/scim accept it. */
  | { kind: 'scim'; name: string }
  /** The same, with a token of Global Token Revocation. Only src/revocation accepts it. */
  | { kind: 'idp'; name: string }
  /** A person on a page of their own. No operation accepts it: it is for the audit trail. */
  | { kind: 'user'; name: string }
  /** Gatepost itself, in a scheduled job. */
  | { kind: 'maintenance' }

/** The tenant of a thing, and its connection. Null: it belongs to no single one. */
export type Resource = { tenantSid: string | null; connectionSid: string | null }

/** As shown in the audit trail. */
export function describeActor(actor: Actor): string {
  return actor.kind === 'maintenance' ? 'maintenance' : `${actor.kind} ${actor.name}`
}

/** Actors whom no operation of the product accepts. */
const OUTSIDE: ReadonlySet<Actor['kind']> = new Set(['scim', 'idp', 'user'])

/** Whether the actor may read a thing. For an actor who may not, the thing does not exist. */
export function maySee(actor: Actor, { tenantSid, connectionSid }: Resource): boolean {
  if (OUTSIDE.has(actor.kind)) return false
  if (actor.kind !== 'customer admin') return true
  return (
    actor.tenantSid === tenantSid &&
    (actor.connectionSid === null || actor.connectionSid === connectionSid)
  )
}

/** Whether the actor may change a thing in this way. Only operators may `operate`. */
export function may(actor: Actor, how: Capability | 'operate', resource: Resource): boolean {
  if (OUTSIDE.has(actor.kind)) return false
  if (actor.kind !== 'customer admin') return true
  return how !== 'operate' && maySee(actor, resource) && actor.capabilities.includes(how)
}

/** A customer’s script: all permissions of a customer admin in one tenant. */
export function tenantAdmin(name: string, tenantSid: string): Actor {
  return {
    kind: 'customer admin',
    name,
    tenantSid,
    connectionSid: null,
    capabilities: CAPABILITIES,
  }
}
