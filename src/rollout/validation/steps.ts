// The way of a connection from its first entry to enforcement, as a checklist for both sides. Pure.
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

/** `current`: the first that is not done. `why`: what makes it done, or what is missing. */
export type ValidationStep = {
  id: StepID
  title: string
  state: 'done' | 'current' | 'waiting'
  why: string
}

export type StepFacts = {
  connection: Connection
  /** Whether a message of the IdP that a pinned key had signed has reached us lately. */
  hasAnswered: boolean
  testers: number
  /** Whether somebody has got in at the present revision. */
  isTried: boolean
  signOffs: SignOffs
  /** The newest; undefined: none. */
  rollout: RolloutRow | undefined
}

type Judged = { done: boolean; why: string }

const STEPS: readonly (readonly [StepID, string, (facts: StepFacts) => Judged])[] = [
  ['connection', 'The connection is there', () => ({ done: true, why: 'It was created.' })],
  ['their_side', 'The IdP’s details are entered', theirSide],
  ['our_side', 'Our details are in the IdP', ourSide],
  ['testers', 'Testers are nominated', testers],
  ['validation', 'Both sides have tested and said pass', validation],
  ['selection', 'The users are selected and reviewed', selection],
  ['enforcement', 'Single sign-on is enabled, announced and enforced', enforcement],
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
    ? { done: true, why: 'Identifier, SSO URL and signing certificate are there.' }
    : { done: false, why: `Missing: ${missing.join(', ')}.` }
}

function ourSide({ connection, hasAnswered }: StepFacts): Judged {
  if (hasAnswered) return { done: true, why: 'The IdP has answered us.' }
  return connection.metadataFetchedAt === null
    ? {
        done: false,
        why: 'Copy our Entity ID and ACS URL into the IdP, or give it our metadata. The first answer of the IdP shows that they are there.',
      }
    : { done: true, why: 'Our metadata has been read.' }
}

function testers({ connection, testers: count }: StepFacts): Judged {
  if (connection.state === 'draft')
    return { done: false, why: 'Begin testing first: a draft lets nobody in.' }
  return count > 0
    ? { done: true, why: `${count} ${count === 1 ? 'person tests' : 'people test'}.` }
    : { done: false, why: 'Nominate people by their login e-mail. Nobody else is touched.' }
}

function validation({ signOffs, isTried }: StepFacts): Judged {
  const { vendor, customer } = signOffs
  const failed = [
    ...(vendor?.verdict === 'fail' ? [`${vendor.name} (vendor)`] : []),
    ...(customer?.verdict === 'fail' ? [`${customer.name} (customer)`] : []),
  ]
  if (failed.length > 0) return { done: false, why: `It does not work: ${failed.join(', ')}.` }
  if (vendor && customer)
    return { done: true, why: `Passed by ${vendor.name} (vendor) and ${customer.name} (customer).` }
  if (!isTried)
    return { done: false, why: 'Nobody has signed in with the present configuration yet.' }
  const missing = [...(vendor ? [] : ['the vendor']), ...(customer ? [] : ['the customer'])]
  return { done: false, why: `Waiting for the word of ${missing.join(' and ')}.` }
}

function selection({ rollout }: StepFacts): Judged {
  if (!rollout) return { done: false, why: 'Nobody has been selected yet.' }
  const { version, frozen, reviewedVersion } = rollout
  if (version === 0 || !frozen) return { done: false, why: 'The list is not frozen yet.' }
  return reviewedVersion === version
    ? { done: true, why: `Version ${version} of the list was reviewed.` }
    : { done: false, why: `Version ${version} of the list waits for the customer’s review.` }
}

function enforcement({ rollout }: StepFacts): Judged {
  if (!rollout || rollout.version === 0)
    return { done: false, why: 'There is no list of users yet.' }
  const { version, rolledBackAt } = rollout
  if (rolledBackAt !== null) return { done: false, why: 'It was rolled back.' }
  if (rollout.enforcedVersion === version)
    return { done: true, why: `Version ${version} of the list is enforced.` }
  const missing = [
    ...(rollout.enabledVersion === version ? [] : ['enabled']),
    ...(rollout.informedVersion === version ? [] : ['informed']),
    ...(rollout.approvedVersion === version ? [] : ['approved']),
    'enforced',
  ]
  return { done: false, why: `Still to come: ${missing.join(', ')}.` }
}

function operation(facts: StepFacts): Judged {
  return facts.connection.state === 'live' && enforcement(facts).done
    ? { done: true, why: 'The connection is live.' }
    : { done: false, why: 'After enforcement: whom the IdP no longer vouches for cannot sign in.' }
}
