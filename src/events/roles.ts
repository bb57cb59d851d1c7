// Roles of operators, and the one table of what each role may do. Routes of the API, pages and
// forms of the console and operations all ask this table. Pure.

/** Of people and of API keys, from the most to the least. */
export const ROLES = ['owner', 'admin', 'support', 'read-only'] as const
export type Role = (typeof ROLES)[number]

/** As shown on pages. */
export const ROLE_WORDS: Readonly<Record<Role, { name: string; about: string }>> = {
  owner: { name: 'Owner', about: 'Everything, operators included' },
  admin: { name: 'Admin', about: 'Everything but operators' },
  support: { name: 'Support', about: 'Customers’ setup, tests and rollouts; no keys, no deletion' },
  'read-only': { name: 'Read-only', about: 'Sees everything, changes nothing' },
}

const EVERYBODY: readonly Role[] = ROLES
const HELPERS: readonly Role[] = ['owner', 'admin', 'support']
const ADMINS: readonly Role[] = ['owner', 'admin']

/** The roles that have each permission. */
export const PERMISSIONS = {
  /** Read. */
  view: EVERYBODY,
  /** Change a connection: settings, certificates, domains, contacts. */
  configure: HELPERS,
  /** Test a connection: testers, results, sign-off, reviews. */
  test: HELPERS,
  /** Release NameIDs. */
  release: HELPERS,
  /** Give people their passwords back. */
  rollBack: HELPERS,
  /** What only the vendor does: tenants, users, rollouts, setup links, apps' settings. */
  operate: HELPERS,
  /** SCIM tokens and webhook endpoints: each has a secret. */
  tokens: ADMINS,
  /** API keys, apps and their secrets, our own key pairs and signing keys. */
  keys: ADMINS,
  /** Delete what cannot be brought back. */
  delete: ADMINS,
  /** Who comes in past the IdP: break-glass owners and their recovery codes. */
  codes: ADMINS,
  /** Operators, their sign-in links, and the tenant of their own sign-in. */
  operators: ['owner'],
} as const satisfies Readonly<Record<string, readonly Role[]>>

export type Permission = keyof typeof PERMISSIONS

export function hasPermission(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role)
}

/** Whether somebody with `role` may give `given` to another: nobody gives more than they have. */
export function mayGive(role: Role, given: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(given)
}

export function isRole(text: unknown): text is Role {
  return (ROLES as readonly unknown[]).includes(text)
}

/** For messages: “owner or admin”. */
export function rolesWith(permission: Permission): string {
  return PERMISSIONS[permission].join(' or ')
}
