// `gatepost rollout reconcile`: finds users whose login e-mail the IdP does not know.
import { readFile } from '../arguments.ts'
import { path, type Answer, type ApiClient } from '../client.ts'
import { limitOf } from '../limit.ts'
import { inParts } from '../names.ts'
import { renderTable, type PrintedColumn } from '../print.ts'
import { openProgress } from '../progress.ts'
import { untilDone } from '../until-done.ts'
import { LIMIT, type VerbContext, type Verbs } from '../verb.ts'
import { rolloutOf } from './rollouts.ts'

const AT_ONCE = 1000
const SUGGESTIONS_AT_ONCE = 100

/** The same file is the same upload: after an interruption, nothing is counted twice. */
async function upload(
  client: ApiClient,
  connectionSid: string,
  file: string,
  { excludes, column }: { excludes: string | undefined; column: string | undefined },
): Promise<Answer> {
  const bytes = readFile(file)
  const { readIdpUserList } = await import('../../rollout/operations.ts')
  const read = await readIdpUserList(new Uint8Array(bytes), { column })
  if (!read.ok) throw (await import('../refused-file.ts')).refusedFile(file, read.error)
  const { addresses: emails, lines, name } = read.value
  const parts = inParts(emails, AT_ONCE)
  const progress = openProgress('Uploading')
  const problems: Answer[] = []
  try {
    for (const [index, part] of parts.entries()) {
      progress.show(index * AT_ONCE, emails.length)
      const isLast = index === parts.length - 1
      let json: object = { upload: name, emails: part, isLast }
      for (;;) {
        const answer = await client.call('POST', path`/connections/${connectionSid}/idp-users`, {
          json,
          query: { excludes },
        })
        for (const { index: at, code } of answer.problems)
          problems.push({ line: lines[index * AT_ONCE + at], email: part[at], code })
        if (!isLast) break
        if (answer.done) {
          const { listed, difference } = answer
          return { listed, difference, problems, column: read.value.column }
        }
        json = { upload: name, emails: [], isLast }
      }
    }
    throw new TypeError('an upload without a last part')
  } finally {
    progress.end()
  }
}

async function reconcile(context: VerbContext): Promise<Answer> {
  const { client, given } = context
  const where = rolloutOf(context)
  const rollout = await client.call('GET', where)
  const file = given.positional('FILE')
  const uploaded =
    file === undefined
      ? null
      : await upload(client, rollout.connectionSid, file, {
          excludes: given.text('excludes'),
          column: given.text('column'),
        })
  await untilDone('Comparing', () => client.call('POST', `${where}/refresh`))
  const unknown = await client.list(`${where}/members`, { finding: 'alias' }, limitOf(given))
  const matches = new Map<string, Answer>()
  for (const rows of inParts(unknown, SUGGESTIONS_AT_ONCE)) {
    const users = rows.map(({ userSid }) => userSid)
    const { items } = await client.call('POST', `${where}/suggestions`, { json: { users } })
    for (const match of items) matches.set(match.userSid, match)
  }
  const rows = unknown.map(({ userSid, email }) => ({
    userSid,
    email,
    suggestion: matches.get(userSid)?.email ?? null,
    because: matches.get(userSid)?.because ?? null,
  }))
  return { uploaded, unknown: rows }
}

const UNKNOWN: readonly PrintedColumn[] = [
  { title: 'Login e-mail', of: ({ email }) => email },
  { title: 'User', of: ({ userSid }) => userSid },
  { title: 'Suggestion', of: ({ suggestion }) => suggestion },
  { title: 'Because', of: ({ because }) => because },
]

const PROBLEMS: readonly PrintedColumn[] = [
  { title: 'Line', of: ({ line }) => line },
  { title: 'E-mail', of: ({ email }) => email },
  { title: 'Problem', of: ({ code }) => code },
]

function render({ uploaded, unknown }: Answer): string {
  return [
    ...(uploaded
      ? [
          `Addresses in the IdP’s list: ${uploaded.listed}, from “${uploaded.column}”. ` +
            `People: +${uploaded.difference.in} / −${uploaded.difference.out}.`,
        ]
      : []),
    ...(uploaded?.problems.length > 0 ? [renderTable(uploaded.problems, PROBLEMS)] : []),
    unknown.length === 0
      ? 'The IdP knows every user on the list.'
      : `Users whose login e-mail the IdP does not know, who stay excluded: ${unknown.length}.`,
    ...(unknown.length > 0 ? [renderTable(unknown, UNKNOWN)] : []),
  ].join('\n\n')
}

export const RECONCILE_VERBS: Verbs = {
  'rollout reconcile': {
    about: 'compare the list with the IdP’s list: CSV, or one address per line',
    takes: ['RO…', '[FILE]'],
    flags: {
      ...LIMIT,
      column: { value: 'NAME', about: 'with FILE: header of the e-mail column, or its number' },
      excludes: { value: 'N', about: 'with FILE: how many people it may exclude; 0 by default' },
    },
    text: render,
    run: reconcile,
  },
}
