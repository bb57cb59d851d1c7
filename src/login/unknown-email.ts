// How the e-mail of a login differs from those of the directory, without the e-mail itself. Values
// of real logins are not kept.
import { domainOf } from '../directory/email-key.ts'
import { findHolder } from '../directory/domains/store.ts'
import type { Database } from '../platform/db/client.ts'
import type { CheckRow } from '../saml/response/checks.ts'

/** The row of a login whose e-mail no user of the tenant has. Letter case never decides. */
export async function rowOfUnknown(
  db: Database,
  tenantSid: string,
  emailKey: string,
): Promise<CheckRow> {
  const holder = await findHolder(db, domainOf(emailKey))
  return {
    code: 'user_unknown',
    ok: false,
    clause: 'SAML Core §2.7.3',
    expected: 'the login e-mail of a user, or an alias; letter case does not matter',
    received:
      holder === tenantSid
        ? 'a verified domain of the tenant, with a local part that no user has'
        : 'another domain than the tenant has verified, which no user has',
  }
}
