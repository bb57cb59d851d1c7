// The statements that a login sends to HISTORY, replayed for many.
import type { DatabaseSync } from 'node:sqlite'
import { createTimedSid } from '../../src/ids.ts'
import type { AttemptRecord } from '../../src/login/history/attempt.ts'
import { insertAttempt } from '../../src/login/history/store/record.ts'
import { openDatabase } from '../../src/platform/db/client.ts'
import { DAY } from './clock.ts'

type Code = AttemptRecord['code']
type Written = { connectionSid: string; userSid: string; at: number }

/**
 * Runs the statements that `insertAttempt` sends. They are asked for once for each kind of login,
 * with values that are then replaced: to build them for each login would take hours.
 */
export async function openWriters(sqlite: DatabaseSync, kinds: readonly Code[]) {
  const writers = new Map<string | null, Awaited<ReturnType<typeof openWriter>>>()
  for (const code of kinds) writers.set(code, await openWriter(sqlite, code))
  return (of: Written, code: Code) => writers.get(code)!(of)
}

const MARKS = {
  sid: '<sid>',
  connectionSid: '<connection>',
  userSid: '<user>',
  createdAt: 7 * DAY + 1,
}

async function openWriter(sqlite: DatabaseSync, code: Code) {
  const sent: { query: string; parameters: unknown[] }[] = []
  const prepare = (query: string, parameters: unknown[] = []) => ({
    query,
    parameters,
    bind: (...values: unknown[]) => prepare(query, values),
  })
  const binding = {
    prepare,
    batch: async (statements: typeof sent) => {
      sent.push(...statements)
      return statements.map(() => ({ results: [], meta: { changes: 0 } }))
    },
  } as unknown as D1Database
  await insertAttempt(openDatabase(binding), recordOf(code))
  const statements = sent.map(({ query, parameters }) => ({
    run: sqlite.prepare(query),
    parameters: parameters as (string | number | null)[],
  }))
  return ({ connectionSid, userSid, at }: Written) => {
    const values = new Map<unknown, string | number>([
      [MARKS.sid, createTimedSid('AT', at)],
      [MARKS.connectionSid, connectionSid],
      [MARKS.userSid, userSid],
      [MARKS.createdAt, at],
      [MARKS.createdAt - 1, at - (at % DAY)],
    ])
    for (const { run, parameters } of statements)
      run.run(...parameters.map((value) => values.get(value) ?? value))
  }
}

/** With the checks and the redacted message of a usual size. */
function recordOf(code: Code): AttemptRecord {
  const isProven = code === null || code === 'audience' || code === 'user_unknown'
  return {
    ...MARKS,
    code,
    userSid: code === null ? MARKS.userSid : null,
    isProven,
    checks: Array.from({ length: 20 }, (_, index) => ({
      code: 'audience',
      ok: true,
      clause: 'SAML Profiles §4.1.4.3',
      expected: `https://sso.vendor.example/saml/${index}`,
      received: `https://sso.vendor.example/saml/${index}`,
    })) as AttemptRecord['checks'],
    message: 'x'.repeat(4000),
    idpInitiated: false,
    certificateFingerprint: isProven ? 'f'.repeat(64) : null,
    verifyMicros: 2345,
    isTest: false,
    clockOffset: -321,
    revision: 3,
  }
}
