// Work after the response: the person does not wait for it. If it fails, the log says so.
import type { Context } from 'hono'
import type { Word } from '../log/kinds.ts'
import { writeLine } from '../log/write-line.ts'
import { judgeUnexpected } from './unexpected.ts'

/**
 * Work that an operation makes necessary; app.ts does it.
 * `send_logout_tokens`: tell apps about ended sessions (OpenID Connect Back-Channel Logout 1.0).
 * `copy_key_set`: copy the keys that apps verify tokens with, for the time when D1 is down.
 */
export type AfterResponse = Set<'send_logout_tokens' | 'copy_key_set'>

/**
 * Starts the work now; the invocation stays until it has ended. Throws where there is no execution
 * context, because the work would be lost.
 */
export function runAfterResponse(
  c: Pick<Context, 'executionCtx'>,
  name: Word,
  work: () => Promise<unknown>,
): void {
  c.executionCtx.waitUntil(
    work().catch((error: unknown) => {
      const { log } = judgeUnexpected(error)
      writeLine('after_response_failed', { work: name, ...log })
    }),
  )
}
