// Takes pictures of every page: `node test/e2e/screenshots.ts [PART OF A NAME]`.
// The pictures that a document shows go to docs/screens: desktop, light, lossless WebP.
// All pictures (desktop and phone, light and dark) go to .screens, which git ignores.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import sharp from 'sharp'
import { enterCode, makeOwner, unmakeOwner } from './cases/recovery.ts'
import { alice, carol, expectHeading, logIn } from './cases/steps.ts'
import { startApp } from './harness/apps.ts'
import { forgetAccounts, missingPrograms } from './harness/preflight.ts'
import { openVisit } from './harness/visit.ts'
import { setScene, type Scene } from './harness/scene.ts'
import { openWorld, type World } from './harness/world.ts'
import {
  createSetupLink,
  createTenantAndConnection,
  signInToConsole,
} from './cases/console-steps.ts'
import { shownPictures } from '../support/documents.ts'
import { tourApp } from './screens/app-tour.ts'
import { prepareScenery } from './screens/console-scenery.ts'
import { tourConsole, tourPortal, type Shot } from './screens/console-tour.ts'
import { tourRollout } from './screens/rollout-tour.ts'
import { prepareRoom, type Room } from './screens/validation-scenery.ts'
import { tourValidation } from './screens/validation-tour.ts'

const ALL = fileURLToPath(new URL('../../.screens/', import.meta.url))
const SHOWN = fileURLToPath(new URL('../../docs/screens/', import.meta.url))

const MOST_PIXELS = 3000
/** A document shows the top of a long page. */
const MOST_PIXELS_SHOWN = 1600

const SCREENS: Record<string, BrowserContextOptions> = {
  desktop: { viewport: { width: 1100, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true },
}

const COLOURS = { light: '', dark: '-dark' } as const

/** The pages in the order in which a person meets them. */
async function showAll(scene: Scene, page: Page, shot: Shot): Promise<void> {
  const { origin, startURL } = scene
  await page.goto(startURL)
  await shot('idp-login', page)
  await logIn(page, alice)
  await expectHeading(page, `Signed in as ${alice.givenName} ${alice.sn}`)
  await shot('signed-in', page)
  await page.goto(`${origin}/logout`)
  await shot('sign-out', page)
  await page.goto(`${origin}/oauth2/logout`)
  await shot('sign-out-by-app', page)
  await page.goto(`${origin}/oauth2/logout?id_token_hint=changed`)
  await shot('sign-out-by-app-refused', page)
  await page.goto(`${origin}/logout`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expectHeading(page, 'You are signed out')
  await shot('signed-out', page)
  await page.goto(startURL)
  await logIn(page, carol)
  await expectHeading(page, 'Single sign-on is off for your account')
  await shot('refused', page)
}

/** Is left at once where scripts run. */
async function showInterstitial(scene: Scene, page: Page, shot: Shot): Promise<void> {
  await page.goto(scene.startURL)
  await expectHeading(page, 'Taking you to your sign-in page')
  await shot('post-without-script', page)
}

/** The way in for the day when the IdP is down. */
async function showRecovery(world: World, { origin }: Scene, page: Page, shot: Shot) {
  const [code = ''] = await makeOwner(world)
  await page.goto(`${origin}/login`)
  await shot('front-door', page)
  await page.goto(`${origin}/login/recovery?login_hint=${encodeURIComponent(alice.mail)}`)
  await shot('recovery', page)
  await enterCode(page, 'ABCD-EFGH-JKMN-PQRS')
  await page.getByRole('alert').waitFor()
  await shot('recovery-refused', page)
  await enterCode(page, code)
  await expectHeading(page, 'Recovery code accepted')
  await shot('recovery-good', page)
  await unmakeOwner(world)
}

/** Console and setup portal, whose pages are longer than a screen. */
async function showDoors(
  world: World,
  scene: Scene,
  options: BrowserContextOptions,
  shot: Shot,
  screen: string,
): Promise<void> {
  const tour = { ...scene, database: world.database }
  const operator = await openVisit(world.browser, options)
  const page = await operator.newPage()
  await tourConsole(tour, page, shot, screen)
  await page.goto(`${scene.origin}/console/tenants`)
  await createTenantAndConnection(page, {
    tenant: `Hooli, ${screen}`,
    connection: 'Single sign-on',
  })
  const link = await createSetupLink(page, 'Ann Admin')
  const customer = await openVisit(world.browser, options)
  await tourPortal(tour, await customer.newPage(), shot, link)
  const pages = { operator: page, customer: await customer.newPage() }
  await tourRollout(tour, pages, shot, screen)
}

/** Both sides at once, watching the same connection. */
async function showRoom(
  world: World,
  room: Room,
  options: BrowserContextOptions,
  shot: Shot,
): Promise<void> {
  const operator = await openVisit(world.browser, options)
  const customer = await openVisit(world.browser, options)
  const page = await operator.newPage()
  await signInToConsole(world, page)
  await tourValidation(world.origin, room, page, await customer.newPage(), shot)
  // A room that nobody watches any more need not be asked about.
  await Promise.all([operator.context.close(), customer.context.close()])
}

/** The page as it is, but not longer than anybody looks at a picture. */
async function cut(page: Page) {
  const { width, height } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    height: document.documentElement.scrollHeight,
  }))
  return { x: 0, y: 0, width, height: Math.min(height, MOST_PIXELS) }
}

/**
 * Writes what a document shows of a page: lossless WebP is the smallest form of a page's few
 * colours.
 */
async function showInDocuments(name: string, picture: Buffer): Promise<void> {
  const image = sharp(picture)
  const { width, height } = await image.metadata()
  const top = { left: 0, top: 0, width, height: Math.min(height, MOST_PIXELS_SHOWN) }
  await image.extract(top).webp({ lossless: true, effort: 6 }).toFile(`${SHOWN}${name}.webp`)
}

const filter = new RegExp(process.argv[2] ?? '')
const shown = shownPictures()
const missing = missingPrograms()
if (missing.length > 0) {
  for (const line of missing) console.error(line)
  process.exit(2)
}
forgetAccounts()
for (const folder of [ALL, SHOWN]) mkdirSync(folder, { recursive: true })
const world = await openWorld()
try {
  // People log in through the connection that was made last.
  const posting = await setScene(world, 'demo', { connection: { requestBinding: 'HTTP-POST' } })
  const scene = await setScene(world, 'demo', {})
  await prepareScenery(world.database, scene)
  const rooms: Record<string, Room> = {}
  for (const screen of Object.keys(SCREENS))
    rooms[screen] = await prepareRoom(world.database, world.origin, screen)
  const app = await startApp(world, 'node', { name: 'Customer portal' })
  world.closers.add(app.stop)
  for (const [screen, options] of Object.entries(SCREENS)) {
    const shot: Shot = async (name, page) => {
      if (!filter.test(name)) return
      await page.waitForLoadState()
      for (const [colorScheme, suffix] of Object.entries(COLOURS)) {
        await page.emulateMedia({ colorScheme: colorScheme as keyof typeof COLOURS })
        const picture = await page.screenshot({ fullPage: true, clip: await cut(page) })
        const file = `${name}-${screen}${suffix}.png`
        // Pages have few colours: a palette keeps the pictures small.
        const { size } = await sharp(picture)
          .png({ palette: true, colours: 128, effort: 10 })
          .toFile(ALL + file)
        console.log(`${file} ${Math.ceil(size / 1024)} KB`)
        if (screen === 'desktop' && colorScheme === 'light' && shown.has(name))
          await showInDocuments(name, picture)
      }
    }
    const visit = await openVisit(world.browser, options)
    await showAll(scene, await visit.newPage(), shot)
    await showRecovery(world, scene, await visit.newPage(), shot)
    const visitor = await openVisit(world.browser, options)
    await tourApp(scene.origin, app, await visitor.newPage(), shot)
    const bare = await openVisit(world.browser, { ...options, javaScriptEnabled: false })
    await showInterstitial(posting, await bare.newPage(), shot)
    await showDoors(world, scene, options, shot, screen)
    await showRoom(world, rooms[screen]!, options, shot)
  }
} finally {
  await world.close()
}
