// `gatepost signing-key …`: the keys that sign ID and logout tokens.
import { path } from '../client.ts'
import { renderTime, type PrintedColumn } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import type { VerbContext, Verbs } from '../verb.ts'

const COLUMNS: readonly PrintedColumn[] = [
  { title: 'Stage', of: ({ stage }) => stage },
  { title: 'Key', of: ({ kid }) => kid },
  { title: 'Published', of: ({ publishedAt }) => renderTime(publishedAt) },
  { title: 'Signs from', of: ({ signsAt }) => renderTime(signsAt) },
]

export const SIGNING_KEY_VERBS: Verbs = {
  'signing-key list': {
    about: 'list the keys that sign ID and logout tokens',
    columns: COLUMNS,
    run: async ({ client }) => (await client.call('GET', '/signing-keys')).items,
  },
  'signing-key rotate': {
    about: 'make and publish the next key; it signs a day later',
    columns: COLUMNS,
    run: (context) => change(context, 'POST', '/signing-keys/rotate'),
  },
  'signing-key delete': {
    about: 'delete a key that somebody else may have; another one signs at once',
    takes: ['KEY'],
    columns: COLUMNS,
    run: (context) =>
      change(context, 'DELETE', path`/signing-keys/${context.given.argument('KEY')}`),
  },
}

/** The key that encrypts them is a secret of the Worker's, which nobody reads from outside. */
async function change({ client, given }: VerbContext, method: string, where: string) {
  if (given.isOn('remote')) throw new UsageError('keys of a deployment are changed with --url')
  return (await client.call(method, where)).items
}
