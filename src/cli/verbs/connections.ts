// `gatepost connection …`: its fields, its life, whether it is reached.
import { EVENTS } from '../../api/connection-schema.ts'
import { path, type Answer } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { LIMIT, type VerbContext, type Verbs } from '../verb.ts'
import { forAll } from './for-all.ts'
import { showConnection } from './show-connection.ts'

export const SET = {
  set: { value: 'FIELD=VALUE', many: true, about: 'a field; JSON or text, empty: none' },
} as const
export const PREVIEW = { preview: { about: 'change nothing, and say what would change' } }

export const CONNECTION_VERBS: Verbs = {
  'connection create': {
    about: 'create a connection: a draft at first',
    flags: {
      tenant: { value: 'TN…', need: true, about: 'the tenant' },
      name: { value: 'NAME', need: true, about: 'for those who look after it' },
      ...SET,
    },
    run: async ({ client, given }) =>
      showConnection(
        await client.call('POST', path`/tenants/${given.needText('tenant')}/connections`, {
          json: { ...readFields(given.list('set')), name: given.needText('name') },
        }),
      ),
  },
  'connection list': {
    about: 'list connections, of a tenant or of all',
    flags: { tenant: { value: 'TN…', about: 'those of one tenant' }, ...LIMIT },
    columns: [
      { title: 'SID', of: ({ sid }) => sid },
      { title: 'Tenant', of: ({ tenantName, tenantSid }) => tenantName || tenantSid },
      { title: 'Name', of: ({ name }) => name },
      { title: 'State', of: ({ state }) => state },
      { title: 'Last login', of: ({ lastLoginAt }) => renderTime(lastLoginAt) },
      { title: 'Certificates until', of: (row) => renderTime(row.certificatesExpireAt) },
      { title: 'Quarantined', of: ({ quarantined }) => quarantined },
    ],
    run: ({ client, given }) => {
      const tenant = given.text('tenant')
      return client.list(
        tenant === undefined ? '/connections' : path`/tenants/${tenant}/connections`,
        {},
        limitOf(given),
      )
    },
  },
  'connection show': {
    about: 'show a connection: its fields, our side, the words of its IdP',
    takes: ['CN…'],
    run: async (context) => showConnection(await context.client.call('GET', pathOf(context))),
  },
  'connection edit': {
    about: 'edit fields',
    takes: ['CN…'],
    flags: { ...SET, ...PREVIEW },
    run: async (context) =>
      changeOf(
        await context.client.call('PATCH', pathOf(context), {
          query: previewOf(context),
          json: readFields(context.given.list('set')),
        }),
      ),
  },
  'connection check': {
    about: 'ask the URLs of a connection, or of all',
    takes: ['[CN…]'],
    flags: { all: { about: 'every connection' } },
    columns: [
      { title: 'Connection', of: ({ connectionSid }) => connectionSid },
      { title: 'Field', of: ({ field }) => field },
      { title: 'Result', of: ({ result }) => result },
      { title: 'URL', of: ({ url }) => url },
      { title: 'Reason', of: ({ reason }) => reason },
    ],
    run: ({ client, given }) =>
      forAll(client, given, 'Checking', async (sid) => {
        const { items } = await client.call('POST', path`/connections/${sid}/reachability`)
        return items.map((item: object) => ({ connectionSid: sid, ...item }))
      }),
  },
  'connection move': {
    about: `move it through its life: ${EVENTS.join(', ')}`,
    takes: ['CN…', 'EVENT'],
    run: async (context) => {
      const event = context.given.argument('EVENT')
      if (!EVENTS.some((offered) => offered === event))
        throw new UsageError(`connection move takes ${EVENTS.join(', ')}`)
      return showConnection(
        await context.client.call('POST', `${pathOf(context)}/state`, { json: { event } }),
      )
    },
  },
}

export function pathOf({ given }: VerbContext): string {
  return path`/connections/${given.argument('CN…')}`
}

export function previewOf({ given }: VerbContext) {
  return { preview: given.isOn('preview') || undefined }
}

/** What a change did, without the connection after it. */
export function changeOf(change: Answer): Answer {
  return { ...change, connection: undefined }
}

/** `FIELD=VALUE`: JSON where it is JSON, text otherwise; an empty value is none. */
export function readFields(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value] = pair.split(/=(.*)/s) as [string, string | undefined]
      if (value === undefined) throw new UsageError(`--set takes FIELD=VALUE, not ${pair}`)
      if (value === '') return [name, null]
      try {
        return [name, JSON.parse(value) as unknown]
      } catch {
        return [name, value]
      }
    }),
  )
}
