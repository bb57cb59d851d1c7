// Recovery codes as an owner makes them on a page of their own.
import { emailKey } from '../../src/directory/email-key.ts'
import { findUser } from '../../src/directory/store/users.ts'
import type { OperationContext } from '../../src/events/operation-context.ts'
import { isSid } from '../../src/ids.ts'
import { createOwnCodes } from '../../src/rollout/operations.ts'

/** The owner, named by SID or login e-mail. */
export async function makeCodes(context: Pick<OperationContext, 'db' | 'now'>, name: string) {
  const by = isSid(name, 'US') ? { sid: name } : { emailKey: emailKey(name) ?? '' }
  return createOwnCodes(context, (await findUser(context.db, by))!)
}
