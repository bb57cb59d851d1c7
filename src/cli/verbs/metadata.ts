// `gatepost connection …`: the metadata of its IdP, once or from a URL for good.
import { readFile } from '../arguments.ts'
import { path } from '../client.ts'
import { CommandError } from '../command-error.ts'
import { renderTime, type PrintedColumn } from '../print.ts'
import { openProgress, watched } from '../progress.ts'
import { UsageError } from '../usage-error.ts'
import type { Verbs } from '../verb.ts'
import { changeOf, pathOf, PREVIEW, previewOf } from './connections.ts'
import { forAll } from './for-all.ts'

const SOURCE_COLUMNS: readonly PrintedColumn[] = [
  { title: 'Connection', of: ({ connectionSid }) => connectionSid },
  { title: 'Read', of: ({ fetchedAt }) => renderTime(fetchedAt) },
  { title: 'Next', of: ({ refreshAt }) => renderTime(refreshAt) },
  { title: 'Failure', of: ({ failure }) => failure && `${failure.code}: ${failure.reason}` },
  { title: 'URL', of: ({ url }) => url },
]

/** From here on an upload shows how far it is. */
const LARGE_BYTES = 1024 * 1024

export const METADATA_VERBS: Verbs = {
  'connection import-metadata': {
    about: 'fill a connection from its IdP’s metadata',
    takes: ['CN…', 'FILE|URL'],
    flags: { 'entity-id': { value: 'ID', about: 'one of several entities' }, ...PREVIEW },
    run: async (context) => {
      const source = context.given.argument('FILE|URL')
      const sent = /^https?:/.test(source) ? { json: { url: source } } : upload(source)
      const query = { ...previewOf(context), entityID: context.given.text('entity-id') }
      return changeOf(
        await context.client.call('POST', `${pathOf(context)}/metadata`, { query, ...sent }),
      )
    },
  },
  'connection set-metadata-url': {
    about: 'read metadata from a URL, now and from then on',
    takes: ['CN…', '[URL]'],
    flags: {
      'signing-certificate': {
        value: 'FILE',
        about: 'pin what signs it; then new keys need no person',
      },
      remove: { about: 'read it from there no more' },
    },
    run: async (context) => {
      const { client, given } = context
      const url = given.optional('URL')
      const where = `${pathOf(context)}/metadata-source`
      if ((url === undefined) !== given.isOn('remove'))
        throw new UsageError('connection set-metadata-url takes a URL, or --remove')
      if (url === undefined) return client.call('DELETE', where)
      const file = given.text('signing-certificate')
      const signingCertificate = file && readFile(file).toString('utf8')
      return client.call('PUT', where, { json: { url, signingCertificate } })
    },
  },
  'connection refresh-metadata': {
    about: 'read metadata from its URL now, of a connection or of all that have one',
    takes: ['[CN…]'],
    flags: { all: { about: 'every connection that has a metadata URL' } },
    columns: SOURCE_COLUMNS,
    run: ({ client, given }) =>
      forAll(client, given, 'Refreshing', async (sid) => {
        const refreshed = client.call('POST', path`/connections/${sid}/metadata-source/refresh`)
        // Of all connections, those without a URL are no failure.
        if (!given.isOn('all')) return [await refreshed]
        return refreshed.then((source) => [source], nothingThere)
      }),
  },
}

function nothingThere(error: unknown): [] {
  if (error instanceof CommandError && error.problem?.code === 'not_there') return []
  throw error
}

function upload(file: string) {
  const bytes = new Uint8Array(readFile(file))
  const type = 'application/samlmetadata+xml'
  if (bytes.length < LARGE_BYTES) return { raw: { body: bytes, type } }
  return { raw: { body: watched(bytes, openProgress('Sending')), type } }
}
