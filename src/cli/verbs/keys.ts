// `gatepost key …`: our own key pairs.
import { path } from '../client.ts'
import { CommandError } from '../command-error.ts'
import { renderTime, type PrintedColumn } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import type { VerbContext, Verbs } from '../verb.ts'

const COLUMNS: readonly PrintedColumn[] = [
  { title: 'Stage', of: ({ stage }) => stage },
  { title: 'Fingerprint', of: ({ fingerprint }) => fingerprint },
  { title: 'Lives in', of: ({ home }) => home },
  { title: 'Published', of: ({ publishedAt }) => renderTime(publishedAt) },
  { title: 'Signs since', of: ({ activatedAt }) => renderTime(activatedAt) },
  { title: 'Until', of: ({ notAfter }) => renderTime(notAfter) },
]

export const KEY_VERBS: Verbs = {
  'key list': {
    about: 'list our key pairs',
    columns: COLUMNS,
    run: async ({ client }) => (await client.call('GET', '/key-pairs')).items,
  },
  'key prepare': {
    about: 'make and publish the next pair; it does not sign yet',
    columns: COLUMNS,
    run: (context) => change(context, 'POST', '/key-pairs'),
  },
  'key rotate': {
    about: 'sign with the next pair; the current one decrypts until it is retired',
    columns: COLUMNS,
    run: (context) => change(context, 'POST', '/key-pairs/rotate'),
  },
  'key retire': {
    about: 'delete the previous pair; or by its fingerprint, take the next one back',
    takes: ['[FINGERPRINT]'],
    columns: COLUMNS,
    run: async (context) => {
      const fingerprint = context.given.optional('FINGERPRINT') ?? (await findPrevious(context))
      return change(context, 'DELETE', path`/key-pairs/${fingerprint}`)
    },
  },
}

/** The key that encrypts key pairs is a secret of the Worker's, which nobody reads from outside. */
async function change({ client, given }: VerbContext, method: string, where: string) {
  if (given.isOn('remote')) throw new UsageError('keys of a deployment are changed with --url')
  return (await client.call(method, where)).items
}

async function findPrevious({ client }: VerbContext): Promise<string> {
  const { items } = await client.call('GET', '/key-pairs')
  const previous = items.find(({ stage }: { stage: string }) => stage === 'previous')
  if (!previous)
    throw new CommandError('there is no previous pair: name the next one to take it back')
  return previous.fingerprint
}
