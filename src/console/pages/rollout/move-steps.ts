// The words of what comes next in a move, and where it is done.
import type { MoveStep, MoveView } from '../../../rollout/operations.ts'
import { people } from './words.ts'

type MoveStepWords = {
  title: string
  text: (move: MoveView) => string
  /** Where it is done: a section of the rollout's page, or of this or the connection's page. */
  place: { section?: string; here?: string; connection?: string; name: string } | null
}

export const STEPS: Readonly<Record<MoveStep, MoveStepWords>> = {
  sign_off: {
    title: 'Test the new connection',
    text: () =>
      'Enter the IdP’s details and nominate testers. They keep their sign-in and can use the new ' +
      'one too. Then both sides sign off.',
    place: { connection: '#test', name: 'Test and sign off' },
  },
  freeze: {
    title: 'Freeze the list',
    text: () => 'The list has everybody who signs in through the connection before.',
    place: { section: 'choose', name: 'Select people' },
  },
  review: {
    title: 'Review the list',
    text: () => 'The customer checks that the new IdP knows each person on the list.',
    place: { section: 'review', name: 'Review the list' },
  },
  enable: {
    title: 'Open the second way',
    text: ({ from }) => `People may use the new sign-in, and “${from.name}” works as before.`,
    place: { section: 'enable', name: 'Open the second way' },
  },
  inform: {
    title: 'Inform people',
    text: () => 'Tell them where to try the new sign-in: the notice has the link.',
    place: { section: 'inform', name: 'Inform people' },
  },
  approve: {
    title: 'Give the go-ahead',
    text: () => 'The customer approves this version of the list.',
    place: { section: 'go-ahead', name: 'Go-ahead' },
  },
  move: {
    title: 'Move people who have signed in',
    text: ({ counts }) => `${people(counts.ready)} can be moved now. It locks no one out.`,
    place: { section: 'enforce', name: 'Move' },
  },
  rest: {
    title: 'Move the others',
    text: ({ counts }) =>
      `${people(counts.toMove)} on the list have not used the new sign-in yet. Ask them to, or ` +
      'move them all and confirm the number.',
    place: { section: 'enforce', name: 'Move' },
  },
  domains: {
    title: 'Lead the domains to the new connection',
    text: ({ from }) => `New people still sign in through “${from.name}”.`,
    place: { here: 'domains', name: 'Domains' },
  },
  left_behind: {
    title: 'Decide about the people who are left',
    text: ({ counts, from }) =>
      `${people(counts.atFrom)} still sign in through “${from.name}”. Do not suspend it before ` +
      'they are moved or set to a password.',
    place: { here: 'dry-run', name: 'Who is left' },
  },
  done: {
    title: 'The move is done',
    text: ({ from }) =>
      `Nobody signs in through “${from.name}” any more. Keep it until no one wants to go back, ` +
      'then suspend it.',
    place: null,
  },
}

/** Of the rollout’s page, of the move’s own, or of the connection’s. */
export function hrefOf(
  { section, here, connection }: NonNullable<MoveStepWords['place']>,
  path: string,
  base: string,
): string {
  if (connection !== undefined) return `${base}${connection}`
  return here === undefined ? `${path}#${section}` : `#${here}`
}
