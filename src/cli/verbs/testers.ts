// `gatepost tester …`, and what both sides do in the validation room of a connection.
import { userInfo } from 'node:os'
import { readCount, readFile } from '../arguments.ts'
import { path } from '../client.ts'
import { CommandError } from '../command-error.ts'
import { FILE_FLAG, readNames } from '../names.ts'
import { renderTable } from '../print.ts'
import { renderSignOffs, renderRoom, renderWhatIf, TESTERS } from '../render-room.ts'
import { UsageError } from '../usage-error.ts'
import type { Verbs } from '../verb.ts'
import { pathOf, readFields, SET } from './connections.ts'

/** As text: what is DER becomes base64. */
function readCertificate(file: string): string {
  const bytes = readFile(file)
  const isDER = bytes[0] === 0x30
  return bytes.toString(isDER ? 'base64' : 'utf8')
}

export const TESTER_VERBS: Verbs = {
  'tester nominate': {
    about: 'let people try a connection before anybody else: e-mails with commas between',
    takes: ['CN…', '[EMAILS]'],
    flags: { file: FILE_FLAG },
    text: ({ testers, refused }) =>
      [
        testers.length > 0 ? renderTable(testers, TESTERS) : 'nobody tests',
        ...refused.map(({ email, code }: Record<string, string>) => `refused: ${email} (${code})`),
      ].join('\n'),
    run: async (context) => {
      const emails = readNames(context.given, 'EMAILS')
      if (!emails) throw new UsageError('tester nominate takes EMAILS, or --file')
      return context.client.call('POST', `${pathOf(context)}/testers`, { json: { emails } })
    },
  },
  'tester list': {
    about: 'list the testers of a connection, and how they got on',
    takes: ['CN…'],
    columns: TESTERS,
    run: async (context) =>
      (await context.client.call('GET', `${pathOf(context)}/testers`)).items as unknown[],
  },
  'tester withdraw': {
    about: 'take a nomination back',
    takes: ['CN…', 'EMAIL'],
    run: async (context) => {
      const { client, given } = context
      const name = given.argument('EMAIL')
      const { items } = await client.call('GET', `${pathOf(context)}/testers`)
      const found = items.find(
        ({ user }: { user: { sid: string; email: string } }) =>
          user.sid === name || user.email.toLowerCase() === name.toLowerCase(),
      )
      if (!found) throw new CommandError(`${name} is no tester of this connection`)
      return client.call('DELETE', pathOf(context) + path`/testers/${found.user.sid}`)
    },
  },
  'connection room': {
    about: 'show the validation room: steps, testers, attempts, what each side says',
    takes: ['CN…'],
    text: renderRoom,
    run: (context) => context.client.call('GET', `${pathOf(context)}/room`),
  },
  'connection sign-off': {
    about: 'say for your side that a revision works, or that it does not: pass or fail',
    takes: ['CN…', 'VERDICT'],
    flags: {
      revision: { value: 'N', need: true, about: 'what was tried, as the room shows it' },
      name: { value: 'NAME', about: 'who says it; who is logged in here where nothing is said' },
      note: { value: 'TEXT', about: 'why' },
    },
    text: renderSignOffs,
    run: async (context) => {
      const { client, given } = context
      const verdict = given.argument('VERDICT')
      if (verdict !== 'pass' && verdict !== 'fail')
        throw new UsageError('connection sign-off takes pass or fail')
      return client.call('POST', `${pathOf(context)}/sign-offs`, {
        json: {
          revision: readCount(given.needText('revision'), '--revision'),
          verdict,
          name: given.text('name') ?? userInfo().username,
          note: given.text('note'),
        },
      })
    },
  },
  'connection what-if': {
    about: 'judge an attempt, or a response in a file, as the connection is and as it would be',
    takes: ['CN…', 'AT…|FILE'],
    flags: {
      ...SET,
      'add-certificate': { value: 'FILE', about: 'with this certificate' },
      'remove-certificate': {
        value: 'FINGERPRINT',
        many: true,
        about: 'without this certificate',
      },
    },
    text: renderWhatIf,
    run: async (context) => {
      const { client, given } = context
      const source = given.argument('AT…|FILE')
      const file = given.text('add-certificate')
      const edit = {
        fields: readFields(given.list('set')),
        removeCertificates: given.list('remove-certificate'),
        ...(file !== undefined && { addCertificates: readCertificate(file) }),
      }
      const what = /^AT[0-9a-f]{32}$/.test(source)
        ? { attemptSid: source }
        : { response: readFile(source).toString('utf8') }
      return client.call('POST', `${pathOf(context)}/what-if`, { json: { ...what, edit } })
    },
  },
}
