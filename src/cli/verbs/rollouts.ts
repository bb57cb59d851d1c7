// `gatepost rollout …`: selection, lists and decisions. Its steps are in rollout-steps.ts.
import { readCount } from '../arguments.ts'
import { path, type Answer, type ApiClient } from '../client.ts'
import { FILE_FLAG, inParts, readNames } from '../names.ts'
import { renderTable, type PrintedColumn } from '../print.ts'
import { renderSummary } from '../render-rollout.ts'
import { untilDone } from '../until-done.ts'
import { UsageError } from '../usage-error.ts'
import type { VerbContext, Verbs } from '../verb.ts'

/** The most that one call accepts. */
const AT_ONCE = 1000

export function rolloutOf({ given }: VerbContext): string {
  return path`/rollouts/${given.argument('RO…')}`
}

export const VERSION = {
  version: { value: 'N', about: 'the version of the list; the newest by default' },
} as const

/** The given version, or the newest. */
export async function versionOf(context: VerbContext): Promise<number> {
  const named = context.given.text('version')
  if (named !== undefined) return readCount(named, '--version')
  return (await context.client.call('GET', rolloutOf(context))).version
}

const PROBLEMS: readonly PrintedColumn[] = [
  { title: 'Kind', of: ({ kind }) => kind },
  { title: 'Name', of: ({ value }) => value },
  { title: 'Problem', of: ({ code }) => code },
]

function renderSelected({ rollout, selected, problems }: Answer): string {
  const { everybody, fromConnection, domains, accounts } = rollout.selectors
  return [
    ...(everybody ? ['everybody of this tenant'] : []),
    ...(fromConnection ? [`everybody of connection ${rollout.fromConnectionSid}`] : []),
    `domains: ${domains.join(', ') || '–'}`,
    `accounts: ${accounts.join(', ') || '–'}`,
    ...(selected === null ? [] : [`individual users: ${selected}`]),
    ...(problems.length > 0 ? ['', renderTable(problems, PROBLEMS)] : []),
  ].join('\n')
}

/** Looks up e-mails; SIDs stay. */
async function toSids(client: ApiClient, names: readonly string[]): Promise<string[]> {
  const sids: string[] = []
  for (const name of names)
    sids.push(
      /^US[0-9a-f]{32}$/.test(name) ? name : (await client.call('GET', path`/users/${name}`)).sid,
    )
  return sids
}

export const USERS = {
  users: { value: 'EMAILS', about: 'SIDs or e-mails, separated by commas' },
} as const

export async function readUsers({ client, given }: VerbContext): Promise<string[] | undefined> {
  const names = given.text('users')?.split(',').filter(Boolean)
  return names && toSids(client, names)
}

const NOBODY = { everybody: false, fromConnection: false, domains: [], accounts: [] }

async function select(context: VerbContext): Promise<Answer> {
  const { client, given } = context
  const where = rolloutOf(context)
  const domains = given.list('domain')
  const accounts = given.list('account')
  const names = readNames(given, 'USERS') ?? []
  const problems: Answer[] = []
  let selected: number | null = null
  if (given.isOn('none')) {
    await client.call('PATCH', where, { json: NOBODY })
    const removed = await client.call('POST', `${where}/users/remove`, { json: { users: null } })
    selected = removed.selected
  }
  const selectors = {
    ...(given.isOn('everybody') && { everybody: true }),
    ...(given.isOn('from-connection') && { fromConnection: true }),
    ...(domains.length > 0 && { domains }),
    ...(accounts.length > 0 && { accounts }),
  }
  if (Object.keys(selectors).length > 0)
    problems.push(...(await client.call('PATCH', where, { json: selectors })).problems)
  // The API finds repeats within one call only.
  const unique = new Set(names)
  const repeated = names.filter((name) => !unique.delete(name))
  for (const users of inParts([...new Set(names)], AT_ONCE)) {
    const taken = await client.call('POST', `${where}/users`, { json: { users } })
    selected = taken.selected
    problems.push(...taken.problems)
  }
  problems.push(...repeated.map((value) => ({ kind: 'user', value, code: 'duplicate' })))
  return { rollout: await client.call('GET', where), selected, problems }
}

function decide(included: boolean) {
  return async (context: VerbContext): Promise<Answer> => {
    const { client, given } = context
    const where = `${rolloutOf(context)}/decisions`
    const names = readNames(given, 'USERS')
    const finding = given.text('finding')
    const ways = [names !== undefined, finding !== undefined, given.isOn('all')]
    if (ways.filter(Boolean).length !== 1)
      throw new UsageError('name USERS (or --file), or --finding, or --all')
    const decision = { version: await versionOf(context), included, reason: given.text('reason') }
    const refused: Answer[] = []
    let decided = 0
    const call = async (rows: object) => {
      const answer = await client.call('POST', where, { json: { ...decision, ...rows } })
      decided += answer.decided
      refused.push(...answer.refused)
      return answer.next ?? undefined
    }
    if (names)
      for (const users of inParts(await toSids(client, names), AT_ONCE)) await call({ users })
    else {
      let after: string | undefined
      do after = await call({ finding: finding ?? null, after })
      while (after !== undefined)
    }
    return { decided, refused }
  }
}

const DECIDING = {
  ...VERSION,
  file: FILE_FLAG,
  finding: { value: 'FINDING', about: 'all rows with this finding' },
  all: { about: 'all rows' },
  reason: { value: 'TEXT', about: 'why' },
} as const

function renderDecided({ decided, refused }: Answer): string {
  const rows = refused.map(
    ({ userSid, findings }: Answer) => `stays excluded: ${userSid} (${findings.join(', ')})`,
  )
  return [`Rows decided: ${decided}.`, ...rows].join('\n')
}

const DIFFERENCES: readonly PrintedColumn[] = [
  { title: 'Change', of: ({ change }) => change },
  { title: 'E-mail', of: ({ email }) => email },
  { title: 'User', of: ({ userSid }) => userSid },
]

export const ROLLOUT_VERBS: Verbs = {
  'rollout select': {
    about: 'select everybody, domains, accounts, or users by SID, external ID or login e-mail',
    takes: ['RO…', '[USERS]'],
    flags: {
      everybody: { about: 'every user of the tenant' },
      'from-connection': { about: 'in a move: every user of the connection before' },
      domain: {
        value: 'DOMAIN',
        many: true,
        about: 'a verified domain; repeat it for all that you select',
      },
      account: {
        value: 'AC…',
        many: true,
        about: 'an account by SID or external ID; repeat it for all that you select',
      },
      file: FILE_FLAG,
      none: { about: 'clear the selection first' },
    },
    text: renderSelected,
    run: select,
  },
  'rollout freeze': {
    about: 'freeze the selection as the next version of the list',
    takes: ['RO…'],
    text: renderSummary,
    run: async (context) => {
      const where = rolloutOf(context)
      await untilDone('Freezing', () => context.client.call('POST', `${where}/freeze`))
      return context.client.call('GET', `${where}/summary`)
    },
  },
  'rollout compare': {
    about: 'compare two versions: users added and users dropped',
    takes: ['RO…', 'FROM', 'TO'],
    columns: DIFFERENCES,
    run: async (context) => {
      const { client, given } = context
      const versions = { from: given.argument('FROM'), to: given.argument('TO'), limit: 100 }
      const users: Answer[] = []
      for (const [side, change] of [
        ['added', 'added'],
        ['dropped', 'dropped'],
      ] as const) {
        let after: string | undefined
        do {
          const query = { ...versions, [side]: after }
          const answer = await client.call('GET', `${rolloutOf(context)}/comparison`, { query })
          users.push(...answer[side].users.map((user: object) => ({ change, ...user })))
          after = answer[side].next ?? undefined
        } while (after !== undefined)
      }
      return users
    },
  },
  'rollout include': {
    about: 'include rows: SIDs or e-mails, separated by commas',
    takes: ['RO…', '[USERS]'],
    flags: DECIDING,
    text: renderDecided,
    run: decide(true),
  },
  'rollout exclude': {
    about: 'exclude rows and say why',
    takes: ['RO…', '[USERS]'],
    flags: { ...DECIDING, reason: { ...DECIDING.reason, need: true } },
    text: renderDecided,
    run: decide(false),
  },
}
