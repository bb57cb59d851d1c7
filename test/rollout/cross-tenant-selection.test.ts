// A tenant reaches no user of another tenant by domain, SID, external id, e-mail or account: by
// API, console and command, for every actor.
import { eq } from 'drizzle-orm'
import { beforeEach, expect, it } from 'vitest'
import {
  accounts,
  aliases,
  breakGlass,
  memberships,
  rolloutMembers,
  rolloutSelections,
  testers,
  users,
} from '../../src/platform/db/schema.ts'
import type { Browser } from '../support/browser.ts'
import { db } from '../support/world.ts'
import { createReadyCustomer } from './customer.ts'
import { callerWithKey, type Caller } from '../api/caller.ts'
import { formData, openLink, openOperator } from '../console/operator/admins.ts'

type Ready = Awaited<ReturnType<typeof createReadyCustomer>>

let own: Ready
let other: Ready
/** What names the other tenant's people, and what it has. */
let foreign: { sid: string; externalID: string; email: string; account: string; accountID: string }
let rollout: string
let theirRollout: string
let before: unknown

const EMAIL = 'eve@shared.example'

beforeEach(async () => {
  other = await createReadyCustomer([EMAIL])
  own = await createReadyCustomer(['ann@own.example'])
  await other.verifyDomain('other.example')
  await own.verifyDomain('shared.example')
  const sid = other.people[0]!
  // The second customer has taken the address away: it is given back.
  await db.update(users).set({ externalID: 'theirs-1', emailKey: EMAIL }).where(eq(users.sid, sid))
  const [account] = await db.select().from(accounts).where(eq(accounts.sid, other.account))
  foreign = {
    sid,
    externalID: 'theirs-1',
    email: EMAIL,
    account: other.account,
    accountID: account!.externalID!,
  }
  // She works in an account of ours too.
  await db.insert(memberships).values({ accountSid: own.account, userSid: sid })
  rollout = await own.select({ accounts: [own.account] })
  theirRollout = await other.select({ accounts: [other.account] })
  await other.frozen(theirRollout)
  before = await traces()
})

/** Everything that could say that somebody has reached her. */
async function traces() {
  const { sid } = foreign
  const of = (rolloutSid: string) => rolloutSid === theirRollout
  const [user] = await db.select().from(users).where(eq(users.sid, sid))
  const listed = await db.select().from(rolloutMembers).where(eq(rolloutMembers.userSid, sid))
  const named = await db.select().from(rolloutSelections).where(eq(rolloutSelections.userSid, sid))
  return {
    user,
    listed: listed.map((row) => [of(row.rolloutSid), row.included, row.decidedBy, row.skipped]),
    named: named.length,
    testers: await db.$count(testers, eq(testers.userSid, sid)),
    aliases: await db.$count(aliases, eq(aliases.userSid, sid)),
    owners: await db.$count(breakGlass, eq(breakGlass.userSid, sid)),
  }
}

const problemsOf = ({ body }: { body: { problems: { value: string; code: string }[] } }) =>
  body.problems.map(({ value, code }) => [value, code])

/** What only an operator may ask; what they get for our rollout, and for whom the others see. */
async function selectByAPI(call: Caller, where = rollout) {
  const { sid, externalID, email, account, accountID } = foreign
  return {
    users: await call('POST', `/rollouts/${where}/users`, {
      body: { users: [sid, externalID, email] },
    }),
    selectors: await call('PATCH', `/rollouts/${where}`, {
      body: { domains: ['shared.example', 'other.example'], accounts: [account, accountID] },
    }),
  }
}

it('an operator selects none of them for another tenant’s rollout, by API', async () => {
  const operator = await callerWithKey(null)
  const answers = await selectByAPI(operator)
  expect(problemsOf(answers.users)).toEqual([
    [foreign.sid, 'foreign'],
    // An external id means one of the own tenant's: what others call theirs is not known.
    [foreign.externalID, 'unknown'],
    [foreign.email, 'unknown'],
  ])
  expect(problemsOf(answers.selectors)).toEqual([
    ['other.example', 'foreign'],
    [foreign.account, 'foreign'],
    [foreign.accountID, 'unknown'],
  ])
  // By our own domain and by our own account she is not selected either.
  await operator('PATCH', `/rollouts/${rollout}`, { body: { accounts: [own.account] } })
  expect((await operator('POST', `/rollouts/${rollout}/freeze`)).body.done).toBe(true)
  const { items } = (await operator('GET', `/rollouts/${rollout}/members`)).body
  expect(items.map(({ email }: { email: string }) => email)).toEqual(['ann@own.example'])
  const step = (path: string, body: object) =>
    operator('POST', `/rollouts/${rollout}/${path}`, { body })
  const users = [foreign.sid]
  const decided = await step('decisions', { version: 1, included: true, users })
  expect(decided.body).toMatchObject({ decided: 0 })
  expect((await step('roll-back', { to: 'password', users })).body.changed).toBe(0)
  const where = `/connections/${own.connectionSid}`
  const nominated = await operator('POST', `${where}/testers`, { body: { emails: [EMAIL] } })
  expect(nominated.body).toMatchObject({ testers: [], refused: [{ code: 'unknown' }] })
  const alias = { body: { user: foreign.sid } }
  expect((await operator('PUT', `${where}/aliases/x@idp.example`, alias)).body.code).toBe(
    'not_there',
  )
  expect(await traces()).toEqual(before)
})

it('a tenant’s key reaches none of them, in its own rollout or in theirs', async () => {
  const call = await callerWithKey(own.tenantSid)
  for (const [where, code] of [
    [rollout, 'forbidden'],
    [theirRollout, 'not_there'],
  ] as const)
    for (const { body } of Object.values(await selectByAPI(call, where)))
      expect(body.code).toBe(code)
  const users = [foreign.sid]
  for (const [path, body] of [
    ['decisions', { version: 1, included: false, reason: 'x', users }],
    ['review', { version: 1, includedExistInIdP: true }],
    ['go-ahead', { version: 1 }],
    ['enable', { version: 1 }],
    ['enforce', { version: 1 }],
    ['roll-back', { to: 'password', users }],
  ] as const)
    expect(
      (await call('POST', `/rollouts/${theirRollout}/${path}`, { body })).body.code,
      path,
    ).toBe('not_there')
  for (const path of ['members', 'summary', 'recipients.csv', 'members.csv'])
    expect((await call('GET', `/rollouts/${theirRollout}/${path}`)).body).toMatchObject({
      code: 'not_there',
    })
  for (const name of [foreign.sid, EMAIL])
    expect((await call('GET', `/users/${name}`)).body.code).toBe('not_there')
  const decision = async (email: string) => {
    const answer = await call('GET', `/sign-in-decision?email=${encodeURIComponent(email)}`)
    return { ...answer.body, email: null }
  }
  expect(await decision(EMAIL)).toEqual(await decision('nobody@shared.example'))
  const where = `/connections/${own.connectionSid}`
  const nominated = await call('POST', `${where}/testers`, { body: { emails: [EMAIL] } })
  expect(nominated.body.refused).toEqual([{ email: EMAIL, code: 'unknown' }])
  const alias = { body: { user: foreign.sid } }
  expect((await call('PUT', `${where}/aliases/x@idp.example`, alias)).body.code).toBe('not_there')
  await own.frozen(rollout)
  const { body } = await call('POST', `/rollouts/${rollout}/decisions`, {
    body: { version: 1, included: true, users },
  })
  expect(body).toMatchObject({ decided: 0 })
  expect(await traces()).toEqual(before)
})

/** Everything that the pages of a rollout take a user by. */
async function tryPages(browser: Browser, base: string, sid: string) {
  const at = `${base}/rollouts/${sid}`
  const status = async (response: Promise<Response>) => (await response).status
  const decide = (what: string) =>
    status(
      browser.post(`${at}/decide`, { version: '1', do: what, users: foreign.sid, reason: 'x' }),
    )
  return {
    choose: await status(
      browser.upload(
        `${at}/choose`,
        formData({
          name: 'x',
          domains: 'shared.example\nother.example',
          accounts: `${foreign.account}\n${foreign.accountID}`,
          users: `${foreign.sid}\n${foreign.externalID}`,
        }),
      ),
    ),
    file: await status(
      browser.upload(
        `${at}/choose`,
        formData({
          name: 'x',
          accounts: own.account,
          file: new Blob([`sid\n${foreign.sid}\n${foreign.externalID}\n`]),
        }),
      ),
    ),
    list: await status(browser.get(`${at}/list`)),
    decide: await decide('include'),
    giveBack: await decide('password'),
    map: await status(
      browser.post(`${at}/map`, { version: '1', map: `${foreign.sid} x@idp.example` }),
    ),
    alias: await status(
      browser.post(`${at}/aliases`, { user: foreign.sid, email: 'x@idp.example' }),
    ),
    testers: await status(browser.post(`${base}/testers`, { emails: EMAIL })),
  }
}

it('a setup link reaches none of them, below its own connection or at theirs', async () => {
  await own.frozen(rollout)
  const link = await openLink(own)
  expect(await tryPages(link, '/setup', theirRollout)).toMatchObject({
    choose: 404,
    file: 404,
    list: 404,
    decide: 404,
    giveBack: 404,
    map: 404,
    alias: 404,
  })
  expect(await tryPages(link, '/setup', rollout)).toMatchObject({
    choose: 403,
    file: 403,
    list: 200,
    giveBack: 403,
  })
  expect(await (await link.get(`/setup/rollouts/${rollout}/list`)).text()).not.toContain(EMAIL)
  expect(await traces()).toEqual(before)
})

it('the console selects none of them for another tenant’s rollout', async () => {
  await own.frozen(rollout)
  const browser = await openOperator()
  const base = `/console/connections/${own.connectionSid}`
  // Their rollout is not below our connection, even for who may see both.
  expect((await tryPages(browser, base, theirRollout)).choose).toBe(404)
  await tryPages(browser, base, rollout)
  expect((await browser.post(`${base}/rollouts/${rollout}/freeze`)).status).toBe(303)
  const listed = await db
    .select()
    .from(rolloutMembers)
    .where(eq(rolloutMembers.rolloutSid, rollout))
  expect(listed.filter(({ version }) => version === 2).map(({ userSid }) => userSid)).toEqual(
    own.people,
  )
  expect(await traces()).toEqual(before)
})
