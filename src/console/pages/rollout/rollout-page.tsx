// A rollout's page: select, review, enable, inform, go-ahead, enforce; rolling back is always
// possible.
import type { Problem } from '../../../problem.ts'
import { Section, Status, type StepState } from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'
import { HistoryNotice } from '../../kit/history-notice.tsx'
import { Icon } from '../../kit/status.tsx'
import { DeleteZone } from '../shared/delete-zone.tsx'
import { ProgressBars } from './bars.tsx'
import { DayChart } from './day-chart.tsx'
import type { Chosen } from './choose-form.tsx'
import { ChooseSection } from './choose-section.tsx'
import { EnforceSection } from './enforce-section.tsx'
import type { RolloutFacts } from './facts.ts'
import { GoAheadSection } from './go-ahead-section.tsx'
import { EnableSection } from './enable-section.tsx'
import { InformSection } from './inform-section.tsx'
import { ReviewSection } from './review-section.tsx'
import { RollBackSection } from './roll-back-section.tsx'
import { crumbsToRollout, type RolloutContext } from './rollout-context.ts'
import { standingOf } from './words.ts'

export type RolloutPageStep =
  'choose' | 'review' | 'enable' | 'inform' | 'go-ahead' | 'enforce' | 'roll-back'

export type StepProblem = {
  step: RolloutPageStep
  problem: Problem
  entered?: Readonly<Record<string, string>>
}

export function RolloutPage(props: {
  at: RolloutContext
  facts: RolloutFacts
  /** A selection that was saved in part. */
  chosen?: Chosen | undefined
  refused?: StepProblem | undefined
}) {
  const { at, facts, chosen, refused } = props
  const { page, rollout } = at
  const standing = standingOf(rollout, page.context.now)
  const states = stepStates(at)
  const section = (step: RolloutPageStep) => ({
    at,
    facts,
    state: states[step],
    problem: refused?.step === step ? refused.problem : undefined,
    entered: refused?.step === step ? refused.entered : undefined,
  })
  return (
    <page.Frame
      title={rollout.name}
      badge={<Status tone={standing.tone}>{standing.word}</Status>}
      breadcrumb={crumbsToRollout(at)}
      lead={nextStep(at)}
      problem={refused?.problem}
      problemField={refused && fieldOf(refused)}
      actions={
        <>
          {rollout.fromConnectionSid !== null && (
            <ButtonLink href={`${at.path}/move`} label="Both connections" />
          )}
          {rollout.version > 0 && <ButtonLink href={`${at.path}/list`} label="List" />}
          <ButtonLink href={`${at.path}/history`} label="History" />
        </>
      }
    >
      <Stepper states={states} isMove={rollout.fromConnectionSid !== null} />
      {rollout.version > 0 && (
        <Section id="progress" title="Progress">
          <ProgressBars
            counts={facts.progress.counts}
            isMove={rollout.fromConnectionSid !== null}
          />
          {facts.progress.days ? <DayChart days={facts.progress.days} /> : <HistoryNotice />}
        </Section>
      )}
      <ChooseSection {...section('choose')} chosen={chosen} />
      <ReviewSection {...section('review')} />
      <EnableSection {...section('enable')} />
      <InformSection {...section('inform')} />
      <GoAheadSection {...section('go-ahead')} />
      <EnforceSection {...section('enforce')} />
      <RollBackSection {...section('roll-back')} />
      {page.reader === 'operator' && (
        <DeleteZone
          noun="rollout"
          path={`rollout/${rollout.sid}`}
          text="With its lists, for good. How people sign in stays as it is."
        />
      )}
    </page.Frame>
  )
}

const STEP_NAMES: Readonly<Record<RolloutPageStep, string>> = {
  choose: 'Select',
  review: 'Review',
  enable: 'Enable',
  inform: 'Inform',
  'go-ahead': 'Go-ahead',
  enforce: 'Enforce',
  'roll-back': 'Roll back',
}

const MOVE_STEP_NAMES: typeof STEP_NAMES = {
  ...STEP_NAMES,
  enable: 'Open both',
  enforce: 'Move',
  'roll-back': 'Take back',
}

const STEP_WORDS: Readonly<Record<StepState, string>> = {
  done: 'done',
  current: 'now',
  waiting: 'later',
  problem: 'in progress',
}

/** Links to the steps of a long page. */
function Stepper(props: { states: Record<RolloutPageStep, StepState>; isMove: boolean }) {
  const { states, isMove } = props
  return (
    <nav class="stepper" aria-label="Steps">
      <ol>
        {Object.entries(isMove ? MOVE_STEP_NAMES : STEP_NAMES).map(([step, name], index) => {
          const state = states[step as RolloutPageStep]
          return (
            <li class={state}>
              <a href={`#${step}`} aria-current={state === 'current' ? 'step' : undefined}>
                <span class="step">{state === 'done' ? <Icon shape="ready" /> : index + 1}</span>
                {name}
                {step !== 'roll-back' && <span class="visually-hidden">, {STEP_WORDS[state]}</span>}
              </a>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

/** The control that caused the problem, or its step. */
function fieldOf({ step, problem }: StepProblem): string {
  const { field } = problem
  if (step === 'review' && (field === 'file' || field === 'emails')) return 'idp-file'
  return field !== undefined && FIELDS.has(field) ? field : step
}

/** Controls of the page, by id. */
const FIELDS = new Set([
  'name',
  'domains',
  'accounts',
  'users',
  'file',
  'includedExistInIdP',
  'uninformedReason',
  'scope',
  'lockedOut',
  'at',
])

/** Each step's state. Informing may start before SSO is enabled. */
function stepStates({ rollout }: RolloutContext): Record<RolloutPageStep, StepState> {
  const { version, frozen, cursors } = rollout
  const isListed = version > 0 && frozen
  const isAt = (step: number | null) => isListed && step === version
  const then = (isDone: boolean, isReady: boolean): StepState =>
    isDone ? 'done' : isReady ? 'current' : 'waiting'
  const isReviewed = isAt(rollout.reviewedVersion)
  const isEnabled = isAt(rollout.enabledVersion)
  const isInformed = isAt(rollout.informedVersion)
  const isApproved = isAt(rollout.approvedVersion)
  return {
    choose: then(isListed, true),
    review: then(isReviewed, isListed),
    enable: then(isEnabled, isReviewed),
    inform: then(isInformed, isEnabled),
    'go-ahead': then(isApproved, isEnabled && isInformed),
    enforce: then(isAt(rollout.enforcedVersion) && !cursors.enforce, isApproved),
    'roll-back': cursors.roll_back ? 'problem' : 'waiting',
  }
}

/** The next step and who does it. */
function nextStep({ rollout, page }: RolloutContext): string {
  const { version, cursors } = rollout
  const customer = page.reader === 'operator' ? 'the customer' : 'you'
  const support = page.reader === 'operator' ? 'you' : 'support'
  const isMove = rollout.fromConnectionSid !== null
  if (cursors.roll_back) return 'A rollback is in progress. Finish it below.'
  if (version === 0) return `Next: ${support} select${s(support)} the people.`
  if (!rollout.frozen) return 'The list is being frozen. Continue below.'
  if (rollout.enforcedVersion === version)
    return isMove
      ? `Version ${version} is moved. Move again to add people who have logged in since.`
      : `Version ${version} is enforced. Enforce again to add people who have logged in since.`
  if (rollout.approvedVersion === version)
    return isMove
      ? `Next: ${support} move${s(support)} people, now or on a date.`
      : `Next: ${support} enforce${s(support)} SSO, now or on a date.`
  if (rollout.reviewedVersion !== version)
    return `Next: ${customer} review${s(customer)} version ${version} of the list.`
  if (rollout.enabledVersion !== version)
    return isMove
      ? `Next: ${support} open${s(support)} the second way.`
      : `Next: ${support} enable${s(support)} SSO beside the password.`
  if (rollout.informedVersion !== version) return `Next: inform the people on the list.`
  return `Next: ${customer} give${s(customer)} the go-ahead for version ${version}.`
}

const s = (who: string) => (who === 'you' ? '' : 's')
