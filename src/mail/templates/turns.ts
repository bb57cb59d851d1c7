// “Your turn”: one mail for each step that waits for a side. Pure.
import { TURN_STEPS, type TurnStep } from '../../rollout/turns/turn.ts'
import { greeting, helpBlocks, placeOf, template } from './template.ts'
import type { ReceiverRole, Template, TemplateContext } from './template.ts'

/** The rollout that the step belongs to. */
export type TurnData = { rollout: { sid: string; name: string } | null }

type TurnMail = {
  /** The contacts who do such steps. */
  role: Extract<ReceiverRole, 'technical' | 'business' | 'operator'>
  /** In place of the step's own words, which operators read too. */
  task?: string
  why: (at: TemplateContext) => string
  steps?: (at: TemplateContext) => readonly string[]
  ofRollout?: true
}

const MAILS: Readonly<Record<TurnStep, TurnMail>> = {
  enter_idp: {
    role: 'technical',
    task: 'Enter the details of your IdP',
    why: (at) => `${at.product} has prepared the connection “${placeOf(at)}” for you.`,
    steps: ({ connection }) => [
      'Copy our Entity ID and ACS URL from the setup portal into your IdP.' +
        (connection?.idp.place ? ` In ${connection.idp.name}: ${connection.idp.place}.` : ''),
      'Enter identifier, SSO URL and certificate of your IdP there, or upload its metadata.',
    ],
  },
  start_testing: {
    role: 'technical',
    why: (at) => `The details for ${placeOf(at)} are complete. Only testers use it at first.`,
  },
  test: {
    role: 'technical',
    why: (at) => `Testing has started for ${placeOf(at)}. Only testers use it so far.`,
    steps: () => [
      'Nominate two or three testers by their login e-mail.',
      'Let them sign in, and watch their attempts in the validation room.',
      'Record the result there.',
    ],
  },
  sign_off: {
    role: 'technical',
    task: 'Record your test result',
    why: (at) => `Support has tested ${placeOf(at)}. Your result is missing.`,
  },
  validate: {
    role: 'operator',
    why: (at) => `The customer has recorded “passed” for ${placeOf(at)}. Yours is missing.`,
  },
  resolve_failure: {
    role: 'operator',
    why: (at) => `A side has recorded “failed” for ${placeOf(at)}.`,
  },
  decide_change: {
    role: 'operator',
    why: (at) =>
      `The customer has proposed a change to ${placeOf(at)}. The connection is in use, so the ` +
      'change waits for you.',
  },
  decide_certificate: {
    role: 'operator',
    why: (at) =>
      `The metadata of ${placeOf(at)} has a certificate that is not trusted yet. Logins signed ` +
      'with its key are refused until somebody trusts it.',
  },
  create_rollout: {
    role: 'operator',
    why: (at) => `Both sides have tested ${placeOf(at)}. Nobody else uses it yet.`,
  },
  select_people: {
    role: 'operator',
    ofRollout: true,
    why: (at) => `A rollout of ${placeOf(at)} has no list yet.`,
  },
  review: {
    role: 'business',
    ofRollout: true,
    why: (at) =>
      'The list of people who will use single sign-on is ready. Nothing changes for them before ' +
      `you have reviewed it. Connection: ${placeOf(at)}.`,
    steps: () => [
      'Upload the user list of your IdP, so that both lists can be compared.',
      'Check the rows that have a finding. Exclude people who should keep their password.',
      'Confirm the review.',
    ],
  },
  enable: {
    role: 'operator',
    ofRollout: true,
    why: (at) => `The customer has reviewed the list of a rollout of ${placeOf(at)}.`,
  },
  write_notice: {
    role: 'business',
    ofRollout: true,
    why: () =>
      'Single sign-on is switched on for the people on the list. Their passwords still work. ' +
      'Write the notice that tells them about the new way to sign in.',
  },
  inform: {
    role: 'operator',
    ofRollout: true,
    why: (at) =>
      `The notice for a rollout of ${placeOf(at)} is written. People do not have it yet.`,
  },
  approve: {
    role: 'business',
    ofRollout: true,
    why: () =>
      'Everybody on the list is informed. After your go-ahead, support makes single sign-on the ' +
      'only way to sign in for these people.',
  },
  enforce: {
    role: 'operator',
    ofRollout: true,
    why: (at) => `The customer has given the go-ahead for a rollout of ${placeOf(at)}.`,
  },
  decide_newcomers: {
    role: 'operator',
    ofRollout: true,
    why: (at) =>
      `People were added after the list of a rollout of ${placeOf(at)} was made. The rollout ` +
      'would select them, and they sign in by password.',
    steps: () => [
      'Freeze a new list: it names those whom it adds.',
      'Or except the people from single sign-on until a date.',
      'To decide once for all, choose in the settings of the connection what new people get.',
    ],
  },
}

const EXAMPLE = { sid: 'RO00000000000000000000000000000000', name: 'Head office' }

export const roleOfStep = (step: TurnStep): TurnMail['role'] => MAILS[step].role

function turn(step: TurnStep): Template<TurnData> {
  const { role, task = TURN_STEPS[step].task, why, steps, ofRollout } = MAILS[step]
  const title = `Your turn: ${task.slice(0, 1).toLowerCase()}${task.slice(1)}`
  return template<TurnData>({
    name: title,
    kind: 'your_turn',
    exampleFor: role,
    example: { rollout: ofRollout ? EXAMPLE : null },
    write({ rollout }, at) {
      const list = steps?.(at) ?? []
      return {
        subject: `${title} (${rollout ? `${rollout.name}, ${placeOf(at)}` : placeOf(at)})`,
        title,
        blocks: [
          greeting(at),
          { p: why(at) },
          ...(list.length > 0 ? [{ list }] : []),
          { button: { label: task, href: placeToDo(step, rollout, at) } },
          ...(role === 'operator' ? [] : [PORTAL]),
          ...helpBlocks(at),
        ],
      }
    },
  })
}

const PORTAL = {
  p:
    'The portal opens in the browser in which you opened your setup link. ' +
    'If your link has expired, ask for a new one.',
}

function placeToDo(step: TurnStep, rollout: TurnData['rollout'], at: TemplateContext): string {
  const { origin, receiver, connection } = at
  const base =
    receiver.role === 'operator'
      ? `${origin}/console/connections/${connection?.sid ?? ''}`
      : `${origin}/setup`
  return `${base}${rollout ? `/rollouts/${rollout.sid}` : ''}${TURN_STEPS[step].at}`
}

type TurnTemplates = { [Step in TurnStep as `turn_${Step}`]: Template<TurnData> }

export const TURNS = Object.fromEntries(
  (Object.keys(TURN_STEPS) as TurnStep[]).map((step) => [`turn_${step}`, turn(step)]),
) as TurnTemplates
