// `gatepost events list` and `events follow`, and `audit export`: read the feed page by page.
import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { MINUTE } from '../../durations.ts'
import type { Arguments, Flags } from '../arguments.ts'
import type { Answer, ApiClient, Query } from '../client.ts'
import { CommandError } from '../command-error.ts'
import { limitOf } from '../limit.ts'
import { harmless, renderTime } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { LIMIT, PRINTED, type Verb, type Verbs } from '../verb.ts'

const PAGE = 500
/** Seconds between two looks: while something happens, and at most. */
const SOON = 2
const LATE = 30
/** Looks that may fail one after the other: half an hour. */
const FAILURES = 60

const FILTERS = {
  since: { value: 'TIME', about: 'from this time on, such as 2026-10-01' },
  until: { value: 'TIME', about: 'before this time' },
  type: { value: 'TYPE', many: true, about: 'this type alone, or a group such as rollout.*' },
  tenant: { value: 'TN…', about: 'one tenant alone' },
  actor: { value: 'ID', about: 'what this actor did' },
  subject: { value: 'SID', about: 'what was done to this thing' },
  outcome: { value: 'OUTCOME', about: 'succeeded, or refused: refused logins' },
} as const satisfies Flags

export const EVENT_VERBS: Verbs = {
  'events list': {
    about: 'list events, oldest first',
    flags: { ...FILTERS, ...LIMIT },
    columns: [
      { title: 'When', of: ({ createdAt }) => renderTime(createdAt) },
      { title: 'Who', of: ({ actor }) => actor },
      { title: 'What', of: ({ type, code }) => (code === null ? type : `${type} (${code})`) },
      { title: 'To', of: ({ subjectSid }) => subjectSid },
      { title: 'After', of: ({ after }) => (after === null ? null : JSON.stringify(after)) },
    ],
    run: async ({ client, given }) => {
      const limit = limitOf(given) ?? 100
      const items: Answer[] = []
      for await (const page of pagesOf(client, filtersOf(given), undefined)) {
        items.push(...page.items)
        if (items.length >= limit) break
      }
      return items.slice(0, limit)
    },
  } satisfies Verb,
  'events follow': {
    about: 'print events as they come, and go on after a lost connection',
    flags: {
      ...FILTERS,
      cursor: { value: 'CURSOR', about: 'go on after this answer' },
      'cursor-file': { value: 'FILE', about: 'keep the cursor here, and go on from it' },
      once: { about: 'end when there is nothing more' },
    },
    run: async ({ client, given }) => follow(client, given),
  } satisfies Verb,
  'audit export': {
    about: 'write the audit trail of a tenant to a file, one JSON object a line',
    flags: {
      tenant: { value: 'TN…', need: true, about: 'the tenant' },
      out: { value: 'FILE', need: true, about: 'the file to write' },
    },
    run: async ({ client, given }) => exportAudit(client, given),
    text: ({ events, file }) => `${events} events written to ${harmless(file)}`,
  } satisfies Verb,
}

function filtersOf(given: Arguments): Query {
  const types = given.list('type')
  return {
    since: given.text('since'),
    until: given.text('until'),
    type: types.length > 0 ? types.join(',') : undefined,
    tenant: given.text('tenant'),
    actor: given.text('actor'),
    subject: given.text('subject'),
    outcome: given.text('outcome'),
  }
}

/** Until there is nothing more. */
async function* pagesOf(client: ApiClient, query: Query, cursor: string | undefined) {
  let page: Answer
  do {
    const asked = { ...query, limit: PAGE, cursor: page?.cursor ?? cursor }
    page = await client.call('GET', '/events', { query: asked })
    yield page
  } while (page.hasMore)
}

async function follow(client: ApiClient, given: Arguments): Promise<typeof PRINTED> {
  const file = given.text('cursor-file')
  if (file !== undefined && given.text('cursor') !== undefined)
    throw new UsageError('--cursor and --cursor-file exclude each other')
  const query = { ...filtersOf(given) } as Record<string, string | undefined>
  let cursor = file === undefined ? given.text('cursor') : readCursor(file)
  // Without a place to begin it shows what comes from now on, and logins that are settling.
  if (cursor === undefined && query['since'] === undefined && !given.isOn('once'))
    query['since'] = new Date(Date.now() - 5 * MINUTE).toISOString()
  let [seconds, failures] = [SOON, 0]
  for (;;) {
    try {
      for await (const page of pagesOf(client, query, cursor)) {
        for (const line of linesOf(page, given.isOn('json'))) console.log(line)
        cursor = page.cursor as string
        if (file !== undefined) keepCursor(file, cursor)
        if (page.items.length > 0) seconds = SOON
      }
      failures = 0
    } catch (error) {
      if (!isPassing(error) || given.isOn('once') || ++failures > FAILURES) throw error
      console.error(`gatepost: ${harmless((error as Error).message)}; trying again`)
    }
    if (given.isOn('once')) return PRINTED
    await wait(seconds * 1000)
    seconds = Math.min(LATE, seconds * 1.5)
  }
}

/** A refusal of the API stays one; faults of storage and of the network pass. */
function isPassing(error: unknown): boolean {
  if (error instanceof UsageError) return false
  if (error instanceof CommandError && error.problem)
    return error.problem.status >= 500 || error.problem.status === 429
  return true
}

function linesOf({ items, gaps }: Answer, json: boolean): string[] {
  if (json) {
    const said = gaps.map((gap: object) => ({ type: 'feed.gap', ...gap }))
    return [...said, ...items].map((item) => JSON.stringify(item))
  }
  const missing = gaps.map(
    ({ connectionSid, missing: count, isExact }: Answer) =>
      `gap: ${isExact ? '' : 'up to '}${count} refused logins at ${connectionSid} were replaced`,
  )
  const shown = items.map(({ createdAt, type, code, actor, subjectSid }: Answer) =>
    [new Date(createdAt).toISOString(), type, code, `${subjectSid} by ${actor}`]
      .filter(Boolean)
      .join('  '),
  )
  return [...missing, ...shown].map(harmless)
}

function readCursor(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`${file}: ${(error as Error).message}`)
  }
}

/** Whole or not at all. */
function keepCursor(file: string, cursor: string): void {
  writeFileSync(`${file}.new`, `${cursor}\n`)
  renameSync(`${file}.new`, file)
}

async function exportAudit(client: ApiClient, given: Arguments) {
  const file = given.needText('out')
  const descriptor = openFile(file)
  let events = 0
  try {
    const query = { tenant: given.needText('tenant') }
    for await (const { items } of pagesOf(client, query, undefined))
      for (const item of items as Answer[]) {
        // Logins are history, not audit.
        if (item.seq === null) continue
        writeSync(descriptor, `${JSON.stringify(item)}\n`)
        events++
      }
  } finally {
    closeSync(descriptor)
  }
  return { events, file }
}

function openFile(file: string): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`)
  }
}
