// The gates before the steps of a rollout, as a table: what each is called and the words for it.
// Pure. Whether a gate is open is one SQL condition (store/gates.ts), which pages and steps alike
// ask.
import type { ErrorCode } from '../../errors.ts'
import { type Problem, problem } from '../../problem.ts'
import type { Result } from '../../result.ts'

export type GateFacts = {
  version: number
  reviewedVersion: number | null
  enabledVersion: number | null
  informedVersion: number | null
  approvedVersion: number | null
  plan: string
  state: string
  /** Which gates are open. */
  open: Record<GateCode, boolean>
}

export type GatedStep = 'enable' | 'approve' | 'enforce'

type Gate = {
  expected: string
  received: (facts: GateFacts) => string
  /** The steps that it stands before. */
  before: readonly GatedStep[]
}

const named = (version: number | null) => (version === null ? 'none' : `version ${version}`)

/** In the order in which they are checked. */
const GATES = {
  rollout_not_frozen: {
    expected: 'a complete list',
    received: ({ version }) => (version === 0 ? 'none' : `version ${version} under way`),
    before: ['enable', 'approve', 'enforce'],
  },
  rollout_under_way: {
    expected: 'no rollback under way',
    received: () => 'a rollback that is not done',
    before: ['enable', 'approve', 'enforce'],
  },
  plan_required: {
    expected: 'plan enterprise',
    received: ({ plan }) => plan,
    before: ['enable', 'approve', 'enforce'],
  },
  lifecycle: {
    expected: 'a connection that is validated or live',
    received: ({ state }) => state,
    before: ['enable', 'approve', 'enforce'],
  },
  rollout_unreviewed: {
    expected: 'a review of the newest version',
    received: ({ reviewedVersion }) => named(reviewedVersion),
    before: ['enable', 'approve'],
  },
  rollout_not_enabled: {
    expected: 'the newest version enabled',
    received: ({ enabledVersion }) => named(enabledVersion),
    before: ['approve'],
  },
  rollout_uninformed: {
    expected: 'everybody on the newest version informed',
    received: ({ informedVersion }) => named(informedVersion),
    before: ['approve'],
  },
  not_signed_off: {
    expected: 'both sides’ signOff of the current revision',
    received: () => 'not both',
    before: ['approve', 'enforce'],
  },
  break_glass_missing: {
    expected: 'an owner who keeps a password',
    received: () => 'none, or none any more',
    before: ['approve', 'enforce'],
  },
  rollout_not_approved: {
    expected: 'a go-ahead for the newest version',
    received: ({ approvedVersion }) => named(approvedVersion),
    before: ['enforce'],
  },
} satisfies Partial<Record<ErrorCode, Gate>>

export type GateCode = keyof typeof GATES

const CODES = Object.keys(GATES) as GateCode[]
const gate = (code: GateCode): Gate => GATES[code]

/** `uninformed`: a reason was given for a step though not everybody has been informed. */
export type GateOptions = { uninformed?: boolean }

/** The gates that a step has to pass. */
export function gatesBefore(step: GatedStep, { uninformed }: GateOptions = {}): GateCode[] {
  return CODES.filter(
    (code) => gate(code).before.includes(step) && !(uninformed && code === 'rollout_uninformed'),
  )
}

/** Refuses with the code of the first gate that is shut. */
export function checkGates(
  step: GatedStep,
  facts: GateFacts,
  options: GateOptions = {},
): Result<true, Problem> {
  const shut = gatesBefore(step, options).find((code) => !facts.open[code])
  return shut
    ? problem(shut, gate(shut).expected, gate(shut).received(facts))
    : { ok: true, value: true }
}

/** Every gate before a step, open or shut: the list that a page shows. */
export function listGates(step: GatedStep, facts: GateFacts): { code: GateCode; open: boolean }[] {
  return gatesBefore(step).map((code) => ({ code, open: facts.open[code] }))
}
