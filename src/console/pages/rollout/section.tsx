// Shared by the sections of a rollout's page.
import type { Problem } from '../../../problem.ts'
import type { Rollout } from '../../../rollout/operations.ts'
import { Notice, type StepState } from '../../kit/blocks.tsx'
import { ButtonForm } from '../../kit/forms.tsx'
import type { RolloutFacts } from './facts.ts'
import type { RolloutContext } from './rollout-context.ts'
import { figure } from './words.ts'

/** Props of every section. */
export type SectionProps = {
  at: RolloutContext
  facts: RolloutFacts
  state: StepState
  /** The refusal of this section's form. */
  problem?: Problem | undefined
}

/** What the form that continues giving passwords back sends. */
export function hiddenOf(cursor: Rollout['cursors']['roll_back']) {
  return {
    to: cursor?.part ?? 'sso_enabled',
    withoutPassword: cursor?.keepsSSO ? 'keep_sso' : 'give_back',
  }
}

/** A step that is started and not finished. */
export function UnderWay(props: {
  what: string
  action: string
  hidden?: Readonly<Record<string, string>>
  cursor: { seen: number; total: number } | undefined
  /** False if another person must continue. */
  may: boolean
}) {
  const { what, action, hidden, cursor, may } = props
  if (!cursor) return null
  const { seen, total } = cursor
  return (
    <Notice
      tone="info"
      title={`${what}: ${figure(Math.min(seen, total))} of ${figure(total)} done`}
      action={may && <ButtonForm action={action} hidden={hidden} label="Continue" tone="primary" />}
    />
  )
}
