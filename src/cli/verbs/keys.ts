// `gatepost key retire`: without a fingerprint, finds the previous key pair.
import { path } from '../client.ts'
import { CommandError } from '../command-error.ts'
import { DERIVED_VERBS } from '../derived/verbs.ts'
import { UsageError } from '../usage-error.ts'
import type { VerbContext, Verbs } from '../verb.ts'

export const KEY_VERBS: Verbs = {
  'key retire': {
    about: 'delete the previous key pair, or the next one by its fingerprint',
    takes: ['[FINGERPRINT]'],
    columns: DERIVED_VERBS['key list']!.columns!,
    run: async (context) => {
      const { client, given } = context
      if (given.isOn('remote')) throw new UsageError('keys of a deployment are changed with --url')
      const fingerprint = given.positional('FINGERPRINT') ?? (await findPrevious(context))
      return (await client.call('DELETE', path`/key-pairs/${fingerprint}`)).items
    },
  },
}

async function findPrevious({ client }: VerbContext): Promise<string> {
  const { items } = await client.call('GET', '/key-pairs')
  const previous = items.find(({ stage }: { stage: string }) => stage === 'previous')
  if (!previous)
    throw new CommandError(
      'there is no previous pair: give the fingerprint of the next one to delete it',
    )
  return previous.fingerprint
}
