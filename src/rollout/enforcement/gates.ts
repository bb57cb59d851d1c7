// What has to hold before a step of a rollout, as a table. Pure. The same conditions stand in SQL inside the statements that carry
// a step out (store.ts): this table says which one failed, those see to it that nothing happens past them.
import type { ErrorCode } from '../../errors.ts'
import { type Problem, problem } from '../../problem.ts'
import type { Result } from '../../result.ts'

export type GateFacts = {
  version: number
  frozen: boolean
  reviewedVersion: number | null
  enabledVersion: number | null
  informedVersion: number | null
  approvedVersion: number | null
  isRollingBack: boolean
  plan: string
  state: string
  /** Whether both sides have said pass of the connection’s current revision. */
  isSignedOff: boolean
  /** Break-glass owners whose exemption holds now. */
  owners: number
}

export type GatedStep = 'enable' | 'approve' | 'enforce'

type Gate = {
  code: ErrorCode
  expected: string
  received: (facts: GateFacts) => string
  holds: (facts: GateFacts) => boolean
  /** The steps that it stands before. */
  before: readonly GatedStep[]
}

const named = (version: number | null) => (version === null ? 'none' : `version ${version}`)

export const GATES: readonly Gate[] = [
  {
    code: 'rollout_not_frozen',
    expected: 'a complete list',
    received: ({ version }) => (version === 0 ? 'none' : `version ${version} under way`),
    holds: ({ version, frozen }) => version > 0 && frozen,
    before: ['enable', 'approve', 'enforce'],
  },
  {
    code: 'rollout_under_way',
    expected: 'no rollback under way',
    received: () => 'a rollback that is not done',
    holds: ({ isRollingBack }) => !isRollingBack,
    before: ['enable', 'approve', 'enforce'],
  },
  {
    code: 'plan_required',
    expected: 'plan enterprise',
    received: ({ plan }) => plan,
    holds: ({ plan }) => plan === 'enterprise',
    before: ['enable', 'approve', 'enforce'],
  },
  {
    code: 'lifecycle',
    expected: 'a connection that is validated or live',
    received: ({ state }) => state,
    holds: ({ state }) => state === 'validated' || state === 'live',
    before: ['enable', 'approve', 'enforce'],
  },
  {
    code: 'rollout_unreviewed',
    expected: 'a review of the newest version',
    received: ({ reviewedVersion }) => named(reviewedVersion),
    holds: ({ version, reviewedVersion }) => reviewedVersion === version,
    before: ['enable', 'approve'],
  },
  {
    code: 'rollout_not_enabled',
    expected: 'the newest version enabled',
    received: ({ enabledVersion }) => named(enabledVersion),
    holds: ({ version, enabledVersion }) => enabledVersion === version,
    before: ['approve'],
  },
  {
    code: 'rollout_uninformed',
    expected: 'everybody on the newest version informed',
    received: ({ informedVersion }) => named(informedVersion),
    holds: ({ version, informedVersion }) => informedVersion === version,
    before: ['approve'],
  },
  {
    code: 'not_signed_off',
    expected: 'both sides’ signOff of the current revision',
    received: () => 'not both',
    holds: ({ isSignedOff }) => isSignedOff,
    before: ['approve', 'enforce'],
  },
  {
    code: 'break_glass_missing',
    expected: 'an owner who keeps a password',
    received: () => 'none, or none any more',
    holds: ({ owners }) => owners > 0,
    before: ['approve', 'enforce'],
  },
  {
    code: 'rollout_not_approved',
    expected: 'a go-ahead for the newest version',
    received: ({ approvedVersion }) => named(approvedVersion),
    holds: ({ version, approvedVersion }) => approvedVersion === version,
    before: ['enforce'],
  },
]

/** The first gate that is shut. `uninformed`: people who were not informed are no reason to wait, somebody has said why. */
export function checkGates(
  step: GatedStep,
  facts: GateFacts,
  options: { uninformed?: boolean } = {},
): Result<true, Problem> {
  const shut = GATES.find(
    ({ code, before, holds }) =>
      before.includes(step) &&
      !holds(facts) &&
      !(options.uninformed && code === 'rollout_uninformed'),
  )
  return shut ? problem(shut.code, shut.expected, shut.received(facts)) : { ok: true, value: true }
}

/** Every gate before a step, open or shut: the list that a page shows. */
export function listGates(step: GatedStep, facts: GateFacts): { code: ErrorCode; open: boolean }[] {
  return GATES.filter(({ before }) => before.includes(step)).map(({ code, holds }) => ({
    code,
    open: holds(facts),
  }))
}
