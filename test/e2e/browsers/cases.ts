// What each browser must be able to do against `npm start`, over http and over https.
import assert from 'node:assert/strict'
import type { Tab } from '../harness/browsers/tab.ts'
import { SCHEMES, type Demo } from '../harness/demo.ts'
import { again } from './again.ts'
import { alice, bob, carol, logIn, nameOf, type BrowserCase } from './stage.ts'
import { withoutKV } from './without-kv.ts'

/** Our cookies, and no other: named and flagged as the origin demands. */
async function expectCookies(tab: Tab, { scheme }: Demo, names: string[]): Promise<void> {
  const [prefix, secure] = scheme === 'https' ? ['__Host-', true] : ['local-', false]
  const ours = (await tab.cookies()).filter(({ name }) => /^(?:__Host-|local-)/.test(name))
  for (const { name, sameSite, ...flags } of ours) {
    assert(name.startsWith(prefix), name)
    assert.deepEqual([flags.secure, flags.httpOnly], [secure, true], name)
    assert.equal(sameSite.toLowerCase(), 'lax', name)
  }
  for (const name of names) assert(ours.some((one) => one.name === prefix + name))
}

export const browserCases: BrowserCase[] = [
  {
    name: 'login from our side, logout to the tenant’s page',
    isShort: true,
    schemes: SCHEMES,
    async play({ demo, openTab, show }) {
      const tab = await openTab()
      await tab.open(demo.startURL)
      await logIn(tab, alice)
      await tab.expectHeading(`Signed in as ${nameOf(alice)}`)
      await expectCookies(tab, demo, ['session'])
      await show('signed-in', tab)
      await tab.press('Sign out')
      await tab.expectURL(`${demo.idpOrigin}/signed-out`)
      await tab.open(`${demo.origin}/`)
      await tab.expectHeading('You are not signed in')
    },
  },
  {
    name: 'login from the IdP’s side',
    schemes: SCHEMES,
    async play({ demo, openTab }) {
      const tab = await openTab()
      await tab.open(`${demo.idpOrigin}/unsolicited`)
      await logIn(tab, bob)
      await tab.expectHeading(`Signed in as ${nameOf(bob)}`)
      await expectCookies(tab, demo, ['session'])
    },
  },
  {
    name: 'refusal with a reference',
    schemes: SCHEMES,
    async play({ demo, openTab, show }) {
      const tab = await openTab()
      await tab.open(demo.startURL)
      await logIn(tab, carol)
      await tab.expectHeading('Single sign-on is off for your account')
      assert.match(await tab.text('//main'), /AT[0-9a-f]{32}/)
      await show('refused', tab)
      await tab.open(`${demo.origin}/`)
      await tab.expectHeading('You are not signed in')
    },
  },
  {
    name: 'back button and reload after a login',
    schemes: SCHEMES,
    async play({ demo, openTab, show }) {
      const tab = await openTab()
      await tab.open(`${demo.startURL}?from=back`)
      await logIn(tab, bob)
      await tab.expectURL(`${demo.origin}/?from=back`)
      await tab.reload()
      await tab.expectHeading(`Signed in as ${nameOf(bob)}`)
      await tab.back()
      await show('back', tab)
      // What is there is the IdP's own: it asks again, or says that this login is over.
      await tab.open(demo.startURL)
      await logIn(tab, alice)
      await tab.expectHeading(`Signed in as ${nameOf(alice)}`)
    },
  },
  {
    name: 'forty logins begun: the first and the last end where they led',
    schemes: ['http'],
    async play({ demo, openTab }) {
      const tab = await openTab()
      const atIdP: string[] = []
      for (let number = 0; number < 40; number += 1) {
        await tab.open(`${demo.startURL}?tab=${number}`)
        atIdP.push(await tab.url())
      }
      for (const number of [39, 0]) {
        await tab.open(atIdP[number]!)
        await logIn(tab, number === 0 ? alice : bob)
        await tab.expectURL(`${demo.origin}/?tab=${number}`)
      }
      await tab.expectHeading(`Signed in as ${nameOf(alice)}`)
      // Many servers take no more than 8 KB of headers.
      const header = (await tab.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
      assert(header.length < 6000, `${header.length} bytes of cookies`)
    },
  },
  ...again,
  ...withoutKV,
  {
    name: 'login to an app by the front door, logout of all',
    isShort: true,
    schemes: SCHEMES,
    async play({ demo, openTab, show }) {
      const tab = await openTab()
      await tab.open(`${demo.appOrigin}/`)
      await tab.press('Sign in')
      await tab.fill('E-mail', 'nobody@elsewhere.example')
      await show('front-door', tab)
      await tab.press('Continue')
      await tab.expectHeading('Your password, please')
      await tab.open(`${demo.appOrigin}/`)
      await tab.press('Sign in')
      await tab.fill('E-mail', bob.mail)
      await tab.press('Continue')
      await tab.follow('Sign in through your company')
      await logIn(tab, bob)
      await tab.expectURL(`${demo.appOrigin}/`)
      await tab.expectHeading(`Signed in as ${nameOf(bob)}`)
      await show('app', tab)
      await tab.press('Sign out')
      await tab.expectURL(`${demo.idpOrigin}/signed-out`)
      await tab.open(`${demo.appOrigin}/`)
      await tab.expectHeading('Nobody is signed in')
      await tab.open(`${demo.origin}/`)
      await tab.expectHeading('You are not signed in')
    },
  },
  {
    name: 'a second app without a question',
    // The example at the edge names its cookies by the origin of Gatepost, and is served over http.
    schemes: ['http'],
    async play({ demo, openTab }) {
      const tab = await openTab()
      await tab.open(demo.startURL)
      await logIn(tab, alice)
      await tab.expectHeading(`Signed in as ${nameOf(alice)}`)
      await tab.open(`${demo.edgeOrigin}/some/page?x=1`)
      await tab.expectURL(`${demo.edgeOrigin}/some/page?x=1`)
      await tab.expectHeading('Signed in')
    },
  },
  {
    name: 'console: tenant, connection, setup link; portal: settings',
    schemes: SCHEMES,
    async play({ demo, openTab, show }) {
      const operator = await openTab()
      await operator.open(await demo.signInLink())
      await operator.expectHeading('Sign in as olga')
      await operator.press('Sign in')
      await operator.expectHeading('Home')
      await expectCookies(operator, demo, ['console'])
      await operator.follow('New tenant')
      await operator.expectHeading('New tenant')
      await operator.fill('Name', 'Hooli')
      await operator.press('Create tenant')
      await operator.expectHeading('Hooli')
      await show('console-tenant', operator)
      await operator.follow('New connection')
      await operator.expectHeading('New connection')
      await operator.fill('Name', 'Single sign-on')
      await operator.press('Create connection')
      await operator.expectHeading('Single sign-on')
      await show('console-connection', operator)
      await operator.follow('Setup links')
      await operator.fill('Recipient', 'Ann Admin')
      await operator.press('Create setup link')
      await operator.expectHeading('New setup link')
      const link = await operator.valueOf('Setup link')

      const customer = await openTab()
      await customer.open(link)
      await customer.expectHeading('Single sign-on')
      await expectCookies(customer, demo, ['setup'])
      await show('portal', customer)
      await customer.follow('Metadata file or text')
      await customer.fill('Or its text', await (await fetch(`${demo.idpOrigin}/metadata`)).text())
      await customer.press('Preview changes')
      await customer.expectHeading('Preview of the metadata')
      await show('portal-preview', customer)
      await customer.press('Save changes')
      await customer.press('Start testing')
      await customer.valueOf('Test sign-in link')
      await customer.press('Close setup')
      await customer.expectHeading('Setup closed')
      await operator.press('Sign out')
      await operator.expectURL(`${demo.origin}/console/sign-in`)
      await operator.open(`${demo.origin}/console/tenants`)
      await operator.expectURL(`${demo.origin}/console/sign-in`)
    },
  },
]
