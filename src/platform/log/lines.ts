// LINES: every line that the log may have, and the fields of each. docs/operating/logs.md explains
// them. Pure.
import {
  binding,
  colo,
  counts,
  cron,
  detail,
  flag,
  method,
  milliseconds,
  optional,
  reference,
  route,
  sentence,
  sid,
  whole,
  word,
  words,
  type FieldKind,
} from './kinds.ts'

type Fields = Readonly<Record<string, FieldKind<unknown, boolean>>>
type Line = { level: 'log' | 'warn' | 'error'; fields: Fields }

const line = <const F extends Fields>(level: Line['level'], fields: F) => ({ level, fields })

/** Of each request that the log has a line of. */
const REQUEST = { area: word, method, route, status: whole, ms: milliseconds, colo: optional(colo) }
/** How long the stages of a login took. */
const STAGES = {
  read: optional(milliseconds),
  verify: optional(milliseconds),
  write: optional(milliseconds),
}
/** Of an error that no code expected. */
const UNEXPECTED = { storage: optional(word), detail }

export const LINES = {
  login: line('log', {
    connectionSid: sid,
    reference,
    isTest: flag,
    idpInitiated: flag,
    ...REQUEST,
    ...STAGES,
  }),
  refused: line('log', {
    code: word,
    reference: optional(reference),
    connectionSid: optional(sid),
    clientSid: optional(sid),
    subject: optional(sid),
    isTest: optional(flag),
    why: optional(sentence),
    ...REQUEST,
    ...STAGES,
    storage: optional(word),
    detail: optional(detail),
  }),
  after_response_failed: line('log', { work: word, ...UNEXPECTED }),
  data_point_failed: line('error', { detail }),
  storage_fault: line('log', { store: binding, code: word, try: whole, again: flag }),
  history_unavailable: line('log', { doing: word, code: word }),
  key_set_from_copy: line('log', { secondsLeft: whole }),
  not_ready: line('log', { failed: words }),
  job_done: line('log', { job: word, ms: milliseconds }),
  job_failed: line('error', { job: word, code: word, ...UNEXPECTED }),
  job_not_noted: line('error', { code: word, ...UNEXPECTED }),
  cron_unknown: line('error', { cron }),
  swept: line('log', { rows: counts, backlog: counts }),
  history_swept: line('log', {
    lines: whole,
    details: whole,
    counts: whole,
    size: whole,
    backlog: counts,
  }),
  audit_chain_broken: line('error', { code: word, number: whole, seq: whole }),
  table_not_swept: line('error', { table: word }),
  event_unreadable: line('error', { seq: whole }),
  row_failed: line('error', { job: word, subject: optional(reference), code: word, ...UNEXPECTED }),
  maintenance_failed: line('log', { subject: sid, detail }),
  logout_token_failed: line('log', { deliverySid: sid, tries: whole, code: word }),
  event_not_delivered: line('log', {
    deliverySid: sid,
    channel: word,
    tries: whole,
    code: word,
    isDead: flag,
  }),
  event_delivery_failed: line('error', { channel: word, code: word, ...UNEXPECTED }),
  customer_rolled_back: line('warn', {
    tenantSid: sid,
    rolloutSid: sid,
    to: word,
    users: optional(whole),
    scope: optional(word),
  }),
  message_not_sent: line('warn', { tenantSid: sid, rolloutSid: sid, failed: whole }),
  owner_kept_way: line('warn', {
    tenantSid: sid,
    userSid: sid,
    because: optional(word),
    failed: optional(whole),
  }),
  recovery_code_spent: line('warn', {
    tenantSid: sid,
    userSid: sid,
    codesLeft: whole,
    isDrill: flag,
  }),
} as const satisfies Readonly<Record<string, Line>>

export type LineName = keyof typeof LINES

type FieldsOf<F extends Fields> = {
  [K in keyof F as F[K] extends FieldKind<unknown, true> ? never : K]: ValueOf<F[K]>
} & {
  [K in keyof F as F[K] extends FieldKind<unknown, true> ? K : never]?: ValueOf<F[K]> | undefined
}

type ValueOf<K> = K extends FieldKind<infer T, boolean> ? T : never

export type LineFields<Name extends LineName> = FieldsOf<(typeof LINES)[Name]['fields']>
