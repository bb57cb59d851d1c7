// Apps made with the libraries whose settings docs/apps.md shows: a login from the front door, and
// its end from our side.
import type { AppKind } from '../harness/apps.ts'
import type { Case } from '../harness/runner.ts'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { comeIn, openUntil } from './app-steps.ts'
import { alice, expectHeading } from './steps.ts'

const LIBRARIES: { kind: AppKind; name: string }[] = [
  { kind: 'authJs', name: 'Auth.js' },
  { kind: 'passport', name: 'Passport with openid-client' },
  { kind: 'passportOpenIDConnect', name: 'Passport with passport-openidconnect' },
]

export const libraries: Case[] = LIBRARIES.map(({ kind, name }) => ({
  name: `an app with ${name} signs in, and is told of the end`,
  idps: ['demo'],
  async play(stage) {
    const app = await stage.openApp(kind)
    const page = await (await stage.visit()).newPage()
    await page.goto(app.origin)
    await expectHeading(page, 'Nobody is signed in')
    await page.goto(app.loginURL)
    if (kind === 'authJs') await page.getByRole('button', { name: 'Gatepost' }).click()
    await comeIn(page, alice)
    await expectHeading(page, `Signed in as ${alice.mail} of ${tenantSid}`)
    await page.goto(`${stage.origin}/logout`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expectHeading(page, 'You are signed out')
    await openUntil(page, app.origin, 'Nobody is signed in')
  },
}))
