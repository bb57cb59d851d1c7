// Logins, apps, front door, console and portal of `npm start` in Chromium, Firefox and WebKit, over
// http and over https: `node test/e2e/browsers.ts [--short] [--write] [--pictures] [PART OF A
// NAME]`. `--write` writes docs/browsers.md. Exits 0 when all cases passed, 1 when one did not, 2
// when the machine lacks a browser.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { browserCases } from './browsers/cases.ts'
import type { BrowserCase, BrowserStage } from './browsers/stage.ts'
import { renderTable, type BrowserResult } from './browsers/table.ts'
import { expectKVDown } from './browsers/without-kv.ts'
import { launchChromium } from './harness/browsers/chromium.ts'
import { launchFirefox } from './harness/browsers/firefox.ts'
import { createTab, SilentBrowser, type OpenTab, type TestBrowser } from './harness/browsers/tab.ts'
import { launchWebKit } from './harness/browsers/webkit.ts'
import { SCHEMES, startDemo, type Demo, type Scheme } from './harness/demo.ts'
import { missingBrowsers } from './harness/preflight.ts'
import { guard } from './harness/processes.ts'

const { values: options, positionals } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    pictures: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const filter = new RegExp(positionals[0] ?? '', 'i')
const root = fileURLToPath(new URL('../../', import.meta.url))
const missing = missingBrowsers()
if (missing.length > 0) {
  for (const line of missing) console.error(line)
  process.exit(2)
}

const runFolder = mkdtempSync(`${tmpdir()}/gatepost-browsers-`)
const dismissGuard = guard(runFolder)
const results: BrowserResult[] = []

const BROWSERS = [
  { name: 'Chromium', launch: launchChromium },
  { name: 'Firefox', launch: launchFirefox },
  { name: 'WebKit', launch: launchWebKit },
] as const

const titleOf = (browser: string, scheme: Scheme, one: BrowserCase) =>
  `${browser}, ${scheme}: ${one.name}`

/** Keeps a picture where pictures are asked for. */
function keep(name: string, picture: Buffer): void {
  if (!options.pictures) return
  const folder = `${root}.screens/browsers`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/${name}.png`, picture)
}

/** Throws a SilentBrowser where the browser hangs and the case shall be played again. */
async function runCase(
  browser: TestBrowser,
  demo: Demo,
  one: BrowserCase,
  isLastTry: boolean,
): Promise<void> {
  const name = titleOf(browser.name, demo.scheme, one)
  if (!filter.test(name)) return
  const at = `${browser.name}-${demo.scheme}`
  const tabs: OpenTab[] = []
  const begun = performance.now()
  let problem: string | undefined
  const stage: BrowserStage = {
    demo,
    async openTab() {
      const tab = await browser.openTab()
      tabs.push(tab)
      return createTab(tab.driver)
    },
    show: async (picture, tab) => keep(`${picture}-${at}`, await tab.picture()),
  }
  try {
    await one.play(stage)
    if (one.isWithoutKV) await expectKVDown(stage)
  } catch (error) {
    if (error instanceof SilentBrowser && !isLastTry) throw error
    problem = error instanceof Error ? error.stack : String(error)
    for (const { driver } of tabs) {
      problem += `\n at ${(await driver.url().catch(() => '?')).split('?')[0]}`
      keep(`failed-${tabs.length}-${at}`, await driver.picture().catch(() => Buffer.of()))
    }
  } finally {
    await Promise.all(tabs.map((tab) => tab.close().catch(() => undefined)))
  }
  const took = `${Math.round(performance.now() - begun)} ms`
  console.log(`${problem === undefined ? 'ok  ' : 'FAIL'} ${name} (${took})`)
  if (problem !== undefined) console.log(problem.replaceAll(/^/gm, '       '))
  results.push({ browser, scheme: demo.scheme, case: one.name, passed: problem === undefined })
}

/** A browser that hangs is started again once: it says nothing about the product. */
async function runInBrowser(
  launch: (runFolder: string, run: string) => Promise<TestBrowser>,
  demo: Demo,
  cases: BrowserCase[],
): Promise<void> {
  let run = 0
  const open = () => launch(runFolder, `${demo.scheme}-${(run += 1)}`)
  let browser = await open().catch((error) => {
    console.log(`again: ${error}`)
    return open()
  })
  try {
    for (const one of cases) {
      try {
        await runCase(browser, demo, one, run > 1)
      } catch (error) {
        console.log(`again: ${titleOf(browser.name, demo.scheme, one)}: ${error}`)
        await browser.close()
        browser = await open()
        await runCase(browser, demo, one, true)
      }
    }
  } finally {
    await browser.close()
  }
}

/** What the demo of one run is like. */
const DEMOS = [
  ...SCHEMES.map((scheme) => ({ scheme, isWithoutKV: false })),
  { scheme: 'http', isWithoutKV: true },
] as const

async function runAll(): Promise<void> {
  for (const { scheme, isWithoutKV } of DEMOS) {
    const cases = browserCases.filter(
      (one) =>
        (one.isShort || !options.short) &&
        one.schemes.includes(scheme) &&
        !!one.isWithoutKV === isWithoutKV,
    )
    const isWanted = BROWSERS.some(({ name }) =>
      cases.some((one) => filter.test(titleOf(name, scheme, one))),
    )
    if (!isWanted) continue
    const demo = await startDemo(scheme, root, runFolder, isWithoutKV)
    try {
      for (const { name, launch } of BROWSERS) {
        // The other end-to-end tests run in Chromium anyway.
        if (options.short && name === 'Chromium') continue
        await runInBrowser(launch, demo, cases)
      }
    } finally {
      await demo.stop()
    }
  }
}

let failure: unknown
try {
  await runAll()
} catch (error) {
  failure = error
  console.error(error)
}
// After a failure something may still run: the guard ends it.
if (!failure) {
  rmSync(runFolder, { recursive: true, force: true })
  dismissGuard()
}
if (options.write && !failure) {
  const file = `${root}docs/browsers.md`
  const table = await format(renderTable(results), {
    ...(await resolveConfig(file)),
    parser: 'markdown',
  })
  writeFileSync(file, table)
}
const failed = results.filter(({ passed }) => !passed).length + (failure ? 1 : 0)
console.log(`${results.length - (failed - (failure ? 1 : 0))} passed, ${failed} failed`)
process.exit(failed > 0 || results.length === 0 ? 1 : 0)
