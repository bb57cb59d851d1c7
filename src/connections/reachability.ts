// Checks whether the URLs of a connection answer from the Internet: when one is saved, daily, and
// on request.
import type { OperationContext } from '../events/operation-context.ts'
import type { Connection } from './connection.ts'
import type { ConnectionFields } from './field.ts'
import { CONNECTION_FIELD_LIST, CONNECTION_FIELDS } from './fields.ts'
import { checkReachable } from '../platform/network/fetch-public.ts'
import { storeDailyCheck, storeReachability } from './reachability/store.ts'

/** Whether a URL of a connection answered, as an administrator needs to know it. */
export type Reachability = {
  field: 'ssoRedirectURL' | 'ssoPostURL' | 'logoutRedirectURL'
  url: string
  result: 'reachable' | 'unreachable' | 'private'
  reason: string
}

/** URLs that browsers go to. The key URL of revocations says by itself whether it was read. */
type UrlField = {
  [Name in keyof ConnectionFields]: (typeof CONNECTION_FIELDS)[Name] extends {
    shape: { kind: 'url' }
    forms: { idp: string }
  }
    ? Name
    : never
}[keyof ConnectionFields]

export const URL_FIELDS: readonly UrlField[] = CONNECTION_FIELD_LIST.flatMap(
  ([name, { shape, forms }]) => (shape.kind === 'url' && forms.idp ? [name as UrlField] : []),
)

type URLs = Record<UrlField, string | null>

/** The URLs of these fields, each within the time of one. Never rejects. */
export function reach(
  urls: Partial<URLs>,
  network: OperationContext['network'],
): Promise<Reachability[]> {
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
  await storeDailyCheck(db, connection.sid, checked, now)
  return checked
}

/**
 * After a save: checks the URLs without a result, keeps the results of the others, returns the new.
 */
export async function checkNewURLs(
  { db, now, network }: OperationContext,
  connection: Pick<Connection, 'sid' | 'reachability' | UrlField>,
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
