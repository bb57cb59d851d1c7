// A message or a login code that comes again: by the back button, a reload or a second click. The
// person whom that very login has signed in goes on to where it led. It opens and extends nothing.
import type { TenantBranding } from '../platform/branding.ts'
import type { Connection } from '../connections/connection.ts'
import { openDatabase } from '../platform/db/client.ts'
import type { AppContext } from '../platform/http/http.ts'
import { Refused } from '../platform/http/refused.ts'
import { hashSecret } from '../platform/secret.ts'
import type { Principal } from '../saml/response/verify-response.ts'
import type { RepeatedMessage } from './accept-response.ts'
import { againPath } from './connection-of.ts'
import { sessionKey } from './cookies.ts'
import { isSameLogin } from './handle.ts'
import { findNewestLogin } from './login-cookies.ts'
import { openLoginKeys } from './login-keys.ts'
import { openText, sealText, type PendingLogin } from './pending-login.ts'
import { findSignedIn, type SignedIn } from './store/signed-in.ts'
import { targetOf } from './way-on.ts'

/** What the ACS knows of the message, sealed: no cookie comes with its POST. */
type Ticket = {
  connectionSid: string
  /** Of the login that the message was for. */
  name: string
  /** SHA-256 of NameID and e-mail in the message. */
  person: string
  /** The attempt of the refusal. */
  reference: string
  branding: TenantBranding
}

/** The page of ours to which the ACS sends a message that was answered before. */
export async function repeatedPath(
  c: AppContext,
  { sid: connectionSid, tenant }: Connection,
  reference: string,
  { name, principal }: RepeatedMessage,
): Promise<string> {
  const { productName, accentColor, helpURL, supportContact } = tenant
  const branding = { productName, accentColor, helpURL, supportContact }
  const person = await personOf(principal)
  const ticket: Ticket = { connectionSid, name, person, reference, branding }
  const ring = await openLoginKeys(c.var.config.loginSecrets)
  const sealed = await sealText(ring, 'repeated', '', JSON.stringify(ticket))
  return `/login/repeated?message=${sealed}`
}

/** GET /login/repeated: throws `replayed` for everybody else. */
export async function continueRepeated(c: AppContext) {
  const ring = await openLoginKeys(c.var.config.loginSecrets)
  const text = await openText(ring, 'repeated', '', c.req.query('message') ?? '')
  if (text === undefined) throw new Refused('login_code_unknown', { restartURL: '/login' })
  const { connectionSid, name, person, reference, branding } = JSON.parse(text) as Ticket
  const session = await sessionOf(c)
  // Another answer to the same request may speak of another person.
  const isPerson = session && (await personOf(session.principal)) === person
  const found =
    isPerson &&
    (await findNewestLogin(
      c,
      (login, itsName) => isSameLogin(itsName, name) && isSignedInBy(session, login),
    ))
  if (found) return c.redirect(await targetOf(c, found.name, found.login))
  const restartURL = againPath(connectionSid, name)
  throw new Refused('replayed', { reference, branding, restartURL })
}

/** The target of a login that has opened the session of this browser. */
export async function findWayOn(
  c: AppContext,
  name: string,
  login: PendingLogin,
): Promise<string | undefined> {
  const session = login.sessionSid === undefined ? undefined : await sessionOf(c)
  return session && isSignedInBy(session, login) ? targetOf(c, name, login) : undefined
}

function isSignedInBy(session: SignedIn, { connectionSid, sessionSid }: PendingLogin): boolean {
  return session.sid === sessionSid && session.connectionSid === connectionSid
}

async function sessionOf(c: AppContext): Promise<SignedIn | undefined> {
  const key = await sessionKey(c)
  if (!key) return undefined
  const { session } = c.var.config
  return findSignedIn(openDatabase(c.env.DB), key, Date.now(), session)
}

function personOf({ nameID, email }: Principal): Promise<string> {
  return hashSecret(JSON.stringify([nameID, email]))
}
