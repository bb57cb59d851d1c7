// Whether the URLs of a connection are reached from the Internet: asked when one is saved, daily, and when somebody wants to know.
import type { OperationContext } from '../events/operation-context.ts'
import type { Connection } from './connection.ts'
import { checkReachable } from '../platform/network/fetch-public.ts'
import { storeReachability } from './store.ts'

/** Whether a URL of a connection answered, as an administrator needs to know it. */
export type Reachability = {
  field: 'ssoRedirectURL' | 'ssoPostURL' | 'logoutRedirectURL'
  url: string
  result: 'reachable' | 'unreachable' | 'private'
  reason: string
}

export const URL_FIELDS = ['ssoRedirectURL', 'ssoPostURL', 'logoutRedirectURL'] as const

type URLs = Partial<Record<(typeof URL_FIELDS)[number], string | null>>

/** The URLs of these fields, each within the time of one. Never rejects. */
export function reach(urls: URLs, network: OperationContext['network']): Promise<Reachability[]> {
  return Promise.all(
    URL_FIELDS.flatMap((field) => {
      const url = urls[field]
      return url ? [{ field, url }] : []
    }).map(async (one) => ({ ...one, ...(await checkReachable(one.url, network)) })),
  )
}

/** Asks all of them and keeps the answers. */
export async function checkAndStore(
  { db, now, network }: OperationContext,
  connection: { sid: string } & URLs,
): Promise<Reachability[]> {
  const checked = await reach(connection, network)
  await storeReachability(db, connection.sid, checked, now)
  return checked
}

/** After a save: asks those of which nothing is known yet, and keeps what is known of the others. Answers with the new ones. */
export async function checkNewURLs(
  { db, now, network }: OperationContext,
  connection: Pick<Connection, 'sid' | 'reachability' | (typeof URL_FIELDS)[number]>,
): Promise<Reachability[]> {
  const known = (connection.reachability ?? []).filter(
    ({ field, url }) => connection[field] === url,
  )
  const unknown = Object.fromEntries(
    URL_FIELDS.filter((field) => !known.some((one) => one.field === field)).map((field) => [
      field,
      connection[field],
    ]),
  )
  const checked = await reach(unknown, network)
  if (checked.length > 0 || known.length < (connection.reachability?.length ?? 0))
    await storeReachability(db, connection.sid, [...known, ...checked], now)
  return checked
}
