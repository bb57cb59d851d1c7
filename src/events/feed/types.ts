// The filter of types: names, and groups such as `rollout.*`. Pure.
import { EVENT_TYPES, type EventType } from '../catalogue.ts'

/** In the history of logins; the others are in the audit trail. */
export const LOGIN_TYPES = ['login.succeeded', 'login.refused'] as const

export type FeedType = EventType | (typeof LOGIN_TYPES)[number]

export const FEED_TYPES: readonly FeedType[] = [...new Set([...EVENT_TYPES, ...LOGIN_TYPES])]

/** Of these types those that can end so. Undefined: all. Only logins can be refused. */
export function typesWithOutcome(
  types: ReadonlySet<FeedType> | undefined,
  outcome: 'succeeded' | 'refused' | undefined,
): ReadonlySet<FeedType> | undefined {
  if (outcome === undefined) return types
  const wanted = [...(types ?? FEED_TYPES)]
  return new Set(wanted.filter((type) => (type === 'login.refused') === (outcome === 'refused')))
}

/** The types that such names mean; or the first name that means none. */
export function readTypes(names: readonly string[]): Set<FeedType> | { unknown: string } {
  const wanted = new Set<FeedType>()
  for (const name of names) {
    const isGroup = name.endsWith('.*')
    const found = FEED_TYPES.filter((type) =>
      isGroup ? type.startsWith(name.slice(0, -1)) : type === name,
    )
    if (found.length === 0) return { unknown: name }
    for (const type of found) wanted.add(type)
  }
  return wanted
}
