// Where a login leads once more: to its target, or to the app whose request has been used.
import { initiateLoginURL, type Client } from '../clients/client.ts'
import { findClient } from '../clients/store.ts'
import { openDatabase } from '../platform/db/client.ts'
import type { AppContext } from '../platform/http/http.ts'
import { findKeptTarget } from './login-cookies.ts'
import type { PendingLogin } from './pending-login.ts'
import { clientSidOfTarget } from './pending-request.ts'

/**
 * The target of a login. A login that has opened its session has used the `state` of its app’s
 * request, so the app begins again. If KV has lost the target, the app or our own page follows.
 */
export async function targetOf(c: AppContext, name: string, login: PendingLogin): Promise<string> {
  const { origin } = c.var.config
  const returnTo = login.returnTo ?? (await findKeptTarget(c, name))
  const clientSid = returnTo === undefined ? login.clientSid : clientSidOfTarget(returnTo, origin)
  const isUsed = login.sessionSid !== undefined && clientSid !== undefined
  if (returnTo !== undefined && !isUsed) return returnTo
  const client = clientSid && (await findClient(openDatabase(c.env.DB), clientSid))
  return (client && startOf(client, origin)) ?? `${origin}/`
}

/** Where people enter the app: its `initiate_login_uri`, or the first page of its origin. */
function startOf(client: Client, issuer: string): string | undefined {
  if (client.disabledAt !== null) return undefined
  const [redirectURI] = client.redirectURIs
  return initiateLoginURL(client, issuer) ?? (redirectURI && `${new URL(redirectURI).origin}/`)
}
