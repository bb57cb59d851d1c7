// The attempt of a test sign-in, for its page.
import { findConnection } from '../connections/store.ts'
import { openDatabase } from '../platform/db/client.ts'
import { askHistory, openHistory } from '../platform/db/history.ts'
import type { AppContext } from '../platform/http/http.ts'
import { Refused } from '../platform/http/refused.ts'
import { findAttempt } from './history/store/attempts.ts'

/**
 * Undefined also for an attempt that is not a test sign-in. Throws `history_unavailable`: the test
 * has been done, and its result cannot be read.
 */
export async function findTest(c: AppContext, sid: string) {
  const history = openHistory(c.env.HISTORY)
  const found = await askHistory(history, 'read_test', (store) => findAttempt(store, sid))
  if (!found.ok) throw new Refused('history_unavailable', { reference: sid })
  const attempt = found.value
  if (!attempt?.isTest) return undefined
  const { connectionSid, code, checks, testValues } = attempt
  const connection = await findConnection(openDatabase(c.env.DB), connectionSid)
  return { connectionSid, code, checks, testValues, branding: connection?.tenant }
}
