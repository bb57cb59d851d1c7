// The onboarding story: each hand-over is told by one event, one mail to each right contact and one
// “your turn”, whichever run delivers it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { pemOf } from '../../support/keys.ts'
import { IDP, openStory, type Delivery, type Heard, type Story } from './stage.ts'

const PEOPLE = ['ann@tenant.example', 'ben@tenant.example', 'cat@tenant.example']
const OWNER = 'olive@tenant.example'

// A killed Worker says so in the log, at each step.
beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

type Told = [step: string, heard: Heard]

/** From a tenant without a connection to passwords that are given back. */
async function tell(story: Story): Promise<Told[]> {
  const { operator, hear } = story
  const told: Told[] = []
  const step = async (name: string, work: () => Promise<unknown>) => {
    await work()
    told.push([name, await hear()])
  }
  const ok = async (answer: ReturnType<typeof operator>) => {
    const { status, body } = await answer
    if (status >= 400) throw new Error(JSON.stringify(body))
    return body
  }
  const tenant = await ok(operator('POST', '/tenants', { body: { name: 'Corp' } }))
  const of = `/tenants/${tenant.sid}`
  const customer = await story.key(tenant.sid)
  for (const role of ['technical', 'business', 'security'])
    await ok(
      customer('POST', `${of}/contacts`, {
        body: { role, name: role, email: `${role}@tenant.example` },
      }),
    )
  const ops = { name: 'Ops', email: 'ops@vendor.example' }
  await ok(operator('POST', '/operator-contacts', { body: ops }))
  for (const email of [...PEOPLE, OWNER])
    await ok(operator('POST', `${of}/users`, { body: { email, firstName: 'Pat' } }))
  await hear()

  let at = ''
  await step('connection prepared', async () => {
    const made = await ok(operator('POST', `${of}/connections`, { body: { name: 'Corp IdP' } }))
    at = `/connections/${made.sid}`
  })
  const sid = () => at.split('/')[2]!
  await step('configuration exchanged', async () => {
    const fields = { entityID: IDP, ssoRedirectURL: 'https://idp.tenant.example/sso' }
    await ok(customer('PATCH', at, { body: fields }))
    await ok(customer('POST', `${at}/certificates`, { body: { certificate: pemOf('idp') } }))
  })
  await step('testing started', () =>
    ok(customer('POST', `${at}/state`, { body: { event: 'begin_testing' } })),
  )
  await step('testers', async () => {
    await ok(customer('POST', `${at}/testers`, { body: { emails: PEOPLE.slice(0, 1) } }))
    await story.login(sid(), PEOPLE[0]!)
  })
  const signOff = async (call: typeof operator, verdict: string) => {
    const { revision } = await ok(call('GET', at))
    return ok(call('POST', `${at}/sign-offs`, { body: { revision, verdict, name: 'Pat' } }))
  }
  await step('vendor passed', () => signOff(operator, 'pass'))
  await step('customer failed', () => signOff(customer, 'fail'))
  await step('validated', () => signOff(customer, 'pass'))

  let to = ''
  await step('rollout created', async () => {
    const body = { name: 'Everybody' }
    const { sid: rollout } = await ok(operator('POST', `${at}/rollouts`, { body }))
    to = `/rollouts/${rollout}`
    const [, ...others] = PEOPLE
    await ok(operator('POST', `${to}/users`, { body: { users: [PEOPLE[0], ...others] } }))
  })
  const finish = async (path: string, body?: object) => {
    for (;;) {
      const made = await ok(operator('POST', `${to}${path}`, body && { body }))
      if (made.done) return
    }
  }
  const version = 1
  await step('list frozen', () => finish('/freeze'))
  await step('reviewed', () =>
    ok(
      customer('POST', `${to}/review`, {
        body: { version, includedExistInIdP: true, automaticStayOut: true },
      }),
    ),
  )
  await step('enabled', () => finish('/enable', { version }))
  await step('notice written', () =>
    ok(
      customer('PUT', `${to}/notice`, {
        body: { subject: 'SSO', text: 'From {date}', link: null, date: '1 December' },
      }),
    ),
  )
  await step('informed', () => finish('/inform', { version, by: 'hand' }))
  const expiresAt = Date.now() + 30 * 24 * 3600_000
  await step('approved', async () => {
    const body = { reason: 'keeps the keys', expiresAt }
    await ok(operator('PUT', `${of}/break-glass/${OWNER}`, { body }))
    await ok(customer('POST', `${to}/go-ahead`, { body: { version } }))
  })
  await step('people sign in', async () => {
    for (const email of PEOPLE) await story.login(sid(), email)
  })
  await step('enforced', () => finish('/enforce', { version }))
  await step('given back', () => finish('/roll-back', { to: 'sso_enabled' }))
  return told
}

const TURN = 'Your turn: '

/** What each step causes: events, mails, and the step that waits after it. */
const EXPECTED: Record<string, [events: string[], mails: string[], turn: string | null]> = {
  'connection prepared': [
    ['connection.created'],
    [`technical: ${TURN}enter the details of your IdP`],
    'customer enter_idp',
  ],
  'configuration exchanged': [
    ['connection.updated', 'connection.updated'],
    [`technical: ${TURN}start testing`],
    'customer start_testing',
  ],
  'testing started': [
    ['connection.testing_started'],
    [`technical: ${TURN}test the connection`],
    'customer test',
  ],
  testers: [['tester.nominated'], [], 'customer test'],
  'vendor passed': [
    ['connection.signed_off'],
    ['technical: Test passed: Corp IdP', `technical: ${TURN}record your test result`],
    'customer sign_off',
  ],
  'customer failed': [
    ['connection.signed_off'],
    [`ops: ${TURN}look at the failed test`],
    'operator resolve_failure',
  ],
  validated: [
    ['connection.signed_off', 'connection.validated'],
    [`ops: ${TURN}create a rollout`],
    'operator create_rollout',
  ],
  'rollout created': [
    ['rollout.created', 'rollout.users_selected'],
    [`ops: ${TURN}select the people of the rollout`],
    'operator select_people',
  ],
  'list frozen': [
    ['rollout.freeze_started', 'rollout.frozen'],
    [`business: ${TURN}review the list of people`],
    'customer review',
  ],
  reviewed: [
    ['rollout.reviewed'],
    [`ops: ${TURN}enable single sign-on for the list`],
    'operator enable',
  ],
  enabled: [
    ['rollout.enabled', 'rollout.notice_due'],
    [`business: ${TURN}write the notice to people`],
    'customer write_notice',
  ],
  'notice written': [['rollout.notice_saved'], [`ops: ${TURN}inform people`], 'operator inform'],
  informed: [
    ['rollout.people_informed'],
    [`business: ${TURN}give the go-ahead`],
    'customer approve',
  ],
  approved: [
    ['break_glass.added', 'rollout.approved'],
    [`ops: ${TURN}enforce single sign-on`],
    'operator enforce',
  ],
  'people sign in': [[], [], 'operator enforce'],
  enforced: [
    ['connection.went_live', 'rollout.enforced'],
    ['business: Single sign-on enforced: Everybody'],
    null,
  ],
  'given back': [['rollout.rolled_back'], ['business: Rollout rolled back: Everybody'], null],
}

const expected: Told[] = Object.entries(EXPECTED).map(([step, [events, mails, turn]]) => [
  step,
  { events, mails, turns: turn === null ? [] : [turn] },
])

const DELIVERIES: Record<string, Delivery> = {
  'after the response, without the job': 'response',
  'by the job, where the Worker is killed between commit and delivery': 'killed',
  'where the job runs while the work after the response does': 'both',
}

it.each(Object.entries(DELIVERIES))('is told once %s', async (_, delivery) => {
  const story = await openStory(delivery)
  const told = await tell(story)
  expect(told).toEqual(expected)
  const mails = await story.allMails()
  const began = Object.values(EXPECTED).flatMap(([, sent]) => sent.filter(isTurn))
  expect(await story.countTurnEvents()).toBe(began.length)
  // Nothing is left, and nothing comes again.
  expect(await story.openDeliveries()).toEqual([])
  await story.runJob()
  await story.runJob()
  expect(await story.allMails()).toEqual(mails)
  expect(await story.countTurnEvents()).toBe(began.length)
})

it('is told by nobody but these two, and the job that comes late tells no step that is over', async () => {
  const story = await openStory('nobody')
  const told = await tell(story)
  expect(told.map(([, { events }]) => events)).toEqual(expected.map(([, { events }]) => events))
  expect(told.flatMap(([, { mails, turns }]) => [...mails, ...turns])).toEqual([])
  await story.runJob()
  const own = expected.flatMap(([, { mails }]) => mails.filter((mail) => !isTurn(mail)))
  own.push('security: Contact added: Corp')
  expect((await story.allMails()).toSorted()).toEqual(own.toSorted())
  expect(await story.countTurnEvents()).toBe(0)
})

const isTurn = (mail: string) => mail.includes(TURN)
