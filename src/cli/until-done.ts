// Repeats a call until its work is done, with a progress bar. The same command continues work that
// was interrupted.
import type { Answer } from './client.ts'
import { openProgress } from './progress.ts'

/** Counts of a single call, which are added up. */
const SUMS = ['changed', 'sent', 'failed', 'decided'] as const

/** The last answer, with the sums of all calls. */
export async function untilDone(label: string, step: () => Promise<Answer>): Promise<Answer> {
  const progress = openProgress(label)
  const sums: Record<string, number> = {}
  try {
    for (;;) {
      const answer = await step()
      for (const name of SUMS)
        if (name in answer) sums[name] = (sums[name] ?? 0) + Number(answer[name])
      progress.show(answer.seen, answer.seen + answer.remaining)
      if (answer.done) return { ...answer, ...sums }
    }
  } finally {
    progress.end()
  }
}
