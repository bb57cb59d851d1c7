// A database that counts its queries: statements, round trips and rows read.
import { env } from 'cloudflare:workers'
import { openDatabase } from '../../src/platform/db/client.ts'
import { countD1 } from './wrap-d1.ts'

export function countingDatabase(real: D1Database = env.DB) {
  const { binding, cost } = countD1(real)
  return { binding, db: openDatabase(binding), cost }
}
