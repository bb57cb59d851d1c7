// An assertion with several different e-mails is the person’s whose NameID is bound, and nobody
// else’s.
import { describe, expect, it } from 'vitest'
import { aliases } from '../../../src/platform/db/schema.ts'
import { openBrowser } from '../../support/browser.ts'
import { as, createWorld, db, type World } from '../../support/world.ts'

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
const NAMES = { firstName: 'Ann', lastName: 'Ford' }

const ann = { nameID: 'ann-1', nameIDFormat: PERSISTENT }
const both = { ...NAMES, email: ['ann.ford@t.example', 'ann@t.example'] }

async function end(world: World) {
  const { attempts, sessions, nameIDs } = await world.rows()
  const { code, userSid, checks, testValues } = attempts.at(-1)!
  return { code, userSid, checks, testValues, sessions, nameIDs }
}

/** Ann, who has logged in once with one e-mail. */
async function boundAnn() {
  const world = await createWorld()
  const userSid = await world.addUser('ann@t.example')
  await world.login('ann@t.example', ann)
  return { world, userSid }
}

describe('several e-mails', () => {
  it('sign in the user who is bound to the NameID, with the e-mail that is hers', async () => {
    const { world, userSid } = await boundAnn()
    await world.login('ann@t.example', { ...ann, attributes: both })
    const { code, sessions, nameIDs } = await end(world)
    expect(code).toBe(null)
    expect(sessions.at(-1)).toMatchObject({ userSid, principal: { email: 'ann@t.example' } })
    expect(nameIDs).toHaveLength(1)
  })

  it('sign in by an alias too, and where the bound NameID is the e-mail', async () => {
    const { world, userSid } = await boundAnn()
    const alias = { connectionSid: world.connectionSid, emailKey: 'a.ford@t.example', userSid }
    await db.insert(aliases).values({ ...alias, createdBy: 'x', createdAt: 1 })
    const email = ['nobody@t.example', 'A.Ford@t.example']
    await world.login('ann@t.example', { ...ann, attributes: { ...NAMES, email } })
    expect(await end(world)).toMatchObject({ code: null, userSid })
    const benSid = await world.addUser('ben@t.example')
    await world.login('ben@t.example')
    const his = { ...NAMES, email: ['nobody@t.example', 'Ben@t.example'] }
    await world.login('ben@t.example', { attributes: his })
    expect(await end(world)).toMatchObject({ code: null, userSid: benSid })
  })

  it.each([
    ['another NameID', { ...ann, nameID: 'ann-2' }],
    ['another format', { ...ann, nameIDFormat: null }],
    ['a transient NameID', { nameID: 'ann-1', nameIDFormat: TRANSIENT }],
    ['an e-mail as NameID, which is bound to nobody', {}],
  ])('are refused with %s, and leave nothing', async (_, answer) => {
    const { world } = await boundAnn()
    await world.login('ann@t.example', { ...answer, attributes: both })
    const { code, userSid, checks, testValues, sessions, nameIDs } = await end(world)
    expect({ code, userSid, testValues }).toEqual({
      code: 'email_ambiguous',
      userSid: null,
      testValues: null,
    })
    expect(checks.filter(({ ok }) => !ok)).toMatchObject([
      { code: 'email_ambiguous', received: '2: a…@t.example, a…@t.example' },
    ])
    expect(JSON.stringify(checks)).not.toContain('ann.ford')
    expect(sessions).toHaveLength(1)
    expect(nameIDs).toHaveLength(1)
  })

  it('never sign in a colleague with a NameID of her own', async () => {
    const { world } = await boundAnn()
    await world.addUser('eve@t.example')
    const eve = { nameID: 'eve-1', nameIDFormat: PERSISTENT }
    await world.login('eve@t.example', eve)
    const attributes = { ...NAMES, email: ['ann@t.example', 'ann.ford@t.example'] }
    await world.login('ann@t.example', { ...eve, attributes })
    expect(await end(world)).toMatchObject({ code: 'email_ambiguous', userSid: null })
  })

  it('of users of another tenant are nobody’s', async () => {
    const { world } = await boundAnn()
    const other = await createWorld()
    await other.login('ann@t.example', { ...ann, attributes: both })
    expect(await end(other)).toMatchObject({ code: 'email_ambiguous' })
    expect(world.tenantSid).not.toBe(other.tenantSid)
  })

  it('are shown in full for a test sign-in', async () => {
    const world = await createWorld()
    await world.addUser('ann@t.example')
    const browser = openBrowser()
    const departure = await world.begin(browser, '?test')
    const answer = { ...as('ann@t.example'), ...ann, attributes: both }
    const message = await world.idp(departure.requestID).respond(answer)
    await world.deliver(browser, message, departure.relayState)
    expect(await end(world)).toMatchObject({
      code: 'email_ambiguous',
      testValues: { emails: ['ann.ford@t.example', 'ann@t.example'] },
    })
  })
})

describe('a connection whose people may have one name', () => {
  it('signs them in, and tells the app the name that there is', async () => {
    const world = await createWorld({ connection: { optionalNames: ['lastName'] } })
    await world.addUser('suharto@t.example')
    const email = 'suharto@t.example'
    await world.login(email, { attributes: { email, firstName: 'Suharto' } })
    expect((await end(world)).sessions).toMatchObject([
      { principal: { firstName: 'Suharto', lastName: '' } },
    ])
    await world.login(email, { attributes: { email, lastName: 'Suharto' } })
    expect(await end(world)).toMatchObject({ code: 'attribute_missing' })
  })
})
