// A login that opens the console or the portal: where it may lead, and which connections take it.
// It never opens a session of a user. Pure.
import { closedBecause, type Connection } from '../connections/connection.ts'
import { PROVEN_STATES } from '../connections/standing.ts'
import type { ProductCode } from '../errors.ts'
import { OPERATORS_TENANT } from '../operators-tenant.ts'
import type { LoginPurpose } from './handle.ts'

/** What somebody who administers comes to: the vendor's people, or a customer's. */
export type AdminArea = 'console' | 'portal'

const HOME: Readonly<Record<AdminArea, string>> = { console: '/console', portal: '/setup' }

/** A connection of the operators' own tenant opens the console; any other opens the portal. */
export function areaOf({ tenantSid }: Pick<Connection, 'tenantSid'>): AdminArea {
  return tenantSid === OPERATORS_TENANT ? 'console' : 'portal'
}

/** Logins of the operators' own tenant open the console, whatever they were begun for. */
export function purposeFor(connection: Connection, asked: LoginPurpose): LoginPurpose {
  return asked === 'login' && areaOf(connection) === 'console' ? 'admin' : asked
}

/** Whether a response says who administers. Tests of the operators' own tenant ask it too. */
export function isOfAdmin(connection: Connection, { purpose }: { purpose: LoginPurpose }): boolean {
  return areaOf(connection) === 'console' || purpose === 'admin'
}

/**
 * The error that a login ends with now. An IdP opens console and portal only when its
 * configuration has been validated: a test proves it, and an edit of it voids that.
 */
export function closedFor(connection: Connection, purpose: LoginPurpose): ProductCode | undefined {
  const closed = closedBecause(connection, purpose === 'test' ? 'test' : 'login')
  if (closed || purpose !== 'admin') return closed
  const isProven = PROVEN_STATES.some((state) => state === connection.state)
  return isProven ? undefined : 'connection_not_ready'
}

/** Where such a login leads: a page of its area, or the area's first page. */
export function adminTarget(area: AdminArea, origin: string, returnTo: string): string {
  const home = HOME[area]
  const url = URL.canParse(returnTo, origin) ? new URL(returnTo, origin) : undefined
  const isInArea =
    url?.origin === origin && (url.pathname === home || url.pathname.startsWith(`${home}/`))
  // The page that ends a login, and a setup link, are no places to return to.
  const isPage = isInArea && !/^\/(console\/sign-in|setup\/(sign-in|[\w-]{43}$))/.test(url.pathname)
  return isPage ? url.href : `${origin}${home}`
}

/** The page of ours that finishes it, with the one-time code. */
export function finishPath(area: AdminArea, code: string): string {
  return `${HOME[area]}/sign-in/finish?${new URLSearchParams({ code })}`
}

/** Where people begin again. */
export function signInPath(area: AdminArea): string {
  return `${HOME[area]}/sign-in`
}
