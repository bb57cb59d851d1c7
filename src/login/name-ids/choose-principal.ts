// Which e-mail of an assertion with several is the person’s: that of the user whose NameID came.
import type { Connection } from '../../connections/connection.ts'
import { emailKey } from '../../directory/email-key.ts'
import type { Database } from '../../platform/db/client.ts'
import { formatOf } from '../../saml/response/name-id.ts'
import type { Principal } from '../../saml/response/verify-response.ts'
import { findBoundAmong } from '../store/bound-among.ts'

/**
 * `principals`: of one assertion, which differ in their e-mail alone. Undefined: no user among them
 * is bound to the NameID, or more than one is.
 */
export async function choosePrincipal(
  db: Database,
  connection: Pick<Connection, 'sid' | 'entityID'>,
  principals: readonly Principal[],
): Promise<Principal | undefined> {
  const [first, ...others] = principals
  if (!first || others.length === 0) return first
  const found = await findBoundAmong(
    db,
    principals.map(({ email }) => keyOf(email)),
    {
      connectionSid: connection.sid,
      entityID: connection.entityID,
      nameID: first.nameID,
      format: formatOf(first.nameIDFormat),
      addressKey: emailKey(first.nameID) ?? null,
    },
  )
  if (new Set(found.map(({ userSid }) => userSid)).size !== 1) return undefined
  const keys = new Set(found.map((one) => one.emailKey))
  return principals.find(({ email }) => keys.has(keyOf(email)))
}

function keyOf(email: string): string {
  const key = emailKey(email)
  if (key === undefined) throw new TypeError('a verified principal has an e-mail')
  return key
}
