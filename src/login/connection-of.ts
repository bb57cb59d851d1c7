// The connection that a URL names, with our keys, and what a refusal of its login says.
import type { Connection } from '../connections/connection.ts'
import { signOutOf } from '../connections/presets/presets.ts'
import {
  connectionOfSid,
  findConnectionAndKeys,
  type ConnectionQuery,
} from '../connections/store.ts'
import type { ErrorCode } from '../errors.ts'
import { isSid } from '../ids.ts'
import { openKeyRing, type KeyRing } from '../keys/key-ring.ts'
import { openDatabase } from '../platform/db/client.ts'
import type { AppContext } from '../platform/http/http.ts'
import { noteRequest, timeStage } from '../platform/log/request-notes.ts'
import { Refused } from '../platform/http/refused.ts'

export type FoundConnection = {
  connection: Connection
  keys: KeyRing
  keysChangedAt: number
  /** Whether an endpoint wants events of logins. */
  wantsLogins: boolean
}

/** Throws `connection_unknown`. */
export async function findConnectionOf(c: AppContext): Promise<FoundConnection> {
  const sid = c.req.param('connection') ?? ''
  const found = isSid(sid, 'CN')
    ? await timeStage(c.req.raw, 'read', () => findConnectionWithKeys(c, connectionOfSid({ sid })))
    : undefined
  if (!found) throw new Refused('connection_unknown')
  noteRequest(c.req.raw, { connectionSid: sid })
  return found
}

export async function findConnectionWithKeys(
  c: AppContext,
  asked: ConnectionQuery,
): Promise<FoundConnection | undefined> {
  const found = await findConnectionAndKeys(openDatabase(c.env.DB), asked)
  if (!found) return undefined
  const { connection, keyPairs, wantsLogins } = found
  return {
    connection,
    keys: openKeyRing(c.var.config.keySecrets, keyPairs),
    wantsLogins,
    keysChangedAt: Math.max(0, ...keyPairs.map(({ createdAt }) => createdAt)),
  }
}

/**
 * Begins the login again with the same target. Without a name, the browser’s newest login of the
 * connection counts.
 */
export function againPath(connectionSid: string, name?: string): string {
  const path = `/sso/${connectionSid}/again`
  return name === undefined ? path : `${path}?${new URLSearchParams({ login: name })}`
}

/** Refused because of the person: another account may help. */
const OTHER_ACCOUNT: ReadonlySet<ErrorCode> = new Set(['user_unknown', 'user_not_enabled'])

/** “Use another account” for such a code. Without a connection its sign-out is not known. */
export function otherAccountFor(
  code: ErrorCode,
  connectionSid: string,
  name: string | undefined,
  connection?: Connection,
) {
  if (!OTHER_ACCOUNT.has(code)) return undefined
  const query = new URLSearchParams({ ...(name && { login: name }), other: '' })
  const signOut = connection ? signOutOf(connection) : { product: null, url: null }
  return { url: `${againPath(connectionSid)}?${query}`, signOut }
}

export function refused(
  code: ErrorCode,
  connection: Connection,
  restartURL: string,
  reference?: string,
  name?: string,
): Refused {
  const otherAccount = otherAccountFor(code, connection.sid, name, connection)
  return new Refused(code, {
    ...(reference && { reference }),
    ...(otherAccount && { otherAccount }),
    branding: connection.tenant,
    restartURL,
  })
}
