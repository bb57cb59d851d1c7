// An IdP that publishes its metadata at a URL of the fake internet: what it serves may change, and
// what it was asked is noted.
import { eq } from 'drizzle-orm'
import type { Actor } from '../../../src/events/actor.ts'
import { refresh, setMetadataSource } from '../../../src/connections/metadata/operations.ts'
import { findConnection } from '../../../src/connections/store.ts'
import { findKeyring } from '../../../src/connections/metadata/store.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import { entityDescriptor, keyDescriptor, ssoService } from '../../saml/metadata/metadata-text.ts'
import { fakeNetwork, PUBLIC_V4 } from '../../support/fake-network.ts'
import { certificateOf, type KeyName } from '../../support/keys.ts'
import { good, request } from '../../support/request.ts'
import { createWorld, db, type World, type WorldSettings } from '../../support/world.ts'

export const METADATA_URL = 'https://idp.tenant.example/federation/metadata.xml'
export const SSO_URL = 'https://idp.tenant.example/sso'
export const MAINTENANCE: Actor = { kind: 'maintenance' }
export const HOUR = 3600_000
export const DAY = 24 * HOUR

/** Metadata of the IdP of `createWorld`, with these signing keys. */
export function metadataOf(
  keys: readonly KeyName[],
  changes: Parameters<typeof entityDescriptor>[0] = {},
): string {
  const content =
    keys.map((key) => keyDescriptor('signing', certificateOf(key))).join('') +
    ssoService(SSO_URL) +
    ssoService(SSO_URL, 'HTTP-POST')
  return entityDescriptor({ content, ...changes })
}

export function publish(xml: string) {
  const server = {
    xml,
    /** Instead of the document. */
    answer: undefined as (() => Response | Promise<Response>) | undefined,
    headers: {} as Record<string, string>,
    /** Headers of each request for the metadata. */
    asked: [] as Record<string, string>[],
    url: METADATA_URL,
  }
  const internet = fakeNetwork({
    hosts: {
      [METADATA_URL]: () => {
        const headers = (internet.requests.at(-1)?.headers ?? {}) as Record<string, string>
        server.asked.push(headers)
        if (server.answer) return server.answer()
        const { etag, 'last-modified': lastModified } = server.headers
        const isKnown =
          (etag !== undefined && headers['if-none-match'] === etag) ||
          (lastModified !== undefined && headers['if-modified-since'] === lastModified)
        return isKnown
          ? new Response(null, { status: 304 })
          : new Response(server.xml, { headers: server.headers })
      },
    },
    elsewhere: () => new Response(null, { status: 204 }),
    dns: (name) =>
      Response.json({
        Status: 0,
        Answer: [{ type: 1, data: name.startsWith('inside.') ? '10.0.0.1' : PUBLIC_V4 }],
      }),
  })
  return Object.assign(server, { network: internet.options, visited: internet.visited })
}

export type Server = ReturnType<typeof publish>

/**
 * A connection whose IdP publishes metadata with the keys `published`, and what may be seen of it.
 */
export async function createSourced(
  settings: WorldSettings & {
    xml?: string
    /** The key that signs the metadata, pinned. */
    signedBy?: KeyName
  } = {},
) {
  const world = await createWorld(settings)
  const server = publish(settings.xml ?? metadataOf(['idp']))
  const asOperator = request(undefined, server.network)
  good(
    await setMetadataSource(asOperator, world.connectionSid, {
      url: METADATA_URL,
      ...(settings.signedBy && { signingCertificate: certificateOf(settings.signedBy) }),
    }),
  )
  return { world, server, ...watch(world, server) }
}

export function watch({ connectionSid }: World, server: Server) {
  const trust = async () => {
    const connection = (await findConnection(db, connectionSid))!
    const { pinned, quarantined, source } = await findKeyring(db, connectionSid)
    return {
      connection,
      pinned: pinned.map(({ certificate }) => certificate),
      waiting: quarantined.flatMap(({ refusedAt, certificate }) =>
        refusedAt === null ? [certificate] : [],
      ),
      refused: quarantined.flatMap(({ refusedAt, certificate }) =>
        refusedAt === null ? [] : [certificate],
      ),
      source: source!,
    }
  }
  /** As the cron does it. */
  const read = async (now = Date.now()) => {
    const connection = await findConnection(db, connectionSid)
    await refresh({ ...request(MAINTENANCE, server.network), now }, connection!)
    return trust()
  }
  const trail = async () =>
    (
      await db
        .select()
        .from(recordedEvents)
        .where(eq(recordedEvents.subjectSid, connectionSid))
        .orderBy(recordedEvents.seq)
    ).map(({ actor, type, after }) => ({ actor, type, after }))
  return { trust, read, trail }
}
