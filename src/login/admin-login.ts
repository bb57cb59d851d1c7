// A login that opens the console: which connections take it, and where it may lead. It never opens
// a session of a user. Pure.
import { closedBecause, type Connection } from '../connections/connection.ts'
import { PROVEN_STATES } from '../connections/standing.ts'
import type { ProductCode } from '../errors.ts'
import { OPERATORS_TENANT } from '../operators-tenant.ts'
import type { LoginPurpose } from './handle.ts'

const HOME = '/console'

/** Where people begin again. */
export const CONSOLE_SIGN_IN = `${HOME}/sign-in`

/** A connection of the operators' own tenant, and no other, says who operates: its tests too. */
export function opensConsole({ tenantSid }: Pick<Connection, 'tenantSid'>): boolean {
  return tenantSid === OPERATORS_TENANT
}

/** Logins of the operators' own tenant open the console, whatever they were begun for. */
export function purposeFor(connection: Connection, asked: LoginPurpose): LoginPurpose {
  return asked === 'login' && opensConsole(connection) ? 'admin' : asked
}

/**
 * The error that a login ends with now. An IdP opens the console only when its configuration has
 * been validated: a test proves it, and an edit of it voids that.
 */
export function closedFor(connection: Connection, purpose: LoginPurpose): ProductCode | undefined {
  const closed = closedBecause(connection, purpose === 'test' ? 'test' : 'login')
  if (closed || purpose !== 'admin') return closed
  const isProven = PROVEN_STATES.some((state) => state === connection.state)
  return isProven && opensConsole(connection) ? undefined : 'connection_not_ready'
}

/** Where such a login leads: a page of the console, or its first page. */
export function consoleTarget(origin: string, returnTo: string): string {
  const url = URL.canParse(returnTo, origin) ? new URL(returnTo, origin) : undefined
  const isInside =
    url?.origin === origin && (url.pathname === HOME || url.pathname.startsWith(`${HOME}/`))
  // The page that ends a login is no place to return to.
  return isInside && !url.pathname.startsWith(CONSOLE_SIGN_IN) ? url.href : origin + HOME
}

/** The page of ours that finishes it, with the one-time code. */
export function finishPath(code: string): string {
  return `${CONSOLE_SIGN_IN}/finish?${new URLSearchParams({ code })}`
}
