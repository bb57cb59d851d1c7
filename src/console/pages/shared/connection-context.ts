// The context of a connection's pages: the actor, the connection, and what the actor may do.
// Console and portal each make one.
import { may } from '../../../events/actor.ts'
import type { Preset } from '../../../connections/presets/preset.ts'
import { PRESETS, presetOf } from '../../../connections/presets/presets.ts'
import type { Connection } from '../../../connections/connection.ts'
import { getConnection, keepConnection } from '../../../connections/operations.ts'
import type { AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import type { PageLink } from '../../kit/console-frame.tsx'
import { unwrap, type AdminContext } from '../../kit/admin-context.tsx'

export type ConnectionContext = AdminContext & {
  connection: Connection
  /** As chosen, else as recognised: words, nothing else. */
  preset: Preset
  /** Where the connection's own page is; its other pages are below. */
  base: string
  /** The pages above it. */
  above: readonly PageLink[]
  may: { configure: boolean; test: boolean; release: boolean; rollBack: boolean; operate: boolean }
}

/** Finds out who visits which connection. Throws the refusal that the page shows. */
export type OpenConnectionContext = (c: AppContext) => Promise<ConnectionContext>

/**
 * A visit to a connection that the actor may see. Throws `not_there` for every other SID. `found`:
 * the connection, where it was read together with the actor. A page that only reads keeps it.
 */
export async function openConnectionContext(
  c: AppContext,
  admin: AdminContext,
  sid: string,
  place: (connection: Connection) => Pick<ConnectionContext, 'base' | 'above'>,
  found?: Connection,
): Promise<ConnectionContext> {
  const { context } = admin
  if (found) keepConnection(context, found)
  const connection = unwrap(await getConnection(context, sid))
  if (isReading(c)) keepConnection(context, connection)
  const resource = { tenantSid: connection.tenantSid, connectionSid: connection.sid }
  return {
    ...admin,
    connection,
    preset: presetFor(connection),
    ...place(connection),
    may: {
      configure: may(context.actor, 'configure', resource),
      test: may(context.actor, 'test', resource),
      release: may(context.actor, 'release', resource),
      rollBack: may(context.actor, 'rollBack', resource),
      operate: may(context.actor, 'operate', resource),
    },
  }
}

export function isReading({ req }: AppContext): boolean {
  return req.method === 'GET' || req.method === 'HEAD'
}

function presetFor(connection: Connection): Preset {
  const { preset } = connection
  return preset !== null && Object.hasOwn(PRESETS, preset)
    ? PRESETS[preset as Preset['id']]
    : presetOf(connection)
}

/** Pages that are only good for changing something are not shown to those who may not. */
export function requireMay(at: ConnectionContext, how: keyof ConnectionContext['may']): void {
  if (!at.may[how]) throw new Refused('forbidden')
}

/** The way to a page below the connection's own. */
export function crumbs({ above, base, connection }: ConnectionContext): PageLink[] {
  return [...above, { name: connection.name, href: base }]
}
