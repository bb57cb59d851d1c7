// What the files of this folder share about an erasure. Pure.
import type { erasures } from './tables.ts'

/** Rows by the table’s name. */
export type Removed = Record<string, number>

export type Erasure = typeof erasures.$inferSelect
export type ErasureKind = Erasure['kind']

export function addTo(removed: Removed, more: Removed): Removed {
  const sum = { ...removed }
  for (const [table, rows] of Object.entries(more))
    if (rows > 0) sum[table] = (sum[table] ?? 0) + rows
  return sum
}
