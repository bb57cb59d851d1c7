// `gatepost connection …`: the certificates of its IdP.
import { readFile } from '../arguments.ts'
import { path } from '../client.ts'
import { renderTime } from '../print.ts'
import type { VerbContext, Verbs } from '../verb.ts'
import { changeOf, pathOf, PREVIEW, previewOf } from './connections.ts'

export const CERTIFICATE_VERBS: Verbs = {
  'connection certificates': {
    about: 'list them: trusted ones, and those that wait for a decision',
    takes: ['CN…'],
    columns: [
      { title: 'Fingerprint', of: ({ fingerprint }) => fingerprint },
      { title: 'Trust', of: ({ trust }) => trust },
      { title: 'Subject', of: ({ subject }) => subject },
      { title: 'Key', of: ({ key }) => key },
      { title: 'Until', of: ({ notAfter }) => renderTime(notAfter) },
      { title: 'Last used', of: ({ lastUsedAt }) => renderTime(lastUsedAt) },
      { title: 'Warnings', of: ({ warnings }) => warnings },
    ],
    run: async (context) => {
      const { pinned, quarantined } = await context.client.call(
        'GET',
        `${pathOf(context)}/certificates`,
      )
      return [
        ...pinned.map((one: object) => ({ trust: 'pinned', ...one })),
        ...quarantined.map((one: object) => ({ trust: 'quarantined', ...one })),
      ]
    },
  },
  'connection add-certificate': {
    about: 'trust the certificates of a file: PEM, base64 or DER',
    takes: ['CN…', 'FILE'],
    flags: PREVIEW,
    run: async (context) => {
      const body = readFile(context.given.argument('FILE'))
      const raw = { body, type: 'application/octet-stream' }
      const query = previewOf(context)
      return changeOf(
        await context.client.call('POST', `${pathOf(context)}/certificates`, { query, raw }),
      )
    },
  },
  'connection remove-certificate': {
    about: 'trust a certificate no more',
    takes: ['CN…', 'FINGERPRINT'],
    flags: PREVIEW,
    run: async (context) => {
      const one = path`/certificates/${context.given.argument('FINGERPRINT')}`
      const query = previewOf(context)
      return changeOf(await context.client.call('DELETE', pathOf(context) + one, { query }))
    },
  },
  'connection trust-certificate': {
    about: 'trust one that the IdP’s metadata has brought',
    takes: ['CN…', 'FINGERPRINT'],
    run: (context) => decide(context, 'trust'),
  },
  'connection refuse-certificate': {
    about: 'refuse one that the IdP’s metadata has brought',
    takes: ['CN…', 'FINGERPRINT'],
    run: (context) => decide(context, 'refuse'),
  },
}

function decide(context: VerbContext, decision: 'trust' | 'refuse') {
  const one = path`/quarantined-certificates/${context.given.argument('FINGERPRINT')}`
  return context.client.call('POST', `${pathOf(context)}${one}/${decision}`)
}
