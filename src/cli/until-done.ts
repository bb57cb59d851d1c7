// Work that is done a chunk a call, with a bar for whoever watches. Interrupted, the same command
// goes on where it stopped.
import type { Answer } from './client.ts'
import { openProgress } from './progress.ts'

/** What calls report of themselves alone, and is wanted of all. */
const SUMS = ['changed', 'sent', 'failed', 'decided'] as const

/** The last answer, with the sums of all. */
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
