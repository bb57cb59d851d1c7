// The words of rollouts: findings and their cures, gates and how to meet them, where a rollout stands. Decides nothing.
import type { ErrorCode } from '../../../errors.ts'
import { blockerOf, type Finding, type Rollout } from '../../../rollout/operations.ts'
import type { SelectorProblem } from '../../../rollout/operations.ts'
import type { StatusTone } from '../../kit/blocks.tsx'

type FindingWords = {
  label: string
  tone: StatusTone
  /** What it means, and for a blocked row how to cure it. */
  text: string
}

export const FINDING_WORDS: Readonly<Record<Finding, FindingWords>> = {
  alias: {
    label: 'Not in the IdP’s list',
    tone: 'danger',
    text: 'The IdP’s list does not have the login e-mail. Say which address of the IdP it is, or have the login e-mail changed.',
  },
  other_tenant: {
    label: 'Also with another customer',
    tone: 'danger',
    text: 'Also a member of another organisation’s accounts, so the way in is not yours to decide. Stays on the password, unless support takes the person out of those accounts.',
  },
  other_connection: {
    label: 'Signs in through another connection',
    tone: 'danger',
    text: 'A person signs in through one connection. Support puts the person back to the password there first.',
  },
  suspended: {
    label: 'Suspended',
    tone: 'danger',
    text: 'Cannot sign in at all. Where that is wrong, support lifts it.',
  },
  plus_address: {
    label: 'Plus address',
    tone: 'warning',
    text: 'The address has a “+” part, which IdPs seldom know. Make sure that yours does.',
  },
  other_domain: {
    label: 'Other domain',
    tone: 'warning',
    text: 'The address is of a domain that is not proved to be yours: a contractor, or a private address.',
  },
  other_accounts: {
    label: 'Also in other accounts',
    tone: 'warning',
    text: 'Also a member of accounts that are not selected here. Signing in by SSO counts for those too.',
  },
  break_glass: {
    label: 'Break-glass owner',
    tone: 'progress',
    text: 'Keeps the password whatever is enforced, for the day the IdP is down.',
  },
  never_proved: {
    label: 'Never logged in through this IdP',
    tone: 'neutral',
    text: 'Nobody knows yet whether it works. Enforcing everybody would lock out those for whom it does not.',
  },
  proved: {
    label: 'Has logged in through this IdP',
    tone: 'good',
    text: 'It works for this person.',
  },
}

/** What a row needs before it can be taken in. */
export function cureOf(findings: readonly Finding[]): string | undefined {
  const blocker = blockerOf(findings)
  return blocker && FINDING_WORDS[blocker].text
}

const SKIPPED: Readonly<Record<string, string>> = {
  excluded: 'left out in the review',
  never_proved: 'has never logged in through this IdP',
  break_glass: 'is a break-glass owner',
  not_enabled: 'SSO is not enabled',
}

/** Why a step has left a row out. Codes come from the database: one that is unknown is shown as it is. */
export function whySkipped(code: string): string {
  return (
    SKIPPED[code] ??
    (Object.hasOwn(FINDING_WORDS, code)
      ? FINDING_WORDS[code as Finding].label.toLowerCase()
      : code.replaceAll('_', ' '))
  )
}

export const SELECTOR_PROBLEMS: Readonly<Record<SelectorProblem['code'], string>> = {
  malformed: 'does not look like one',
  unknown: 'is not known',
  foreign: 'belongs to another customer',
  duplicate: 'stands there twice',
  unverified: 'is not proved to be this customer’s',
  suspended: 'is suspended: selected, but cannot be taken in',
}

export type Standing = { tone: StatusTone; word: string }

/** Where a rollout stands, in words. */
export function standingOf(rollout: Rollout, now: number): Standing {
  const { version, cursors } = rollout
  if (cursors.roll_back) return { tone: 'warning', word: 'Being rolled back' }
  if (version === 0) return { tone: 'neutral', word: 'Nobody chosen yet' }
  if (!rollout.frozen) return { tone: 'progress', word: 'The list is being made' }
  if (cursors.enforce) return { tone: 'progress', word: 'Being enforced' }
  if (rollout.enforcedVersion === version) return { tone: 'good', word: 'Enforced' }
  if (rollout.enforceAt !== null)
    return {
      tone: 'progress',
      word: rollout.enforceAt > now ? 'Date set' : 'About to be enforced',
    }
  if (rollout.approvedVersion === version) return { tone: 'progress', word: 'Go-ahead given' }
  if (rollout.rolledBackAt !== null) return { tone: 'warning', word: 'Rolled back' }
  if (rollout.reviewedVersion !== version)
    return { tone: 'progress', word: 'Waits for the customer’s review' }
  if (rollout.enabledVersion !== version) return { tone: 'progress', word: 'Reviewed' }
  if (rollout.informedVersion !== version) return { tone: 'progress', word: 'Enabled' }
  return { tone: 'progress', word: 'Waits for the go-ahead' }
}

type GateWords = {
  /** As it is when the gate is open, or should be. */
  title: string
  /** How to meet it. */
  how: string
  /** Where: a section of the rollout's page, or of the connection's. */
  place?: { section?: string; connection?: string; tenant?: string; name: string }
}

const GATES: Readonly<Partial<Record<ErrorCode, GateWords>>> = {
  rollout_not_frozen: {
    title: 'The list is complete',
    how: 'Freeze who is chosen into a list.',
    place: { section: 'choose', name: 'Choose' },
  },
  rollout_under_way: {
    title: 'No rollback is under way',
    how: 'Let the rollback come to its end.',
    place: { section: 'roll-back', name: 'Roll back' },
  },
  plan_required: {
    title: 'The tenant’s plan carries single sign-on',
    how: 'An operator gives the tenant the Enterprise plan.',
    place: { tenant: '/edit', name: 'The tenant’s plan' },
  },
  lifecycle: {
    title: 'The connection is validated or live',
    how: 'Both sides test the connection and say pass.',
    place: { connection: '#test', name: 'Test' },
  },
  rollout_unreviewed: {
    title: 'The customer has reviewed this version of the list',
    how: 'The customer looks through the list and says so.',
    place: { section: 'review', name: 'Review' },
  },
  rollout_not_enabled: {
    title: 'SSO is enabled for this version of the list',
    how: 'Support enables it.',
    place: { section: 'enable', name: 'Enable' },
  },
  rollout_uninformed: {
    title: 'Everybody on the list has been informed',
    how: 'Inform them, or say below why the go-ahead is given all the same.',
    place: { section: 'inform', name: 'Inform' },
  },
  not_signed_off: {
    title: 'Both sides have said pass of the connection as it is configured now',
    how: 'Each side tests it and says pass. A change of what matters asks for it again.',
    place: { connection: '#test', name: 'Test' },
  },
  break_glass_missing: {
    title: 'A break-glass owner keeps a password',
    how: 'Support names somebody who gets in when the IdP is down.',
    place: { tenant: '/break-glass', name: 'Break-glass owners' },
  },
  rollout_not_approved: {
    title: 'The go-ahead has been given for this version of the list',
    how: 'The customer gives it.',
    place: { section: 'go-ahead', name: 'Go-ahead' },
  },
}

export function gateWords(code: ErrorCode): GateWords {
  return GATES[code] ?? { title: code.replaceAll('_', ' '), how: '' }
}

/** "1 person", "36 people". */
export function people(count: number): string {
  return count === 1 ? '1 person' : `${figure(count)} people`
}

/** "12,000": the same on every machine. */
export function figure(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
