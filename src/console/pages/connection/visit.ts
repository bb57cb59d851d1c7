// Somebody at the pages of one connection: who, which connection, and what they may do with it. Both doors make one.
import { may } from '../../../events/actor.ts'
import type { Brand } from '../../../connections/presets/brand.ts'
import { BRANDS, brandOf } from '../../../connections/presets/brands.ts'
import type { Connection } from '../../../connections/connection.ts'
import { getConnection } from '../../../connections/operations.ts'
import type { AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import type { PageLink } from '../../kit/console-frame.tsx'
import { take, type Door } from '../../kit/door.tsx'

export type Visit = Door & {
  connection: Connection
  /** As chosen, else as recognised: words, nothing else. */
  brand: Brand
  /** Where the connection's own page is; its other pages are below. */
  base: string
  /** The pages above it. */
  above: readonly PageLink[]
  may: { configure: boolean; test: boolean; operate: boolean }
}

/** How a door finds out who comes and to which connection. Throws what the page has to say otherwise. */
export type OpenVisit = (c: AppContext) => Promise<Visit>

/** A visit to a connection that the actor may see. Throws `not_there` for every other SID. */
export async function visitConnection(
  door: Door,
  sid: string,
  place: (connection: Connection) => Pick<Visit, 'base' | 'above'>,
): Promise<Visit> {
  const { request } = door
  const connection = take(await getConnection(request, sid))
  const resource = { tenantSid: connection.tenantSid, connectionSid: connection.sid }
  return {
    ...door,
    connection,
    brand: brandFor(connection),
    ...place(connection),
    may: {
      configure: may(request.actor, 'configure', resource),
      test: may(request.actor, 'test', resource),
      operate: may(request.actor, 'operate', resource),
    },
  }
}

function brandFor(connection: Connection): Brand {
  const { brand } = connection
  return brand !== null && Object.hasOwn(BRANDS, brand)
    ? BRANDS[brand as Brand['id']]
    : brandOf(connection)
}

/** Pages that are only good for changing something are not shown to those who may not. */
export function requireMay(visit: Visit, how: keyof Visit['may']): void {
  if (!visit.may[how]) throw new Refused('forbidden')
}

/** The way to a page below the connection's own. */
export function crumbs({ above, base, connection }: Visit): PageLink[] {
  return [...above, { name: connection.name, href: base }]
}
