// The steps of a rollout's page: what is reported, what is asked for, and how long lists go on.
import { instantInWords } from '../../../../src/console/kit/dates.ts'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connections, rollouts, users } from '../../../../src/platform/db/schema.ts'
import { getRollout, uploadIdpUsers } from '../../../../src/rollout/operations.ts'
import { CHUNK } from '../../../../src/rollout/list/store/freezing.ts'
import { openBrowser } from '../../../support/browser.ts'
import { good } from '../../../support/request.ts'
import { db } from '../../../support/world.ts'
import { landedAt } from '../../../support/landed-at.ts'
import { formData, hidden } from '../../operator/admins.ts'
import { errorOf } from '../../operator/error-of.ts'
import { DAY } from '../../../rollout/customer.ts'
import { actionsOf, openStage, textOf, wordsOf, type Stage } from './stage.ts'

const EMAILS = ['ann@tenant.example', 'ben@tenant.example', 'cem@tenant.example']

let stage: Stage
beforeEach(async () => {
  stage = await openStage(EMAILS)
})
afterEach(() => {
  CHUNK.rows = 1000
})

/** As Excel writes it: with a byte order mark, little-endian. */
const utf16 = (text: string) =>
  new Uint8Array(Uint16Array.from(`\ufeff${text}`, (unit) => unit.charCodeAt(0)).buffer)

const rolloutNow = async () => good(await getRollout(stage.ask(), stage.sid))

describe('choosing', () => {
  const choose = (fields: Record<string, string | Blob>) =>
    stage.operator.upload(`${stage.console}/choose`, formData({ name: 'Everybody', ...fields }))

  it('names each that cannot be taken beside its field, and takes the rest', async () => {
    const other = await openStage(['foreign@tenant.example'])
    const [ann, ben] = stage.people
    const response = await choose({
      domains: 'not a domain\nnobodys.example',
      accounts: [stage.account, other.account, 'nothing'].join('\n'),
      users: [ann, ann, other.people[0], stage.account].join('\n'),
    })
    expect(response.status).toBe(200)
    const page = (await response.text()).replaceAll('&#39;', "'")
    expect(page).toContain('“not a domain” is not valid')
    expect(page).toContain('“nobodys.example” is not a verified domain of this customer')
    expect(page).toContain(`“${other.account}” belongs to another customer`)
    expect(page).toContain('“nothing” was not found')
    expect(page).toContain(`“${ann}” is listed twice`)
    expect(page).toContain(`“${other.people[0]}” belongs to another customer`)
    expect(page).toContain(`“${stage.account}” is not valid`)
    expect(wordsOf(page)).toContain('Selected individually: 1 person')
    expect((await rolloutNow()).selectors).toEqual({
      everybody: false,
      fromConnection: false,
      domains: [],
      accounts: [stage.account],
    })

    const file = new Blob([`name,external_id,sid\nBen,,${ben}\n`], { type: 'text/csv' })
    expect((await choose({ accounts: stage.account, file })).status).toBe(303)
    expect(wordsOf(await textOf(stage.operator, stage.console))).toContain(
      'the 2 people already selected',
    )
    expect((await stage.operator.post(`${stage.console}/users/clear`)).status).toBe(303)
    expect(await textOf(stage.operator, stage.console)).not.toContain(
      'the 2 people already selected',
    )
  })

  it.each([
    ['of Excel in UTF-16', (sid: string) => utf16(`Nom;sid\r\nZoé;${sid}\r\n`)],
    ['without a header', (sid: string) => `${sid}\n`],
    ['with a line for Excel before the table', (sid: string) => `sep=;\nsid;x\n${sid};1\n`],
  ])('takes people from a file %s', async (_, fileOf) => {
    const ben = stage.people[1]!
    await stage.operator.post(`${stage.console}/users/clear`)
    const file = new Blob([fileOf(ben)])
    expect((await choose({ accounts: stage.account, file })).status).toBe(303)
    expect(wordsOf(await textOf(stage.operator, stage.console))).toContain(
      'the 1 person already selected',
    )
    await stage.operator.post(`${stage.console}/users/clear`)
  })

  it('file_other: says that a web page is no list', async () => {
    const file = new Blob(['<!doctype html><html><body>Sign in</body></html>'])
    const refused = await choose({ accounts: stage.account, file })
    expect(refused.status).toBe(400)
    expect(errorOf(await refused.text(), 'file')).toMatchObject({
      isMarked: true,
      isInSummary: true,
    })
  })

  it('does not freeze while something is reported, and does when nothing is', async () => {
    await choose({ accounts: `${stage.account}\nnothing`, and: 'freeze' })
    expect((await rolloutNow()).version).toBe(0)
    const response = await choose({ accounts: stage.account, and: 'freeze' })
    expect(landedAt(response)).toMatch(/#choose \(list_frozen\)$/)
    expect(await rolloutNow()).toMatchObject({ version: 1, frozen: true })
  })

  it('input: takes no more than ten thousand at once', async () => {
    const users = Array.from({ length: 10_001 }, (_, index) => `user-${index}`).join('\n')
    const response = await choose({ users })
    expect(response.status).toBe(400)
    expect(wordsOf(await response.text())).toContain('at most 10000 at once')
  })
})

describe('a long list', () => {
  it('goes on by posts of the page in between, and by nothing else', async () => {
    CHUNK.rows = 1
    const many = await openStage([...EMAILS, 'd@tenant.example', 'e@tenant.example'])
    const rolloutOf = async () => good(await getRollout(many.ask(), many.sid))
    const path = `${many.console}/freeze`
    const first = await many.operator.post(path)
    expect(first.status).toBe(200)
    const page = await first.text()
    expect(wordsOf(page)).toContain('4 of 5 people on the list')
    expect(page).toContain('data-onward')
    expect(actionsOf(page)).toContain(path)
    // Looking does no work: only the page of a post goes on by itself.
    const seen = await textOf(many.operator, many.console)
    expect(wordsOf(seen)).toContain('Freezing version 1: 4 of 5 done')
    expect(seen).not.toContain('data-onward')
    expect((await rolloutOf()).frozen).toBe(false)
    expect((await many.operator.get(path)).status).toBe(404)
    const second = await many.operator.post(path)
    expect(landedAt(second)).toMatch(/ \(list_frozen\)$/)
    expect((await rolloutOf()).frozen).toBe(true)

    // The same with what a step was ordered with.
    await many.operator.post(`${many.console}/review`, {
      version: '1',
      includedExistInIdP: 'true',
    })
    const enabling = await (
      await many.operator.post(`${many.console}/enable`, { version: '1' })
    ).text()
    expect(hidden(enabling, 'version')).toBe('1')
    const going = await (
      await many.operator.post(`${many.console}/roll-back`, { to: 'password' })
    ).text()
    expect(hidden(going, 'to')).toBe('password')
  })

  it('decides all rows in parts, with their reason', async () => {
    await stage.frozen(stage.sid)
    CHUNK.rows = 1
    const many = await openStage([...EMAILS, 'd@tenant.example', 'e@tenant.example'])
    await many.frozen(many.sid)
    const form = { version: '1', do: 'exclude', reason: 'later', finding: '' }
    const first = await many.operator.post(`${many.console}/decide-all`, form)
    const page = await first.text()
    const onward = Object.fromEntries(
      ['version', 'do', 'reason', 'finding', 'after', 'seen'].map((name) => [
        name,
        hidden(page, name),
      ]),
    )
    expect(onward).toMatchObject({ ...form, seen: '4' })
    expect((await many.operator.post(`${many.console}/decide-all`, onward)).status).toBe(303)
    const list = wordsOf(await textOf(many.operator, `${many.console}/list`))
    expect(list.match(/“later”/g)).toHaveLength(5)
  })
})

describe('the review', () => {
  it('maps a suggested alias and takes the person in, by one click', async () => {
    await stage.frozen(stage.sid)
    const customer = await stage.link()
    const idp = ['ann@tenant.example', 'ben@hq.tenant.example', 'cem@tenant.example']
    const file = new Blob([`Mail\n${idp.join('\n')}`])
    const asked = await customer.upload(`${stage.portal}/idp-users`, formData({ file }))
    const page = await asked.text()
    expect(wordsOf(page)).toContain('People included: +0 / −1')
    const memberNow = () => stage.memberOf(stage.sid, stage.people[1]!, 1)
    await customer.post(`${stage.portal}/refresh`)
    expect(await memberNow()).toMatchObject({ included: true, findings: ['never_proved'] })
    const uploaded = await customer.upload(
      `${stage.portal}/idp-users`,
      formData({ upload: hidden(page, 'upload'), rest: '', seen: '3', total: '3', excludes: '1' }),
    )
    expect(landedAt(uploaded)).toMatch(/#review \(idp_users_uploaded\)$/)
    const list = await textOf(customer, `${stage.portal}/list?finding=alias`)
    expect(wordsOf(list)).toContain('Map ben@hq.tenant.example and include')
    const map = / name="map" value="([^"]+)"/.exec(list)![1]!
    const form = { version: '1', here: '?finding=alias', map }
    const mapped = await customer.post(`${stage.portal}/map`, form)
    expect(landedAt(mapped)).toBe(`${stage.portal}/list?finding=alias (alias_mapped)`)
    expect(await stage.memberOf(stage.sid, stage.people[1]!, 1)).toMatchObject({
      included: true,
      reason: 'known to the IdP as ben@hq.tenant.example',
    })
    const aliases = await textOf(customer, `${stage.portal}/aliases`)
    expect(aliases).toContain('ben@hq.tenant.example')
    const gone = { email: 'ben@hq.tenant.example' }
    expect((await customer.post(`${stage.portal}/aliases/remove`, gone)).status).toBe(303)
    expect(await stage.memberOf(stage.sid, stage.people[1]!, 1)).toMatchObject({ included: false })
  })

  it('says of rows that are kept out what keeps them out', async () => {
    await stage.frozen(stage.sid)
    const emails = ['ann@tenant.example']
    const upload = { upload: 'one', emails, excludes: 2, isLast: true }
    good(await uploadIdpUsers(stage.ask(), stage.connectionSid, upload))
    await stage.operator.post(`${stage.console}/refresh`)
    const response = await stage.operator.post(`${stage.console}/decide`, {
      version: '1',
      do: 'include',
      users: stage.people[1]!,
    })
    const words = wordsOf(await response.text())
    expect(words).toContain('1 person could not be included')
    expect(words).toContain('Map the address that the IdP knows')
  })

  it('rollout_stale: decides nothing of a list that is not the newest any more', async () => {
    await stage.frozen(stage.sid)
    await stage.frozen(stage.sid)
    const response = await stage.operator.post(`${stage.console}/decide`, {
      version: '1',
      do: 'exclude',
      reason: 'left',
      users: stage.people[0]!,
    })
    expect(response.status).toBe(409)
    expect(await response.text()).toContain('There is a newer version of the list')
    expect(await stage.memberOf(stage.sid, stage.people[0]!, 2)).toMatchObject({ included: true })
  })

  it('input: leaves nobody out without a reason, and keeps what was ticked', async () => {
    await stage.frozen(stage.sid)
    const [ann] = stage.people
    const decide = (form: Record<string, string>) =>
      stage.operator.post(`${stage.console}/decide`, { version: '1', do: 'exclude', ...form })
    const response = await decide({ users: ann! })
    expect(response.status).toBe(400)
    const page = await response.text()
    expect(page).toContain('Enter a reason for the exclusion.')
    expect(page).toMatch(new RegExp(`value="${ann}" checked`))
    expect(wordsOf(await (await decide({ reason: 'left' })).text())).toContain('at least one row')
    expect(await stage.memberOf(stage.sid, ann!, 1)).toMatchObject({ included: true })
  })

  it('asks for a tick of its own for people who went out by themselves, and says why', async () => {
    const customer = await stage.link()
    const list = async (emails: readonly string[]) => {
      const upload = { upload: `list-${emails.length}`, emails, excludes: 3, isLast: true }
      good(await uploadIdpUsers(stage.ask(), stage.connectionSid, upload))
    }
    await stage.frozen(stage.sid)
    await list(EMAILS.slice(0, 1))
    await customer.post(`${stage.portal}/refresh`)
    const page = await textOf(customer, stage.portal)
    expect(wordsOf(page)).toContain('2 people excluded automatically stay out')
    const rows = wordsOf(await textOf(customer, `${stage.portal}/list?included=no&decided=no`))
    expect(rows).toMatch(/not among the 1 address that operator \S+ uploaded/)
    const say = { version: '1', includedExistInIdP: 'true' }
    const refused = await customer.post(`${stage.portal}/review`, say)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toMatch(/id="automaticStayOut"[^>]*aria-invalid="true"/)
    const both = { ...say, automaticStayOut: 'true' }
    expect((await customer.post(`${stage.portal}/review`, both)).status).toBe(303)
    expect((await rolloutNow()).reviewedVersion).toBe(1)
    await list(EMAILS)
    await customer.post(`${stage.portal}/refresh`)
    expect(wordsOf(await textOf(customer, stage.portal))).toContain('3 people included')
    expect((await rolloutNow()).reviewedVersion).toBeNull()
  })

  it('comes back to the list, and to no other address', async () => {
    await stage.frozen(stage.sid)
    for (const here of ['https://evil.example/', '//evil.example', '?x=//evil.example', '/../..']) {
      const form = { version: '1', do: 'include', users: stage.people[0]!, here }
      const response = await stage.operator.post(`${stage.console}/decide`, form)
      expect(landedAt(response)).toBe(`${stage.console}/list (rows_decided)`)
    }
  })
})

describe('the go-ahead', () => {
  it('asks for a reason where people were not informed, and lists what else is missing', async () => {
    const version = `${await stage.enabled(stage.sid)}`
    const customer = await stage.link()
    const before = await textOf(customer, stage.portal)
    expect(before).toContain('Reason for going ahead before everyone is informed')
    const refused = await customer.post(`${stage.portal}/go-ahead`, { version })
    expect(refused.status).toBe(409)
    const page = await refused.text()
    expect(page).toContain('href="#uninformedReason"')
    expect(page).toMatch(/id="uninformedReason"[^>]*aria-invalid="true"/)
    const uninformedReason = 'they were told in the canteen'
    expect(
      (await customer.post(`${stage.portal}/go-ahead`, { version, uninformedReason })).status,
    ).toBe(303)
    expect(await rolloutNow()).toMatchObject({ approvedVersion: 1, uninformedReason })
  })

  it('cannot be given before everything else holds, and says where to go', async () => {
    await stage.enabled(stage.sid)
    await stage.signOff('fail')
    const page = await textOf(await stage.link(), stage.portal)
    expect(page).not.toContain(`${stage.portal}/go-ahead`)
    expect(wordsOf(page)).toContain('Both sides have signed off the current configuration')
    expect(page).toContain('href="/setup#test"')
  })
})

describe('enforcement', () => {
  const enforce = (form: Record<string, string>) =>
    stage.operator.post(`${stage.console}/enforce`, { version: '1', when: 'now', ...form })

  it('rollout_locks_out: everybody only for the number that is locked out, typed', async () => {
    await stage.approved(stage.sid)
    await stage.prove([stage.people[0]!])
    const page = wordsOf(await textOf(stage.operator, stage.console))
    expect(page).toContain('2 of 3 people have not logged in through this IdP yet')
    for (const lockedOut of ['', '0', '1', '3', '99', 'yes']) {
      const response = await enforce({ scope: 'all', lockedOut })
      expect([lockedOut, response.status]).toEqual([lockedOut, 409])
      expect(await response.text()).toMatch(/id="lockedOut"[^>]*aria-invalid="true"/)
    }
    expect(await stage.methodsOf(stage.people)).toEqual(Array(3).fill('sso_enabled'))
    expect((await enforce({})).status).toBe(303)
    expect(await stage.methodsOf(stage.people)).toEqual([
      'sso_enforced',
      'sso_enabled',
      'sso_enabled',
    ])
    expect((await enforce({ scope: 'all', lockedOut: '2' })).status).toBe(303)
    expect(await stage.methodsOf(stage.people)).toEqual(Array(3).fill('sso_enforced'))
  })

  it('never says that nobody is locked out while enforced people have never signed in', async () => {
    await stage.prove([stage.people[0]!])
    await stage.enforced(stage.sid, { scope: 'all', lockedOut: 2 })
    const customer = await stage.link()
    for (const [visitor, path] of [
      [stage.operator, stage.console],
      [customer, stage.portal],
    ] as const) {
      const page = wordsOf(await textOf(visitor, path))
      expect(page).toContain('Enforced, never signed in: 2 people')
      expect(page).toContain('2 enforced, never signed in')
      expect(page).not.toMatch(/No one would be locked out|Enforcing locks no one out/)
    }
    const list = await textOf(customer, `${stage.portal}/list?unproved=yes`)
    expect([list.includes(EMAILS[0]!), list.includes(EMAILS[1]!)]).toEqual([false, true])
    expect(actionsOf(await textOf(customer, stage.portal))).not.toContain('roll-back')
    const asked = await textOf(stage.operator, `${stage.console}/roll-back/confirm?who=unproved`)
    expect(wordsOf(asked)).toContain('Give 2 people the password back?')
    const form = { who: hidden(asked, 'who'), to: hidden(asked, 'to') }
    expect((await stage.operator.post(`${stage.console}/roll-back`, form)).status).toBe(303)
    expect(await stage.methodsOf(stage.people)).toEqual([
      'sso_enforced',
      'sso_enabled',
      'sso_enabled',
    ])
    const after = wordsOf(await textOf(stage.operator, stage.console))
    expect(after).not.toContain('Enforced, never signed in')
    expect(after).toContain('2 of 3 people have not logged in through this IdP yet')
  })

  it('sets a date in UTC, and takes it away', async () => {
    await stage.approved(stage.sid)
    for (const at of ['', 'tomorrow', '2020-01-01T08:00']) {
      const response = await enforce({ when: 'date', at })
      expect([at, response.status]).toEqual([at, 400])
      expect(await response.text()).toMatch(/id="at"[^>]*aria-invalid="true"/)
    }
    const date = new Date(Date.now() + 5 * DAY).toISOString().slice(0, 16)
    expect((await enforce({ when: 'date', at: date })).status).toBe(303)
    expect((await rolloutNow()).enforceAt).toBe(Date.parse(`${date}Z`))
    expect(wordsOf(await textOf(stage.operator, stage.console))).toContain(
      instantInWords(Date.parse(`${date}Z`)),
    )
    expect((await stage.operator.post(`${stage.console}/schedule/remove`)).status).toBe(303)
    expect((await rolloutNow()).enforceAt).toBeNull()
    expect(await stage.methodsOf(stage.people)).toEqual(Array(3).fill('sso_enabled'))
  })

  it('gives passwords back to all, and to some who are ticked', async () => {
    await stage.prove(stage.people)
    await stage.enforced(stage.sid)
    const [ann, ben, cem] = stage.people
    const some = { version: '1', do: 'sso_enabled', users: ben!, reason: 'is abroad' }
    expect((await stage.operator.post(`${stage.console}/decide`, some)).status).toBe(303)
    expect(await stage.methodsOf([ann!, ben!, cem!])).toEqual([
      'sso_enforced',
      'sso_enabled',
      'sso_enforced',
    ])
    await stage.operator.post(`${stage.console}/roll-back`, { to: 'password' })
    expect(await stage.methodsOf(stage.people)).toEqual(Array(3).fill('password'))
    // Whatever else holds or not.
    await db
      .update(connections)
      .set({ state: 'suspended' })
      .where(eq(connections.sid, stage.connectionSid))
    expect(
      (await stage.operator.post(`${stage.console}/roll-back`, { to: 'password' })).status,
    ).toBe(303)
  })

  it('is the customer’s too, where the link says so: with the number, and whom the app knows not', async () => {
    await stage.prove(stage.people)
    await stage.enforced(stage.sid)
    const [ann = '', ben = '', cem = ''] = stage.people
    await db.update(users).set({ hasPassword: false }).where(eq(users.sid, cem))
    const customer = await stage.link(['rollBack'])
    expect(await textOf(customer, stage.portal)).toContain(`${stage.portal}/roll-back`)
    const page = await textOf(customer, `${stage.portal}/roll-back`)
    expect(wordsOf(page)).toContain('No password in the app: 1 person')
    expect(wordsOf(page)).toContain('3 people may use SSO only')
    expect(page.indexOf('cem@tenant.example')).toBeGreaterThan(0)
    const confirm = (query: string) =>
      customer.get(`${stage.portal}/roll-back/confirm?to=sso_enabled&${query}`)
    for (const email of ['', 'nobody@tenant.example'])
      expect((await confirm(`who=person&email=${email}`)).status).toBe(400)
    const one = await (await confirm(`who=person&email=${EMAILS[0]}`)).text()
    expect(wordsOf(one)).toContain(`Give ${EMAILS[0]} the password back?`)
    const form = { who: 'person', to: 'sso_enabled', user: hidden(one, 'user') }
    expect((await customer.post(`${stage.portal}/roll-back`, form)).status).toBe(303)
    expect(await stage.methodsOf([ann, ben, cem])).toEqual([
      'sso_enabled',
      'sso_enforced',
      'sso_enforced',
    ])
    const all = await (await confirm('who=all')).text()
    expect(wordsOf(all)).toContain('Give 2 people the password back?')
    expect(all).toContain('value="keep_sso"')
    const order = { who: 'all', to: 'sso_enabled', withoutPassword: 'keep_sso' }
    expect((await customer.post(`${stage.portal}/roll-back`, order)).status).toBe(303)
    expect(await stage.methodsOf([ben, cem])).toEqual(['sso_enabled', 'sso_enforced'])
    const without = await stage.link()
    expect((await without.get(`${stage.portal}/roll-back`)).status).toBe(403)
    expect(await textOf(without, stage.portal)).not.toContain('/roll-back')
  })

  it('is the operator’s: a customer who may test everything cannot', async () => {
    await stage.approved(stage.sid)
    const customer = await stage.link()
    const before = await db.select().from(rollouts).where(eq(rollouts.sid, stage.sid))
    for (const [step, form] of Object.entries({
      enforce: { version: '1', scope: 'proved' },
      'schedule/remove': {},
      'roll-back': { to: 'password' },
      enable: { version: '1' },
      inform: { version: '1', by: 'hand' },
      freeze: {},
      decide: { version: '1', do: 'password', users: stage.people[0]! },
    }))
      expect([step, (await customer.post(`${stage.portal}/${step}`, form)).status]).toEqual([
        step,
        403,
      ])
    expect(await db.select().from(rollouts).where(eq(rollouts.sid, stage.sid))).toEqual(before)
    expect(await stage.methodsOf(stage.people)).toEqual(Array(3).fill('sso_enabled'))
  })
})

describe('informing', () => {
  const NOTICE = { subject: 'From {date}', text: 'Hello {firstName}: {link}', do: 'save' }

  it('keeps what was written, and says what it cannot fill in', async () => {
    const response = await stage.operator.post(`${stage.console}/notice`, NOTICE)
    expect(response.status).toBe(400)
    const page = await response.text()
    expect(page).toContain('value="From {date}"')
    expect(page).toMatch(/id="date"[^>]*aria-invalid="true"/)
    const shown = { ...NOTICE, date: 'Monday', link: 'https://app.example/login', do: 'preview' }
    const preview = await stage.operator.post(`${stage.console}/notice`, shown)
    expect(wordsOf(await preview.text())).toContain('Hello Ann: https://app.example/login')
    expect((await rolloutNow()).notice).toBeNull()
  })

  it('sends where the deployment can, and says that some were not taken', async () => {
    await stage.enabled(stage.sid)
    const form = { ...NOTICE, date: 'Monday', link: 'https://app.example/login' }
    await stage.operator.post(`${stage.console}/notice`, form)
    const send = { version: '1', by: 'email' }
    // The tests' deployment has a binding and no address to send from.
    expect((await stage.operator.post(`${stage.console}/inform`, send)).status).toBe(503)
    expect(wordsOf(await textOf(stage.operator, stage.console))).not.toContain(
      'Send the notice by e-mail',
    )

    const able = openBrowser({ ...env, MAIL_FROM: 'sso@vendor.example' })
    for (const [name, value] of stage.operator.cookies) able.cookies.set(name, value)
    expect(wordsOf(await textOf(able, stage.console))).toContain('Send to 3 people')
    const first = await able.post(`${stage.console}/inform`, send)
    expect(wordsOf(await first.text())).toContain('Sending notice')
    const last = await able.post(`${stage.console}/inform`, send)
    // The simulated binding takes mail for Ann alone.
    expect(landedAt(last)).toMatch(/ \(people_informed_in_part\)$/)
    expect(wordsOf(await textOf(able, stage.console))).toContain('Informed: 1 of 3 people')
  })
})
