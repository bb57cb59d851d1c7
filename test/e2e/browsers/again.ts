// Logins that come again: the same response posted twice, and another account after a refusal.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBrowser } from '../../../examples/demo/browser/browser.ts'
import { SCHEMES } from '../harness/demo.ts'
import { alice, carol, logIn, nameOf, type BrowserCase } from './stage.ts'

export const again: BrowserCase[] = [
  {
    name: 'the same response posted twice: to where the login led',
    schemes: SCHEMES,
    async play({ demo, openTab }) {
      const tab = await openTab()
      await tab.open(`${demo.startURL}?from=twice`)
      await tab.valueOf('Password')
      const page = await servePage(await askIdP(await tab.url()))
      try {
        for (let post = 1; post <= 2; post++) {
          await tab.open(page.url)
          await tab.press('Post it')
          await tab.expectURL(`${demo.origin}/?from=twice`)
          await tab.expectHeading(`Signed in as ${nameOf(alice)}`)
        }
      } finally {
        page.close()
      }
    },
  },
  {
    name: 'another account after one that may not sign in: to where the login led',
    schemes: SCHEMES,
    async play({ demo, openTab }) {
      const tab = await openTab()
      await tab.open(`${demo.startURL}?from=other`)
      await logIn(tab, carol)
      await tab.expectHeading('Single sign-on is off for your account')
      await tab.follow('Use another account')
      await logIn(tab, alice)
      await tab.expectURL(`${demo.origin}/?from=other`)
      await tab.expectHeading(`Signed in as ${nameOf(alice)}`)
    },
  },
]

/** The form that the IdP would let Alice’s browser post, with a button in the place of its script. */
async function askIdP(url: string): Promise<string> {
  const { username, password } = alice
  const browser = createBrowser()
  const asking = await browser.open(url)
  const form = asking.forms.find(({ fields }) => fields.some(({ type }) => type === 'password'))!
  const button = form.buttons.find(({ value }) => value === 'login')
  const answered = await browser.submit(asking, form, button, { username, password })
  const [{ action, fields }] = answered.forms as [(typeof answered.forms)[number]]
  // The values are base64 and base64url.
  const inputs = fields.map(
    ({ name, value }) => `<input type="hidden" name="${name}" value="${value}">`,
  )
  return `<form method="post" action="${action}">${inputs.join('')}<button>Post it</button></form>`
}

/** Another site than ours, as an IdP is. */
async function servePage(html: string): Promise<{ url: string; close(): void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() }
}
