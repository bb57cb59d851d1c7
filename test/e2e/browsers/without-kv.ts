// Logins while KV fails from begin to finish.
import assert from 'node:assert/strict'
import { alice, bob, logIn, nameOf, type BrowserCase, type BrowserStage } from './stage.ts'

const DEEP = '/?from=reports%2F2026%2Fnovember&view=by-region&filter=open&page=12'
/** Does not fit the cookie of a login, so that only KV could keep it. */
const LONG = `/?from=${'x'.repeat(4000)}`

export const withoutKV: BrowserCase[] = [
  {
    name: 'KV down: a login, and a deep link',
    schemes: ['http'],
    isWithoutKV: true,
    async play({ demo, openTab }) {
      for (const target of ['/', DEEP]) {
        const tab = await openTab()
        await tab.open(startAt(demo.startURL, target))
        await logIn(tab, alice)
        await tab.expectURL(demo.origin + target)
        await tab.expectHeading(`Signed in as ${nameOf(alice)}`)
      }
    },
  },
  {
    name: 'KV down: a target that only KV could keep, signed in without it',
    schemes: ['http'],
    isWithoutKV: true,
    async play({ demo, openTab }) {
      const tab = await openTab()
      await tab.open(startAt(demo.startURL, LONG))
      await logIn(tab, alice)
      await tab.expectURL(`${demo.origin}/`)
      await tab.expectHeading(`Signed in as ${nameOf(alice)}`)
    },
  },
  {
    name: 'KV down: login to an app by the front door',
    schemes: ['http'],
    isWithoutKV: true,
    async play({ demo, openTab }) {
      const tab = await openTab()
      await tab.open(`${demo.appOrigin}/`)
      await tab.press('Sign in')
      await tab.fill('E-mail', bob.mail)
      await tab.press('Continue')
      await tab.follow('Sign in through your company')
      await logIn(tab, bob)
      await tab.expectURL(`${demo.appOrigin}/`)
      await tab.expectHeading(`Signed in as ${nameOf(bob)}`)
    },
  },
]

/** Such a login also ends with a KV that works: the Worker itself must say that its KV is down. */
export async function expectKVDown({ demo, openTab }: BrowserStage): Promise<void> {
  const operator = await openTab()
  await operator.open(await demo.signInLink())
  await operator.press('Sign in')
  await operator.expectHeading('Home')
  await operator.open(`${demo.origin}/console/health`)
  assert.match(
    await operator.text('//tr[contains(., "Key-value store")]'),
    /Failed\s*Does not answer/,
  )
}

function startAt(startURL: string, target: string): string {
  const url = new URL(startURL)
  url.searchParams.set('return_to', target)
  return url.href
}
