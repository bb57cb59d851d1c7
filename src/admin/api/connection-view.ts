// Connections and what is done to them, as the API shows them.
import type * as z from 'zod/mini'
import { brandOf } from '../../connections/brands.ts'
import { ourSide, type Connection } from '../../connections/connection.ts'
import { getConnection, type EditOptions, type Preview } from '../../connections/operations.ts'
import { done, type Outcome } from '../../outcome.ts'
import { connection, connectionChange, nextEvents } from './connection-schema.ts'
import type { Call } from './route.ts'

type Shown = z.input<typeof connection>
type ShownChange = z.input<typeof connectionChange>

/** What a view needs of a call. */
export type Asked = Pick<Call<never>, 'request' | 'config'>

export async function showConnection(
  { config }: Asked,
  found: Connection,
): Promise<Outcome<Shown>> {
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
      certificates: [],
    },
    idp: brandOf(found),
  } as Shown)
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
  return shown.ok ? done({ ...changed.value, connection: shown.value }) : shown
}

/** What a call says about how to edit. */
export function editOptions({
  query,
  ifVersion,
}: Pick<Call<never, { preview?: boolean }>, 'query' | 'ifVersion'>): EditOptions {
  return { preview: query.preview ?? false, ifVersion }
}
