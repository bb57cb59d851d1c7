// What the sections of a rollout's page have in common.
import type { Problem } from '../../../problem.ts'
import { Notice, type StepState } from '../../kit/blocks.tsx'
import { ButtonForm } from '../../kit/forms.tsx'
import type { RolloutFacts } from './facts.ts'
import type { RolloutContext } from './rollout-context.ts'
import { figure } from './words.ts'

/** What every section is given. */
export type SectionProps = {
  at: RolloutContext
  facts: RolloutFacts
  state: StepState
  /** Why what was sent was not done, where it was this section's form. */
  problem?: Problem | undefined
}

/** A step that was begun and has not come to its end. */
export function UnderWay(props: {
  what: string
  action: string
  hidden?: Readonly<Record<string, string>>
  cursor: { seen: number; total: number } | undefined
  /** False: another person goes on. */
  may: boolean
}) {
  const { what, action, hidden, cursor, may } = props
  if (!cursor) return null
  return (
    <Notice
      tone="info"
      title={`${what} is under way: ${figure(Math.min(cursor.seen, cursor.total))} of ${figure(cursor.total)}`}
      action={may && <ButtonForm action={action} hidden={hidden} label="Continue" tone="primary" />}
    />
  )
}
