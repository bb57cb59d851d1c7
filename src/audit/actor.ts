// Who asks. Every operation takes an actor and decides by it what it may do.

export type Actor =
  /** The vendor's support: any tenant. */
  | { kind: 'operator'; name: string }
  /** The customer's administrator: one tenant. */
  | { kind: 'customer admin'; name: string; tenantSid: string }

/** As shown in the audit trail. */
export function describeActor(actor: Actor): string {
  return `${actor.kind} ${actor.name}`
}

/** Whether the actor may touch what belongs to a tenant. Null belongs to no tenant: operators only. */
export function mayTouch(actor: Actor, tenantSid: string | null): boolean {
  return actor.kind === 'operator' || actor.tenantSid === tenantSid
}
