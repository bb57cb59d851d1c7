// The checklist of a connection for both sides, from creation to enforcement. Pure.
import type { Connection } from '../../connections/connection.ts'
import type { SignOffs } from './sign-off-operations.ts'
import type { RolloutRow } from './store/room.ts'

export type StepID =
  | 'connection'
  | 'their_side'
  | 'our_side'
  | 'testers'
  | 'validation'
  | 'selection'
  | 'enforcement'
  | 'operation'

/** `current`: the first step that is not done. `why`: what completed it, or what is missing. */
export type ValidationStep = {
  id: StepID
  title: string
  state: 'done' | 'current' | 'waiting'
  why: string
}

export type StepFacts = {
  connection: Connection
  /** Whether the IdP recently sent a message signed with a pinned key. */
  hasAnswered: boolean
  testers: number
  /** Whether someone has signed in with the current revision. */
  isTried: boolean
  signOffs: SignOffs
  /** The newest; undefined if there is none. */
  rollout: RolloutRow | undefined
}

type Judged = { done: boolean; why: string }

const STEPS: readonly (readonly [StepID, string, (facts: StepFacts) => Judged])[] = [
  ['connection', 'Connection created', () => ({ done: true, why: 'The connection exists.' })],
  ['their_side', 'IdP details entered', theirSide],
  ['our_side', 'Our details entered in the IdP', ourSide],
  ['testers', 'Testers nominated', testers],
  ['validation', 'Connection tested and signed off by both sides', validation],
  ['selection', 'Users selected and reviewed', selection],
  ['enforcement', 'SSO enabled, announced and enforced', enforcement],
  ['operation', 'In use', operation],
]

export function listSteps(facts: StepFacts): ValidationStep[] {
  const judged = STEPS.map(([id, title, judge]) => ({ id, title, ...judge(facts) }))
  const current = judged.findIndex(({ done }) => !done)
  return judged.map(({ done, ...step }, index) => ({
    ...step,
    state: done ? 'done' : index === current ? 'current' : 'waiting',
  }))
}

function theirSide({ connection }: StepFacts): Judged {
  const { entityID, certificates, ssoRedirectURL, ssoPostURL, idpInitiated } = connection
  const missing = [
    ...(entityID === '' ? ['the IdP’s identifier'] : []),
    ...(certificates.length === 0 ? ['a signing certificate'] : []),
    ...(ssoRedirectURL || ssoPostURL || idpInitiated === 'accept' ? [] : ['the SSO URL']),
  ]
  return missing.length === 0
    ? { done: true, why: 'Identifier, SSO URL and signing certificate are entered.' }
    : { done: false, why: `Missing: ${missing.join(', ')}.` }
}

function ourSide({ connection, hasAnswered }: StepFacts): Judged {
  if (hasAnswered) return { done: true, why: 'The IdP has sent a response.' }
  return connection.metadataFetchedAt === null
    ? {
        done: false,
        why:
          'Copy our Entity ID and ACS URL into the IdP, or import our metadata there. The IdP’s ' +
          'first response completes this step.',
      }
    : { done: true, why: 'The IdP has read our metadata.' }
}

function testers({ connection, testers: count }: StepFacts): Judged {
  if (connection.state === 'draft')
    return { done: false, why: 'Start testing first. No one can sign in to a draft.' }
  return count > 0
    ? { done: true, why: `${count} ${count === 1 ? 'tester' : 'testers'}.` }
    : { done: false, why: 'Nominate people by their login e-mail. No one else is affected.' }
}

function validation({ signOffs, isTried }: StepFacts): Judged {
  const { vendor, customer } = signOffs
  const failed = [
    ...(vendor?.verdict === 'fail' ? [`${vendor.name} (vendor)`] : []),
    ...(customer?.verdict === 'fail' ? [`${customer.name} (customer)`] : []),
  ]
  if (failed.length > 0) return { done: false, why: `Failed by ${failed.join(', ')}.` }
  if (vendor && customer)
    return { done: true, why: `Passed by ${vendor.name} (vendor) and ${customer.name} (customer).` }
  if (!isTried)
    return { done: false, why: 'No one has signed in with the current configuration yet.' }
  const missing = [...(vendor ? [] : ['the vendor']), ...(customer ? [] : ['the customer'])]
  return { done: false, why: `Waiting for sign-off by ${missing.join(' and ')}.` }
}

function selection({ rollout }: StepFacts): Judged {
  if (!rollout) return { done: false, why: 'No users are selected yet.' }
  const { version, frozen, reviewedVersion } = rollout
  if (version === 0 || !frozen) return { done: false, why: 'The list is not frozen yet.' }
  return reviewedVersion === version
    ? { done: true, why: `Version ${version} of the list is reviewed.` }
    : { done: false, why: `Version ${version} of the list awaits the customer’s review.` }
}

function enforcement({ rollout }: StepFacts): Judged {
  if (!rollout || rollout.version === 0)
    return { done: false, why: 'There is no list of users yet.' }
  const { version, rolledBackAt } = rollout
  if (rolledBackAt !== null) return { done: false, why: 'The rollout was rolled back.' }
  if (rollout.enforcedVersion === version)
    return { done: true, why: `Version ${version} of the list is enforced.` }
  const missing = [
    ...(rollout.enabledVersion === version ? [] : ['enabled']),
    ...(rollout.informedVersion === version ? [] : ['informed']),
    ...(rollout.approvedVersion === version ? [] : ['approved']),
    'enforced',
  ]
  return { done: false, why: `Not done yet: ${missing.join(', ')}.` }
}

function operation(facts: StepFacts): Judged {
  return facts.connection.state === 'live' && enforcement(facts).done
    ? { done: true, why: 'The connection is live.' }
    : {
        done: false,
        why: 'After enforcement, people who are removed from the IdP can no longer sign in.',
      }
}
