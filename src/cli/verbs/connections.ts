// Verbs of connections and testers that make several calls, or whose call depends on a file.
import { readCount, readFile } from '../arguments.ts'
import { path, type Answer } from '../client.ts'
import { CommandError } from '../command-error.ts'
import { textOfCertificates } from '../../saml/signature/certificate-text.ts'
import { readFields, SET } from '../derived/set-fields.ts'
import { CONNECTION_FIELDS_TO_SET } from '../derived/verbs.ts'
import { renderTime, type PrintedColumn } from '../print.ts'
import { openProgress, watched } from '../progress.ts'
import { renderWhatIf } from '../render-room.ts'
import type { VerbContext, Verbs } from '../verb.ts'
import { showChange } from '../views.ts'
import { forAll } from './for-all.ts'

const REACHABILITY: readonly PrintedColumn[] = [
  { title: 'Connection', of: ({ connectionSid }) => connectionSid },
  { title: 'Field', of: ({ field }) => field },
  { title: 'Result', of: ({ result }) => result },
  { title: 'URL', of: ({ url }) => url },
  { title: 'Reason', of: ({ reason }) => reason },
]

const SOURCES: readonly PrintedColumn[] = [
  { title: 'Connection', of: ({ connectionSid }) => connectionSid },
  { title: 'Read', of: ({ fetchedAt }) => renderTime(fetchedAt) },
  { title: 'Next', of: ({ refreshAt }) => renderTime(refreshAt) },
  { title: 'Failure', of: ({ failure }) => failure && `${failure.code}: ${failure.reason}` },
  { title: 'URL', of: ({ url }) => url },
]

/** An upload of this size or more shows its progress. */
const LARGE_BYTES = 1024 * 1024

export const CONNECTION_VERBS: Verbs = {
  'connection check': {
    about: 'check whether the URLs of one connection, or of all, can be reached',
    takes: ['[CN…]'],
    flags: { all: { about: 'every connection' } },
    columns: REACHABILITY,
    run: ({ client, given }) =>
      forAll(client, given, 'Checking', async (sid) => {
        const { items } = await client.call('POST', path`/connections/${sid}/reachability`)
        return items.map((item: object) => ({ connectionSid: sid, ...item }))
      }),
  },
  'connection import-metadata': {
    about: 'fill a connection from the metadata of its IdP',
    takes: ['CN…', 'FILE|URL'],
    flags: {
      'entity-id': { value: 'ID', about: 'which entity, where the metadata has several' },
      preview: { about: 'change nothing; show what would change' },
      'cuts-off': { value: 'N', about: 'how many people the change may cut off' },
    },
    run: importMetadata,
  },
  'connection refresh-metadata': {
    about: 'read metadata from its URL now, of one connection or of all that have a URL',
    takes: ['[CN…]'],
    flags: { all: { about: 'every connection that has a metadata URL' } },
    columns: SOURCES,
    run: ({ client, given }) =>
      forAll(client, given, 'Refreshing', async (sid) => {
        const refreshed = client.call('POST', path`/connections/${sid}/metadata-source/refresh`)
        // With --all, connections without a URL are skipped.
        if (!given.isOn('all')) return [await refreshed]
        return refreshed.then((source) => [source], nothingThere)
      }),
  },
  'connection what-if': {
    about: 'check an attempt, or a response in a file, before and after an edit',
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
    run: whatIf,
  },
  'tester withdraw': {
    about: 'withdraw a tester, by e-mail or SID',
    takes: ['CN…', 'EMAIL'],
    run: withdraw,
  },
}

async function importMetadata(context: VerbContext): Promise<Answer> {
  const { client, given } = context
  const source = given.argument('FILE|URL')
  const sent = /^https?:/.test(source) ? { json: { url: source } } : upload(source)
  const cutsOff = given.text('cuts-off')
  const query = {
    preview: given.isOn('preview') || undefined,
    entityID: given.text('entity-id'),
    cutsOff: cutsOff === undefined ? undefined : readCount(cutsOff, '--cuts-off'),
  }
  return showChange(await client.call('POST', `${pathOf(context)}/metadata`, { query, ...sent }))
}

function upload(file: string) {
  const bytes = new Uint8Array(readFile(file))
  const type = 'application/samlmetadata+xml'
  if (bytes.length < LARGE_BYTES) return { raw: { body: bytes, type } }
  return { raw: { body: watched(bytes, openProgress('Sending')), type } }
}

async function whatIf(context: VerbContext): Promise<Answer> {
  const { client, given } = context
  const source = given.argument('AT…|FILE')
  const file = given.text('add-certificate')
  const edit = {
    fields: readFields(given.list('set'), CONNECTION_FIELDS_TO_SET),
    removeCertificates: given.list('remove-certificate'),
    ...(file !== undefined && { addCertificates: textOfCertificates(readFile(file)) }),
  }
  const judged = /^AT[0-9a-f]{32}$/.test(source)
    ? { attemptSid: source }
    : { response: readFile(source).toString('utf8') }
  return client.call('POST', `${pathOf(context)}/what-if`, { json: { ...judged, edit } })
}

async function withdraw(context: VerbContext): Promise<Answer> {
  const { client, given } = context
  const name = given.argument('EMAIL')
  const { items } = await client.call('GET', `${pathOf(context)}/testers`)
  const found = items.find(
    ({ user }: { user: { sid: string; email: string } }) =>
      user.sid === name || user.email.toLowerCase() === name.toLowerCase(),
  )
  if (!found) throw new CommandError(`${name} is not a tester of this connection`)
  return client.call('DELETE', pathOf(context) + path`/testers/${found.user.sid}`)
}

function pathOf({ given }: VerbContext): string {
  return path`/connections/${given.argument('CN…')}`
}

function nothingThere(error: unknown): [] {
  if (error instanceof CommandError && error.problem?.code === 'not_there') return []
  throw error
}
