// Results of a rollout, and the weekly digest. Pure.
import { greeting, helpBlocks, openBlocks, placeOf, template } from './template.ts'

type OfRollout = { rollout: { sid: string; name: string } | null }

const EXAMPLE = { rollout: { sid: 'RO00000000000000000000000000000000', name: 'Head office' } }

function result(of: { name: string; done: string; next: string }) {
  return template<OfRollout>({
    name: of.name,
    kind: 'results',
    exampleFor: 'business',
    example: EXAMPLE,
    write({ rollout }, at) {
      return {
        subject: `${of.name}: ${rollout?.name ?? placeOf(at)}`,
        title: of.name,
        blocks: [
          greeting(at),
          { p: `${of.done} Rollout: ${rollout?.name ?? 'unnamed'}. Connection: ${placeOf(at)}.` },
          { p: of.next },
          ...openBlocks(at, rollout ? `/rollouts/${rollout.sid}` : ''),
          ...helpBlocks(at),
        ],
      }
    },
  })
}

export const ROLLOUT_ENFORCED = result({
  name: 'Single sign-on enforced',
  done: 'People on the list now sign in by single sign-on only.',
  next:
    'People who were skipped keep their password; the list gives the reason. ' +
    'If something goes wrong, support can give the passwords back at once.',
})

export const ROLLOUT_ROLLED_BACK = result({
  name: 'Rollout rolled back',
  done: 'People of the rollout can use their password again.',
  next: 'Enforcing needs a new go-ahead.',
})

export type DigestData = {
  /** “30 November 2026”. */
  from: string
  to: string
  /** What waits for the receiver's side. */
  waiting: readonly string[]
  /** What needs attention soon. */
  soon: readonly string[]
  /** What happened, by title, with how often. */
  happened: readonly { words: string; count: number }[]
}

export const WEEKLY_DIGEST = template<DigestData>({
  name: 'Weekly digest',
  kind: 'digest',
  exampleFor: 'technical',
  example: {
    from: '22 February 2027',
    to: '28 February 2027',
    waiting: ['Okta production: Test the connection'],
    soon: ['Okta production: a certificate of the IdP expires on 17 March 2027'],
    happened: [
      { words: 'Tester nominated', count: 3 },
      { words: 'Validation result recorded', count: 1 },
    ],
  },
  write({ from, to, waiting, soon, happened }, at) {
    const of = at.receiver.role === 'operator' ? at.product : (at.tenant?.name ?? at.product)
    const section = (heading: string, items: readonly string[]) =>
      items.length > 0 ? [{ heading }, { list: items }] : []
    return {
      subject: `Single sign-on of ${of}: ${from} to ${to}`,
      title: `The week from ${from} to ${to}`,
      blocks: [
        greeting(at),
        ...section('Open', waiting),
        ...section('Soon', soon),
        ...section(
          'What happened',
          happened.map(({ words, count }) => (count === 1 ? words : `${words} (${count} times)`)),
        ),
        ...openBlocks(at),
      ],
    }
  },
})
