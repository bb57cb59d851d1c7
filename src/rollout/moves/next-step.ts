// What comes next in a move. Pure: the page, the API and the CLI say the same.
import type { GateFacts } from '../enforcement/gates.ts'
import type { MoveCounts } from './store.ts'

/**
 * In their order. `move`: people have signed in through the new connection and can be moved.
 * `rest`: those who are left have not. `domains`: newcomers still come to the connection before.
 * `left_behind`: people are there whom the list does not move.
 */
export const MOVE_STEPS = [
  'sign_off',
  'freeze',
  'review',
  'enable',
  'inform',
  'approve',
  'move',
  'rest',
  'domains',
  'left_behind',
  'done',
] as const

export type MoveStep = (typeof MOVE_STEPS)[number]

type MoveStanding = {
  facts: GateFacts
  counts: MoveCounts
  domains: readonly string[]
}

export function nextStep({ facts, counts, domains }: MoveStanding): MoveStep {
  const { open } = facts
  const isApproved = open.rollout_not_approved
  if (!open.lifecycle || !open.not_signed_off) return 'sign_off'
  if (counts.toMove === 0 && counts.moved > 0) return afterList(counts, domains)
  if (!open.rollout_not_frozen) return 'freeze'
  if (!isApproved) {
    if (!open.rollout_unreviewed) return 'review'
    if (!open.rollout_not_enabled) return 'enable'
    if (!open.rollout_uninformed) return 'inform'
    return 'approve'
  }
  if (counts.ready > 0) return 'move'
  return counts.toMove > 0 ? 'rest' : afterList(counts, domains)
}

function afterList(counts: MoveCounts, domains: readonly string[]): MoveStep {
  if (domains.length > 0) return 'domains'
  return counts.atFrom > 0 ? 'left_behind' : 'done'
}
