// The drill of a break-glass owner: on a set date they use one recovery code. Pure.
import { DAY } from '../../durations.ts'

/** An owner who has not tried a code so long after the date is late. */
export const LATE_AFTER = 7 * DAY

/** `none`: no drill is planned. `planned`: the date is to come. */
export type DrillState = 'none' | 'planned' | 'due' | 'late'

export function drillState(
  { drillAt, expiresAt }: { drillAt: number | null; expiresAt: number },
  now: number,
): DrillState {
  if (drillAt === null || expiresAt <= now) return 'none'
  if (drillAt > now) return 'planned'
  return drillAt + LATE_AFTER > now ? 'due' : 'late'
}
