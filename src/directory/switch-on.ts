// Why a person may not be switched on through a connection: the one predicate for testers, single
// users, rollouts, aliases, SCIM and newcomers. Pure; store/switch-on.ts states each fact in SQL.

/**
 * The facts that keep a person out until they are cured, the first that holds decides. `alias`:
 * the IdP's list does not have the login e-mail. `other_tenant`: also a member of another tenant's
 * accounts, whose way in is not this tenant's to decide. `excepted`: an operator keeps the person
 * on the password until a date.
 */
export const BLOCKERS = [
  'alias',
  'other_tenant',
  'other_connection',
  'suspended',
  'excepted',
] as const

export type Blocker = (typeof BLOCKERS)[number]

/**
 * Blockers at a door that itself says by which address the IdP knows the person: a new alias, or
 * provisioning.
 */
export const BLOCKERS_OF_KNOWN = BLOCKERS.filter((blocker) => blocker !== 'alias')

/** The first of the found facts that keeps the person out. */
export function blockerOf(found: readonly string[]): Blocker | undefined {
  return BLOCKERS.find((blocker) => found.includes(blocker))
}
