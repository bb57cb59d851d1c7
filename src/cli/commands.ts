// The nouns and verbs that work on the database: each reads its flags, calls one operation and prints the answer.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { brandOf } from '../connections/brands.ts'
import { ourSide, type Connection } from '../connections/connection.ts'
import type { ConnectionFields } from '../connections/fields.ts'
import { eventsFrom, LIFECYCLE_EVENTS, type LifecycleEvent } from '../connections/lifecycle.ts'
import * as connections from '../connections/operations.ts'
import * as directory from '../directory/operations.ts'
import { withLocal, type Local } from './local.ts'
import { need, print, unwrap } from './print.ts'
import { UsageError } from './usage-error.ts'

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        name: { type: 'string' },
        plan: { type: 'string' },
        'support-contact': { type: 'string' },
        tenant: { type: 'string' },
        connection: { type: 'string' },
        'first-name': { type: 'string' },
        'last-name': { type: 'string' },
        'external-id': { type: 'string' },
        'entity-id': { type: 'string' },
        preview: { type: 'boolean', default: false },
        set: { type: 'string', multiple: true, default: [] },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

type Flags = ReturnType<typeof readArguments>['values']
type Verb = {
  usage: string
  run: (local: Local, positionals: string[], flags: Flags) => Promise<unknown>
}

const ALL = { limit: 1000, after: null }

/** `noun verb` to what it does. */
export const VERBS: Readonly<Record<string, Verb>> = {
  'tenant create': {
    usage: '--name NAME [--plan enterprise|standard] [--support-contact TEXT]',
    run: async ({ request }, _, flags) =>
      unwrap(
        await directory.createTenant(request, {
          name: need(flags.name, '--name'),
          supportContact: flags['support-contact'] ?? null,
          ...(flags.plan && { plan: flags.plan }),
        }),
      ),
  },
  'tenant list': {
    usage: '',
    run: async ({ request }) => unwrap(await directory.listTenants(request, ALL)).items,
  },
  'user add': {
    usage: 'EMAIL --tenant TN… [--first-name N] [--last-name N] [--external-id ID]',
    run: async ({ request }, [email], flags) =>
      unwrap(
        await directory.addUser(request, need(flags.tenant, '--tenant'), {
          email: need(email, 'EMAIL'),
          ...(flags['first-name'] && { firstName: flags['first-name'] }),
          ...(flags['last-name'] && { lastName: flags['last-name'] }),
          ...(flags['external-id'] && { externalID: flags['external-id'] }),
        }),
      ),
  },
  'user enable': {
    usage: 'EMAIL --connection CN…',
    run: async ({ request }, [email], flags) =>
      unwrap(
        await directory.setSignInMethod(request, need(email, 'EMAIL'), {
          signInMethod: 'sso_enabled',
          connectionSid: need(flags.connection, '--connection'),
        }),
      ),
  },
  'user disable': {
    usage: 'EMAIL',
    run: async ({ request }, [email]) =>
      unwrap(
        await directory.setSignInMethod(request, need(email, 'EMAIL'), {
          signInMethod: 'password',
        }),
      ),
  },
  'connection create': {
    usage: '--tenant TN… --name NAME [--set FIELD=VALUE]…',
    run: async (local, _, flags) =>
      show(
        local,
        unwrap(
          await connections.createConnection(local.request, need(flags.tenant, '--tenant'), {
            ...readFields(flags.set),
            name: need(flags.name, '--name'),
          }),
        ),
      ),
  },
  'connection list': {
    usage: '--tenant TN…',
    run: async ({ request }, _, flags) =>
      unwrap(await connections.listConnections(request, need(flags.tenant, '--tenant'), ALL)).items,
  },
  'connection show': {
    usage: 'CN…',
    run: async (local, [sid]) =>
      show(local, unwrap(await connections.getConnection(local.request, need(sid, 'CN…')))),
  },
  'connection edit': {
    usage: 'CN… --set FIELD=VALUE… [--preview]',
    run: async ({ request }, [sid], flags) =>
      unwrap(
        await connections.editConnection(
          request,
          need(sid, 'CN…'),
          { fields: readFields(flags.set) },
          { preview: flags.preview },
        ),
      ),
  },
  'connection import-metadata': {
    usage: 'CN… FILE|URL [--entity-id ID] [--preview]',
    run: async ({ request }, [sid = '', source], flags) => {
      const options = {
        preview: flags.preview,
        ...(flags['entity-id'] && { entityID: flags['entity-id'] }),
      }
      const from = need(source, 'FILE|URL')
      return unwrap(
        /^https?:/.test(from)
          ? await connections.importMetadataFromURL(request, sid, from, options)
          : await connections.importMetadata(request, sid, readFile(from), options),
      )
    },
  },
  'connection check': {
    usage: 'CN…',
    run: async ({ request }, [sid]) =>
      unwrap(await connections.checkConnection(request, need(sid, 'CN…'))),
  },
  'connection add-certificate': {
    usage: 'CN… FILE',
    run: async ({ request }, [sid, file]) => {
      const text = readFile(need(file, 'FILE')).toString('utf8')
      const addCertificates = unwrap(await connections.readCertificates(text))
      return unwrap(
        await connections.editConnection(request, need(sid, 'CN…'), { addCertificates }),
      )
    },
  },
  'connection remove-certificate': {
    usage: 'CN… FINGERPRINT',
    run: async ({ request }, [sid, fingerprint]) =>
      unwrap(
        await connections.editConnection(request, need(sid, 'CN…'), {
          removeCertificates: [need(fingerprint, 'FINGERPRINT')],
        }),
      ),
  },
  'connection move': {
    usage: `CN… ${offeredEvents().join('|')}`,
    run: async (local, [sid, event]) => {
      if (!offeredEvents().some((offered) => offered === event))
        throw new UsageError(`connection move takes ${offeredEvents().join(', ')}`)
      const moved = await connections.changeState(
        local.request,
        need(sid, 'CN…'),
        event as LifecycleEvent,
      )
      return show(local, unwrap(moved))
    },
  },
}

/** `validate` is for the two sides together and `break_trust` for edits: neither is asked for by name. */
function offeredEvents(): LifecycleEvent[] {
  return LIFECYCLE_EVENTS.filter((event) => event !== 'validate' && event !== 'break_trust')
}

export async function runVerb(verb: Verb, args: string[]): Promise<void> {
  const { positionals, values } = readArguments(args)
  print(await withLocal((local) => verb.run(local, positionals, values)), values.json)
}

/** A connection as both sides need to see it. */
function show({ origin }: Local, connection: Connection) {
  const { tenant, certificates, ...row } = connection
  const brand = brandOf(connection)
  const ours = ourSide(origin, connection.sid)
  return {
    ...row,
    tenant: tenant.name,
    certificates: certificates.length,
    next: eventsFrom(connection.state).filter((event) => offeredEvents().includes(event)),
    brand: brand.name,
    ourEntityID: ours.entityID,
    ourACSURL: ours.acsURL,
    inTheIdP: {
      place: brand.place,
      ourEntityID: brand.ours.entityID,
      ourACSURL: brand.ours.acsURL,
      ourMetadata: brand.ours.upload,
    },
    attributes: Object.entries(brand.attributes).map(
      ([field, { name, value }]) => `${field}: ${name} (${value})`,
    ),
    nameIDAdvice: brand.nameID,
  }
}

/** `FIELD=VALUE`: JSON where it is JSON, text otherwise; an empty value is none. */
function readFields(pairs: readonly string[]): Partial<ConnectionFields> {
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

function readFile(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path)
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`)
  }
}
