// The actor of an operation. Every operation takes one and decides by it what is permitted.

import { OPERATORS_TENANT } from '../operators-tenant.ts'
import { PROBE_TENANT } from '../probe-sids.ts'
import { hasPermission, type Permission, type Role } from './roles.ts'

/**
 * Permissions of a customer admin besides reading: configure the IdP’s side, test it, release users
 * whose NameID changed there, and give people of a rollout their passwords back.
 */
export const CAPABILITIES = ['configure', 'test', 'release', 'rollBack'] as const
export type Capability = (typeof CAPABILITIES)[number]

/**
 * `id` stays the same when a name changes: the SID of the operator's account, API key, setup link,
 * token, connection or user. `name` is shown to people.
 */
export type Actor =
  /** A person of the vendor, or a script of theirs: any tenant, as far as the role goes. */
  | { kind: 'operator'; id: string; name: string; role: Role }
  /** The command line on the database itself, on a machine that may deploy: as an owner. */
  | { kind: 'deployment' }
  /** The customer's administrator, or a script of theirs: one tenant, or one connection of it. */
  | {
      kind: 'customer admin'
      id: string
      name: string
      tenantSid: string
      /** Null: every connection of the tenant. */
      connectionSid: string | null
      /** Permissions besides reading. */
      capabilities: readonly Capability[]
      /** Of an API key: what it may not do although its capabilities allow it. */
      role?: Role
    }
  /** The IdP of one connection, with a SCIM token. Only operations of src/scim accept it. */
  | { kind: 'scim'; id: string; name: string }
  /** The same, with a token of Global Token Revocation. Only src/revocation accepts it. */
  | { kind: 'idp'; id: string; name: string }
  /** The first login of a person, through that connection. No operation accepts it either. */
  | { kind: 'login'; id: string; name: string }
  /** A person on a page of their own. No operation accepts it: it is for the audit trail. */
  | { kind: 'user'; id: string; name: string }
  /** Gatepost itself, in a scheduled job. */
  | { kind: 'maintenance' }

export type ActorKind = Actor['kind']

/** Whose words an actor reads. */
export function readerOf({ kind }: Actor): 'customer' | 'operator' {
  return isVendor(kind) || kind === 'maintenance' ? 'operator' : 'customer'
}

/** Whether the actor stands for the vendor: its people, its scripts, its command line. */
export function isVendor(kind: ActorKind): boolean {
  return kind === 'operator' || kind === 'deployment'
}

/** The role that a route asks for. Undefined: capabilities alone say what the actor may do. */
export function roleOf(actor: Actor): Role | undefined {
  if (actor.kind === 'deployment') return 'owner'
  return actor.kind === 'operator' || actor.kind === 'customer admin' ? actor.role : undefined
}

/** The tenant of a thing, and its connection. Null: it belongs to no single one. */
export type Resource = { tenantSid: string | null; connectionSid: string | null }

/** As shown on pages. */
export function describeActor(actor: Actor): string {
  return actor.kind === 'maintenance' || actor.kind === 'deployment'
    ? actor.kind
    : `${actor.kind} ${actor.name}`
}

/** Actors whom no operation of the product accepts. */
const OUTSIDE: ReadonlySet<Actor['kind']> = new Set(['scim', 'idp', 'login', 'user'])

/**
 * Whether the actor may read a thing. For an actor who may not, the thing does not exist. The
 * tenant of the synthetic login is there for nobody: src/probe alone knows it.
 */
export function maySee(actor: Actor, { tenantSid, connectionSid }: Resource): boolean {
  if (OUTSIDE.has(actor.kind) || tenantSid === PROBE_TENANT) return false
  if (actor.kind !== 'customer admin') return true
  return (
    actor.tenantSid === tenantSid &&
    (actor.connectionSid === null || actor.connectionSid === connectionSid)
  )
}

/** The capability by which a customer admin has a permission. Null: they never have it. */
const BY_CAPABILITY: Readonly<Record<Permission, Capability | null>> = {
  view: null,
  configure: 'configure',
  test: 'test',
  release: 'release',
  rollBack: 'rollBack',
  operate: null,
  tokens: 'configure',
  keys: null,
  delete: 'configure',
  codes: null,
  operators: null,
}

/**
 * Whether the actor has the permission for a thing. `view` is here what operators alone read.
 * In the tenant of the operators' own sign-in only owners change anything.
 */
export function may(actor: Actor, how: Permission, resource: Resource): boolean {
  if (OUTSIDE.has(actor.kind) || resource.tenantSid === PROBE_TENANT) return false
  if (actor.kind === 'maintenance') return true
  const needed = resource.tenantSid === OPERATORS_TENANT && how !== 'view' ? 'operators' : how
  const role = roleOf(actor)
  if (role !== undefined && !hasPermission(role, needed)) return false
  if (actor.kind !== 'customer admin') return true
  const capability = BY_CAPABILITY[needed]
  return capability !== null && maySee(actor, resource) && actor.capabilities.includes(capability)
}

/** The command line on a machine that may deploy. It names no person: it knows none. */
export const DEPLOYMENT: Actor = { kind: 'deployment' }

/**
 * A customer’s script: the permissions of a customer admin in one tenant. A person gives passwords
 * back, by a link that says so: a stolen key must not bring passwords back for everybody.
 */
export function tenantAdmin(
  { id, name, role = 'admin' }: { id: string; name: string; role?: Role },
  tenantSid: string,
): Actor {
  return {
    kind: 'customer admin',
    id,
    name,
    tenantSid,
    connectionSid: null,
    capabilities: CAPABILITIES.filter((one) => one !== 'rollBack'),
    role,
  }
}
