// Connections and changes to them, as the API shows them.
import type * as z from 'zod/mini'
import { presetOf } from '../connections/presets/presets.ts'
import { ourSide, type Connection } from '../connections/connection.ts'
import { getConnection, type EditOptions, type Preview } from '../connections/operations.ts'
import { listKeyPairs } from '../keys/operations.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { connection, connectionChange, nextEvents } from './connection-schema.ts'
import type { ApiRequest } from './engine/route.ts'

type Shown = z.input<typeof connection>
type ChangeAnswer = z.input<typeof connectionChange>

/** What a view needs from a request. */
export type ApiContext = Pick<ApiRequest<never>, 'context' | 'config'>

async function showConnection(
  { context, config }: ApiContext,
  found: Connection,
): Promise<Result<Shown, Problem>> {
  const pairs = await listKeyPairs(context, config.keySecrets)
  if (!pairs.ok) return pairs
  const { tenant, certificates, ...row } = found
  const { entityID, acsURL } = ourSide(config.origin, row.sid)
  return ok({
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
    idp: presetOf(found),
  })
}

/** The previous pair only decrypts: an IdP does not need it any more. */
function isPublished<T extends { stage: string }>(
  pair: T,
): pair is T & { stage: 'current' | 'next' } {
  return pair.stage !== 'previous'
}

export async function showFound(
  asked: ApiContext,
  found: Result<Connection, Problem>,
): Promise<Result<Shown, Problem>> {
  return found.ok ? showConnection(asked, found.value) : found
}

/** A change, and the connection after it. */
export async function showChange(
  asked: ApiContext,
  sid: string,
  changed: Result<Preview, Problem>,
): Promise<Result<ChangeAnswer, Problem>> {
  if (!changed.ok) return changed
  const shown = await showFound(asked, await getConnection(asked.context, sid))
  if (!shown.ok) return shown
  const { certificates, ...change } = changed.value
  return ok({ ...change, newCertificates: certificates, connection: shown.value })
}

/** The options of an edit, from the request. */
export function editOptions({
  query,
  ifVersion,
}: Pick<
  ApiRequest<never, { preview?: boolean; cutsOff?: number }>,
  'query' | 'ifVersion'
>): EditOptions {
  return { preview: query.preview ?? false, cutsOff: query.cutsOff, ifVersion }
}
