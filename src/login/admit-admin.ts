// A verified response that opens the console: whether an operator has the e-mail, and the one-time
// code that the browser takes to the console.
import type { Connection } from '../connections/connection.ts'
import { emailKey } from '../directory/email-key.ts'
import type { Database } from '../platform/db/client.ts'
import { hashSecret } from '../platform/secret.ts'
import type { Principal, VerifiedLogin } from '../saml/response/verify-response.ts'
import { HANDLE_SECONDS, type LoginRequest } from './handle.ts'
import type { Attempt } from './history/attempt.ts'
import { createLoginCode } from './login-code.ts'
import { bindingOf, readNameID } from './name-ids/judge.ts'
import { spendForOperator, type AdminOutcome } from './store/spend-for-admin.ts'

const CODE_SECONDS = 120

type Admission =
  { code: null; loginCode: string | null } | { code: Exclude<AdminOutcome, 'admitted'> }

/** `request`: the login that the response answers. Without one, nobody administers. */
export async function admitAdmin(
  db: Database,
  connection: Connection,
  attempt: Attempt,
  { login, principal }: { login: VerifiedLogin; principal: Principal },
  request: LoginRequest,
): Promise<Admission> {
  const key = emailKey(principal.email)
  if (key === undefined) throw new TypeError('a verified principal has an e-mail')
  const loginCode = attempt.isTest ? null : createLoginCode(request.name)
  const outcome = await spendForOperator(db, {
    attempt,
    request: { id: request.requestID, until: request.createdAt + 2 * HANDLE_SECONDS * 1000 },
    assertion: { id: login.assertion.ID, until: login.replayableUntil },
    emailKey: key,
    binding: await bindingHash(connection, principal),
    code: loginCode === null ? null : await codeOf(loginCode, attempt.createdAt),
  })
  return outcome === 'admitted' ? { code: null, loginCode } : { code: outcome }
}

async function codeOf(loginCode: string, now: number) {
  return { hash: await hashSecret(loginCode), expiresAt: now + CODE_SECONDS * 1000 }
}

/** What a person is bound to at the first sign-in: as a user's NameID is, but kept as a hash. */
async function bindingHash(
  { sid, entityID }: Connection,
  principal: Principal,
): Promise<string | null> {
  const binding = bindingOf(readNameID(principal))
  if (binding === null) return null
  const { kind, format, nameID } = binding
  return hashSecret(JSON.stringify([sid, entityID, kind, format, nameID]))
}
