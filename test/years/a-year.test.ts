// One company for a year: 40 people, an IdP and a vendor who change all the time. After each step
// every person, two strangers and a colleague try to get in, and the policy says how that ends. The
// table of docs/years.md is made here: `npx vitest run test/years -u` writes it.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { clearDatabase } from '../support/world.ts'
import { openCompany, type Company } from './company.ts'
import { MONTHS, open } from './months.ts'
import { decide, judgeLogin, leadTo, remember, type Person, type Said } from './policy.ts'
import { renderYears, type Row } from './render-years.ts'

const YEAR = 2027
/** A busy machine is no failure. */
const PATIENCE = 60_000
const rows: Row[] = []
let company: Company
/** What came after a failure would fail too, and say nothing. */
let isBroken = false

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(YEAR, 0, 4, 8) })
  // A line for each refusal.
  vi.spyOn(console, 'log').mockImplementation(() => {})
  await clearDatabase()
  company = await openCompany(Date.now())
  await company.beginMonth(Date.UTC(YEAR, 0, 4, 9))
  await open(company)
}, PATIENCE)
afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Who is not of the company, or not whom they say. */
function strangers({ people, first, said }: Company): Said[] {
  const active = [...people.values()].filter((one) => one.bound.has(one.home) && !one.isSuspended)
  const outsider = 'mallory@rival.example'
  const { key, format } = first.idp
  const own = { site: first, email: outsider, nameID: { format, value: outsider }, key }
  const ann = active[0]
  const bob = active.find((one) => one !== ann && one.home === ann?.home)
  if (!ann || !bob) return [own]
  // Nobody whom a binding protects yet.
  const unbound = [...people.values()].find(
    (one) => one.home === ann.home && one.method !== 'password' && !one.bound.has(one.home),
  )
  return [
    ...(unbound && !unbound.isSuspended ? [{ ...said(unbound), nameID: said(bob).nameID }] : []),
    own,
    // With a key of their own.
    { ...said(ann), key: 'attacker' },
    // A colleague, by her own NameID and another's e-mail.
    { ...said(ann), nameID: said(bob).nameID },
    // The very value, in a format that says nothing.
    { ...said(ann), nameID: { format: 'transient', value: said(ann).nameID.value } },
  ]
}

/** What a person can do, from what has happened. */
function wayOf(decision: string, code: string | null): string {
  const [how, reason] = decision.split(' ')
  if (code === null) return how === 'sso' ? 'SSO' : how === 'choice' ? 'SSO or password' : 'SSO?'
  const refused = `\`${code}\``
  if (how === 'refused') return `refused: ${refused}`
  if (how === 'sso') return `locked out: ${refused}`
  return reason === 'sso_off' ? 'password' : `password; SSO: ${refused}`
}

async function check() {
  const { sites, browsers, everybody, said } = company
  const people = everybody()
  // What was open before this step.
  const open = await Promise.all(
    people.map(async (one) => browsers.has(one) && company.isIn(browsers.get(one)!)),
  )
  expect(who(people, open), 'sessions').toEqual(
    who(
      people,
      people.map(({ hasSession }) => hasSession),
    ),
  )
  const decisions = await company.decisions(people)
  expect(who(people, decisions), 'decisions').toEqual(
    who(
      people,
      people.map((person) => decide(person)),
    ),
  )
  const doors = []
  for (const { email } of people) doors.push(await company.frontDoor(email))
  const leads = people.map(({ email }, at) => leadTo(email, decisions[at]!, sites))
  expect(who(people, doors), 'front door').toEqual(who(people, leads))
  for (const domain of ['corp.example', 'agency.example']) {
    const nobody = `nobody@${domain}`
    expect(await company.frontDoor(nobody), nobody).toBe(leadTo(nobody, null, sites))
  }
  for (const { email } of people.filter(({ owner }) => owner))
    expect(await company.frontDoor(email, { way: 'password' }), email).toBe('password')
  // The strangers first: they must not gain from the people, nor the people lose by them.
  const outside = strangers(company)
  const tried = await company.login(outside)
  for (const [at, { outcome, browser }] of tried.entries()) {
    const expected = judgeLogin(outside[at]!, people)
    expect(expected.code, `stranger ${at}`).not.toBeNull()
    expect(outcome, `stranger ${at}`).toEqual(expected)
    expect(await company.isIn(browser), `stranger ${at}`).toBe(false)
  }
  const claims = people.map((person) => said(person))
  const logins = await company.login(claims)
  const expected = people.map((person, at) => {
    const outcome = judgeLogin(claims[at]!, people)
    remember(claims[at]!, outcome, person)
    return outcome
  })
  const outcomes = logins.map(({ outcome }) => outcome)
  expect(who(people, outcomes), 'logins').toEqual(who(people, expected))
  for (const [at, person] of people.entries()) {
    const { outcome, browser } = logins[at]!
    expect([null, person.sid]).toContain(outcome.userSid)
    if (outcome.code === null) browsers.set(person, browser)
    else company.shown.add(outcome.code)
    const way = wayOf(decisions[at]!, outcome.code)
    if (person.owner) expect(way, 'an owner').toMatch(/SSO|password/)
    if (person.owner) expect(decisions[at], 'an owner').toMatch(/^(password|choice) /)
  }
  const ways = people.map((person, at): [string, string] => [
    person.group,
    wayOf(decisions[at]!, outcomes[at]!.code) + (person.home === sites[0] ? '' : ', new IdP'),
  ])
  const groups = Map.groupBy(ways, (one) => one.join(': '))
  return [...groups.values()].map((some): Row['groups'][number] => [...some[0]!, some.length])
}

/** By e-mail, so that a failure names the people. */
function who<T>(people: readonly Person[], values: readonly T[]): Record<string, T> {
  return Object.fromEntries(people.map(({ email }, at) => [email, values[at]!]))
}

describe.each(Object.entries(MONTHS))('%s', (month, steps) => {
  beforeAll(async () => {
    const number = Object.keys(MONTHS).indexOf(month)
    if (number > 0) await company.beginMonth(Date.UTC(YEAR, number, 4, 9))
  }, PATIENCE)

  it.each(steps)('$what', async ({ what, act }) => {
    expect(isBroken, 'an earlier step failed').toBe(false)
    isBroken = true
    await act(company)
    const groups = await check()
    isBroken = false
    rows.push({
      month,
      what,
      groups,
      cures: company.takeCures(),
    })
  })
})

it('has 40 people', () => {
  expect(company.everybody()).toHaveLength(40)
})

it('docs/years.md is current', async () => {
  await expect(renderYears(rows)).toMatchFileSnapshot('../../docs/years.md')
})
