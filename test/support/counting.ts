// A database that counts its queries: statements, round trips and rows read.
import { env } from 'cloudflare:workers'
import { openDatabase } from '../../src/platform/db/client.ts'
import { countD1 } from './wrap-d1.ts'

export function countingDatabase() {
  const { binding, cost } = countD1(env.DB)
  return { binding, db: openDatabase(binding), cost }
}
