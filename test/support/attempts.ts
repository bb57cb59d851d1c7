// Attempts in HISTORY, as a login leaves them.
import type { AttemptRecord } from '../../src/login/history/attempt.ts'
import { insertAttempt } from '../../src/login/history/store/record.ts'
import { createTimedSid } from '../../src/ids.ts'
import { history } from './world.ts'

export type AttemptSettings = Partial<AttemptRecord> & { connectionSid: string }

/** An accepted login without checks, where nothing else is said. */
export function attemptOf(settings: AttemptSettings): AttemptRecord {
  const { createdAt = Date.now() } = settings
  return {
    sid: createTimedSid('AT', createdAt),
    code: null,
    userSid: null,
    isProven: true,
    checks: [],
    message: null,
    idpInitiated: false,
    certificateFingerprint: null,
    verifyMicros: null,
    isTest: false,
    clockOffset: null,
    revision: 1,
    createdAt,
    ...settings,
  }
}

/** Returns its SID. */
export async function addAttempt(settings: AttemptSettings): Promise<string> {
  const record = attemptOf(settings)
  await insertAttempt(history, record)
  return record.sid
}
