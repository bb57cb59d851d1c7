// The work of a job, row by row: a row that cannot be worked on is named in the log, and stops no
// other.
import { inTurns } from '../in-turns.ts'
import { wordOf, type Word } from '../log/kinds.ts'
import { writeLine } from '../log/write-line.ts'
import { judgeUnexpected } from './unexpected.ts'

/**
 * `named`: the SID of a row, for the log. Rejects where every row would fail: the database does not
 * answer, or a setting is wrong.
 */
export async function eachRow<Row>(
  job: string,
  rows: readonly Row[],
  { width = 1, named }: { width?: number; named: (row: Row) => string },
  work: (row: Row) => Promise<unknown>,
): Promise<void> {
  await inTurns(rows, width, async (row) => {
    try {
      await work(row)
    } catch (error) {
      const { code, log } = judgeUnexpected(error)
      if (code !== 'internal') throw error
      const subject = named(row)
      const isSid = /^[A-Z]{2}[0-9a-f]{32}$/.test(subject)
      writeLine('row_failed', { job: wordOf(job) as Word, ...(isSid && { subject }), code, ...log })
    }
  })
}
