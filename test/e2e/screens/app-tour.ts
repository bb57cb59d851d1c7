// From an app through the front door and back, and the page for an app that nobody has registered.
import type { Page } from 'playwright-core'
import { comeIn, enterEmail, expectInApp } from '../cases/app-steps.ts'
import { bob, carol, expectHeading } from '../cases/steps.ts'
import type { App } from '../harness/apps.ts'
import type { Shot } from './console-tour.ts'

export async function tourApp(origin: string, app: App, page: Page, shot: Shot): Promise<void> {
  await page.goto(app.loginURL)
  await shot('front-door-for-app', page)
  await enterEmail(page, carol.mail)
  await expectHeading(page, 'Your password, please')
  await shot('app-password', page)
  await page.goto(app.loginURL)
  await comeIn(page, bob)
  await expectInApp(page, app, bob)
  await shot('app-signed-in', page)
  await page.goto(
    `${origin}/oauth2/authorize?client_id=${app.clientSid}&redirect_uri=https://a.example`,
  )
  await shot('app-redirect-refused', page)
}
