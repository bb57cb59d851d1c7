// Runs the same for one connection or for all, with a progress bar.
import type { Arguments } from '../arguments.ts'
import type { Answer, ApiClient } from '../client.ts'
import { openProgress } from '../progress.ts'
import { UsageError } from '../usage-error.ts'

/** The answers of `act`, in one list. */
export async function forAll(
  client: ApiClient,
  given: Arguments,
  label: string,
  act: (connectionSid: string) => Promise<Answer[]>,
): Promise<Answer[]> {
  const one = given.positional('CN…')
  if ((one === undefined) !== given.isOn('all')) throw new UsageError('name a connection, or --all')
  if (one !== undefined) return act(one)
  const progress = openProgress(label)
  const connections = await client.list('/connections')
  const answers: Answer[] = []
  try {
    for (const [at, { sid }] of connections.entries()) {
      progress.show(at, connections.length)
      answers.push(...(await act(sid)))
    }
  } finally {
    progress.end()
  }
  return answers
}
