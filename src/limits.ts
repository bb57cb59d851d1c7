// How many of each thing a customer may have, and what to do when there are no more to have. Pure:
// src/platform/db/within-limit.ts counts inside the INSERT.
import type { Problem } from './problem.ts'

export type Limit = {
  most: number
  /** What is counted, for people. */
  things: string
  /** What makes room for another one. */
  remedy: string
}

export const LIMITS = {
  connections: {
    most: 50,
    things: 'connections of a tenant that are not suspended',
    remedy: 'Suspend a connection that nobody uses any more.',
  },
  certificates: {
    most: 20,
    things: 'trusted certificates of a connection',
    remedy: 'Remove a certificate that the IdP no longer signs with.',
  },
  scimUsers: {
    most: 500_000,
    things: 'users of a tenant that its IdPs created, those who left included',
    remedy: 'Provision only people who use the application.',
  },
  domains: {
    most: 200,
    things: 'domains of a tenant',
    remedy: 'Remove a domain that the company no longer uses for e-mail.',
  },
  contacts: {
    most: 30,
    things: 'contacts of a tenant, or of operators',
    remedy: 'Remove a contact who has left.',
  },
  aliases: {
    most: 20,
    things: 'aliases of a user in a connection',
    remedy: 'Remove an alias of the user that the IdP no longer sends.',
  },
  testers: {
    most: 100,
    things: 'testers of a connection',
    remedy: 'Withdraw a tester. A rollout can switch SSO on for more people.',
  },
  scimTokens: {
    most: 10,
    things: 'valid SCIM tokens of a connection',
    remedy: 'Revoke a token that the IdP no longer uses.',
  },
  apiKeys: {
    most: 100,
    things: 'valid API keys of a tenant, or of operators',
    remedy: 'Revoke a key that nobody uses any more.',
  },
  operators: {
    most: 500,
    things: 'operators',
    remedy: 'Remove an operator who has left.',
  },
  setupLinks: {
    most: 20,
    things: 'open setup links of a connection',
    remedy: 'Withdraw a link that nobody needs any more.',
  },
  imports: {
    most: 10,
    things: 'unfinished imports of a tenant',
    remedy: 'Import one of the unfinished files again, which continues it, or end its import.',
  },
  idpUsers: {
    most: 500_000,
    things: 'addresses of the IdP’s user list, unfinished uploads included',
    remedy: 'Upload a complete list and end it: that deletes what other uploads left.',
  },
  webhookEndpoints: {
    most: 10,
    things: 'webhook endpoints of a tenant, or of operators',
    remedy: 'Delete an endpoint that nobody uses any more.',
  },
  pendingChanges: {
    most: 20,
    things: 'changes of a connection that wait for an operator',
    remedy: 'Take back a change that is outdated.',
  },
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof LIMITS

/** The refusal of one more. */
export function limitReached(name: LimitName, field?: string): { ok: false; error: Problem } {
  const { most, things, remedy } = LIMITS[name]
  return {
    ok: false,
    error: {
      code: 'limit_reached',
      expected: `at most ${most.toLocaleString('en')} ${things}`,
      received: 'more',
      remedy,
      ...(field && { field }),
    },
  }
}
