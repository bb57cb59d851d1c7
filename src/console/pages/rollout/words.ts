// Words of rollouts: findings and remedies, conditions of each step, the state of a rollout.
import type { ErrorCode } from '../../../errors.ts'
import { blockerOf } from '../../../directory/switch-on.ts'
import type { Finding, Rollout } from '../../../rollout/operations.ts'
import type { SelectorProblem } from '../../../rollout/operations.ts'
import type { StatusTone } from '../../kit/blocks.tsx'

type FindingWords = {
  label: string
  tone: StatusTone
  /** What it means; for a blocked row, also the remedy. */
  text: string
}

export const FINDING_WORDS: Readonly<Record<Finding, FindingWords>> = {
  alias: {
    label: 'Not in IdP list',
    tone: 'danger',
    text:
      'The login e-mail is not in the IdP’s user list. Map the address that the IdP knows, ' +
      'or change the login e-mail.',
  },
  other_tenant: {
    label: 'Shared with another customer',
    tone: 'danger',
    text:
      'Belongs to another customer’s accounts, so you cannot choose the sign-in method. ' +
      'Stays on the password unless support removes the person from those accounts.',
  },
  other_connection: {
    label: 'Uses another connection',
    tone: 'danger',
    text:
      'A person can use only one connection. Support must first set the person back to the ' +
      'password there, or move people from that connection.',
  },
  suspended: {
    label: 'Suspended',
    tone: 'danger',
    text: 'Cannot sign in. Support can lift the suspension.',
  },
  excepted: {
    label: 'Excepted',
    tone: 'danger',
    text: 'Stays on the password until a date. Support can end the exception.',
  },
  plus_address: {
    label: 'Plus address',
    tone: 'warning',
    text: 'The address has a “+” part, which IdPs rarely keep. Check that your IdP knows it.',
  },
  other_domain: {
    label: 'Other domain',
    tone: 'warning',
    text:
      'The address is not in one of your verified domains. It may be a contractor’s or a ' +
      'private address.',
  },
  other_accounts: {
    label: 'Has other accounts',
    tone: 'warning',
    text: 'Belongs to accounts that are not selected here. SSO applies to those accounts too.',
  },
  break_glass: {
    label: 'Break-glass owner',
    tone: 'progress',
    text: 'Keeps the password after enforcement, in case the IdP is down.',
  },
  never_proved: {
    label: 'No login through this IdP',
    tone: 'neutral',
    text:
      'Not tested yet. Enforcing SSO for everyone would lock this person out if it does not ' +
      'work.',
  },
  proved: {
    label: 'Has logged in through this IdP',
    tone: 'good',
    text: 'SSO works for this person.',
  },
}

/** What a row needs before it can be included. */
export function remedyOf(findings: readonly Finding[]): string | undefined {
  const blocker = blockerOf(findings)
  return blocker && FINDING_WORDS[blocker].text
}

const SKIPPED: Readonly<Record<string, string>> = {
  excluded: 'excluded in the review',
  never_proved: 'no login through this IdP',
  break_glass: 'break-glass owner',
  not_enabled: 'SSO is not enabled',
}

/** Why a step skipped a row. Codes come from the database: an unknown one is shown as it is. */
export function whySkipped(code: string): string {
  return (
    SKIPPED[code] ??
    (Object.hasOwn(FINDING_WORDS, code)
      ? FINDING_WORDS[code as Finding].label.toLowerCase()
      : code.replaceAll('_', ' '))
  )
}

/** Why a move leaves people at the connection before: a blocker, or what a person decided. */
export function whyLeftBehind(code: string): string {
  if (code === 'not_listed') return 'not on the list'
  return whySkipped(code)
}

export const SELECTOR_PROBLEMS: Readonly<Record<SelectorProblem['code'], string>> = {
  malformed: 'is not valid',
  unknown: 'was not found',
  foreign: 'belongs to another customer',
  duplicate: 'is listed twice',
  ambiguous: 'is the external ID of one person and the login e-mail of another',
  unverified: 'is not a verified domain of this customer',
  suspended: 'is suspended: selected, but cannot be included',
}

export type Standing = { tone: StatusTone; word: string }

/** The state of a rollout. */
export function standingOf(rollout: Rollout, now: number): Standing {
  const { version, cursors } = rollout
  if (cursors.roll_back) return { tone: 'warning', word: 'Rolling back' }
  if (version === 0) return { tone: 'neutral', word: 'No selection' }
  if (!rollout.frozen) return { tone: 'progress', word: 'Freezing list' }
  const isMove = rollout.fromConnectionSid !== null
  if (cursors.enforce) return { tone: 'progress', word: isMove ? 'Moving' : 'Enforcing' }
  if (rollout.enforcedVersion === version)
    return { tone: 'good', word: isMove ? 'Moved' : 'Enforced' }
  if (rollout.enforceAt !== null)
    return {
      tone: 'progress',
      word: rollout.enforceAt > now ? 'Scheduled' : 'Enforcement due',
    }
  if (rollout.approvedVersion === version) return { tone: 'progress', word: 'Go-ahead given' }
  if (rollout.rolledBackAt !== null) return { tone: 'warning', word: 'Rolled back' }
  if (rollout.reviewedVersion !== version) return { tone: 'progress', word: 'Awaiting review' }
  if (rollout.enabledVersion !== version) return { tone: 'progress', word: 'Reviewed' }
  if (rollout.informedVersion !== version) return { tone: 'progress', word: 'Enabled' }
  return { tone: 'progress', word: 'Awaiting go-ahead' }
}

type GateWords = {
  /** The condition, phrased as met. */
  title: string
  /** How to meet it. */
  how: string
  /**
   * A link to the place: a section of the rollout's or connection's page, or a page of the
   * tenant.
   */
  place?: { section?: string; connection?: string; tenant?: string; name: string }
}

const GATES: Readonly<Partial<Record<ErrorCode, GateWords>>> = {
  rollout_not_frozen: {
    title: 'The list is frozen',
    how: 'Freeze the selection into a list.',
    place: { section: 'choose', name: 'Select people' },
  },
  rollout_under_way: {
    title: 'No rollback is in progress',
    how: 'Finish the rollback.',
    place: { section: 'roll-back', name: 'Roll back' },
  },
  plan_required: {
    title: 'The tenant’s plan includes SSO',
    how: 'An operator sets the tenant’s plan to Enterprise.',
    place: { tenant: '/edit', name: 'Edit tenant' },
  },
  lifecycle: {
    title: 'The connection is validated or live',
    how: 'Both sides test the connection and sign off with “Pass”.',
    place: { connection: '#test', name: 'Test the connection' },
  },
  rollout_unreviewed: {
    title: 'The customer has reviewed this version of the list',
    how: 'The customer reviews the list.',
    place: { section: 'review', name: 'Review the list' },
  },
  rollout_not_enabled: {
    title: 'SSO is enabled for this version of the list',
    how: 'Support enables it.',
    place: { section: 'enable', name: 'Enable SSO' },
  },
  rollout_uninformed: {
    title: 'Everyone included has been informed',
    how: 'Inform them, or give a reason below for going ahead anyway.',
    place: { section: 'inform', name: 'Inform people' },
  },
  not_signed_off: {
    title: 'Both sides have signed off the current configuration with “Pass”',
    how:
      'Each side tests the connection and signs off. Changes to trust settings require a ' +
      'new sign-off.',
    place: { connection: '#test', name: 'Test the connection' },
  },
  break_glass_missing: {
    title: 'A break-glass owner keeps a password',
    how: 'Support adds an owner who can sign in when the IdP is down.',
    place: { tenant: '/break-glass', name: 'Break-glass owners' },
  },
  rollout_not_approved: {
    title: 'The go-ahead has been given for this version of the list',
    how: 'The customer gives the go-ahead.',
    place: { section: 'go-ahead', name: 'Give go-ahead' },
  },
}

export function gateWords(code: ErrorCode): GateWords {
  return GATES[code] ?? { title: code.replaceAll('_', ' '), how: '' }
}

/** "1 login", "36 logins". */
export function count(number: number, noun: string): string {
  return `${figure(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** "1 person", "36 people". */
export function people(count: number): string {
  return count === 1 ? '1 person' : `${figure(count)} people`
}

/** "1 address", "36 addresses". */
export function addresses(count: number): string {
  return count === 1 ? '1 address' : `${figure(count)} addresses`
}

/** "12,000": the same on every machine. */
export function figure(count: number): string {
  return count.toLocaleString('en-US')
}
