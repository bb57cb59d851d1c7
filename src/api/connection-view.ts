// Connections and what is done to them, as the API shows them.
import type * as z from 'zod/mini'
import { brandOf } from '../connections/presets/brands.ts'
import { ourSide, type Connection } from '../connections/connection.ts'
import { getConnection, type EditOptions, type Preview } from '../connections/operations.ts'
import { listKeyPairs } from '../keys/operations.ts'
import { done, type Outcome } from '../result.ts'
import { connection, connectionChange, nextEvents } from './connection-schema.ts'
import type { Call } from './engine/route.ts'

type Shown = z.input<typeof connection>
type ShownChange = z.input<typeof connectionChange>

/** What a view needs of a call. */
export type Asked = Pick<Call<never>, 'request' | 'config'>

export async function showConnection(
  { request, config }: Asked,
  found: Connection,
): Promise<Outcome<Shown>> {
  const pairs = await listKeyPairs(request, config.keySecrets)
  if (!pairs.ok) return pairs
  const { tenant, certificates, ...row } = found
  const { entityID, acsURL } = ourSide(config.origin, row.sid)
  return done({
    ...row,
    tenantName: tenant.name,
    certificateCount: certificates.length,
    events: nextEvents(row.state),
    ours: {
      entityID,
      acsURL,
      metadataURL: entityID,
      loginURL: `${config.origin}/sso/${row.sid}`,
      certificates: pairs.value.filter(isPublished),
    },
    idp: brandOf(found),
  })
}

/** The previous pair still decrypts, and is nothing that an IdP has to know any more. */
function isPublished<T extends { stage: string }>(
  pair: T,
): pair is T & { stage: 'current' | 'next' } {
  return pair.stage !== 'previous'
}

export async function showFound(asked: Asked, found: Outcome<Connection>): Promise<Outcome<Shown>> {
  return found.ok ? showConnection(asked, found.value) : found
}

/** A change, and the connection as it is after it. */
export async function showChange(
  asked: Asked,
  sid: string,
  changed: Outcome<Preview>,
): Promise<Outcome<ShownChange>> {
  if (!changed.ok) return changed
  const shown = await showFound(asked, await getConnection(asked.request, sid))
  if (!shown.ok) return shown
  const { certificates, ...change } = changed.value
  return done({ ...change, newCertificates: certificates, connection: shown.value })
}

/** What a call says about how to edit. */
export function editOptions({
  query,
  ifVersion,
}: Pick<Call<never, { preview?: boolean }>, 'query' | 'ifVersion'>): EditOptions {
  return { preview: query.preview ?? false, ifVersion }
}
