// WebKit, which Safari is made of: Debian's MiniBrowser, by WebKitWebDriver (W3C WebDriver). A
// driver has one session, so each tab has a driver of its own.
import { globSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { findFreePort } from '../ports.ts'
import { WEBKIT_DRIVER, XVFB } from '../preflight.ts'
import { start, type Started } from '../processes.ts'
import {
  ANSWER_MILLISECONDS,
  SilentBrowser,
  type OpenTab,
  type TabCookie,
  type TestBrowser,
} from './tab.ts'

/** The key of an element's reference (WebDriver §12). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

export async function launchWebKit(runFolder: string, run: string): Promise<TestBrowser> {
  const [miniBrowser] = globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser')
  if (!miniBrowser) throw new Error('libwebkit2gtk has no MiniBrowser')
  const screen = await startScreen(`${runFolder}/${run}-xvfb`)
  let version = ''
  let number = 0
  const openTab = async (): Promise<OpenTab> => {
    number += 1
    const port = await findFreePort()
    const started = start({
      folder: `${runFolder}/${run}-webkit-${number}`,
      cwd: runFolder,
      command: WEBKIT_DRIVER,
      arguments: [`--port=${port}`],
      // What it keeps is gone with the run.
      environment: { DISPLAY: screen.display, HOME: runFolder, WEBKIT_FORCE_SANDBOX: '0' },
    })
    const session = await openSession(`http://127.0.0.1:${port}`, miniBrowser, started)
    version = session.version
    return {
      driver: session.driver,
      async close() {
        await session.end().catch(() => undefined)
        await started.stop()
      },
    }
  }
  // Its version is what a session says.
  await (await openTab()).close()
  return { name: 'WebKit', version, openTab, close: screen.stop }
}

async function openSession(base: string, miniBrowser: string, started: Started) {
  const ask = async (method: string, path: string, body?: object): Promise<any> => {
    const response = await fetch(base + path, {
      method,
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error) => {
      throw new SilentBrowser(`WebKit does not answer ${method} ${path}: ${error}`)
    })
    const { value } = (await response.json()) as { value: any }
    if (!response.ok) throw new Error(`WebKit: ${value.error} ${value.message}`)
    return value
  }
  await isReady(ask, started)
  const options = { binary: miniBrowser, args: ['--automation'] }
  const alwaysMatch = {
    browserName: 'MiniBrowser',
    acceptInsecureCerts: true,
    timeouts: { pageLoad: ANSWER_MILLISECONDS / 2 },
    'webkitgtk:browserOptions': options,
  }
  const { sessionId, capabilities } = await ask('POST', '/session', {
    capabilities: { alwaysMatch },
  })
  const of = (path: string) => `/session/${sessionId}${path}`
  const element = async (xpath: string) => {
    const found = await ask('POST', of('/element'), { using: 'xpath', value: xpath })
    return of(`/element/${found[ELEMENT]}`)
  }
  const read = async (xpath: string, what: string): Promise<string | undefined> => {
    const query = { using: 'xpath', value: xpath }
    const [first] = await ask('POST', of('/elements'), query)
    return first && ask('GET', of(`/element/${first[ELEMENT]}/${what}`))
  }
  return {
    version: String(capabilities.browserVersion),
    driver: {
      open: (url: string) => ask('POST', of('/url'), { url }),
      back: () => ask('POST', of('/back'), {}),
      reload: () => ask('POST', of('/refresh'), {}),
      url: () => ask('GET', of('/url')),
      async fill(xpath: string, text: string) {
        const path = await element(xpath)
        await ask('POST', `${path}/clear`, {})
        await ask('POST', `${path}/value`, { text })
      },
      click: async (xpath: string) => ask('POST', `${await element(xpath)}/click`, {}),
      text: async (xpath: string) => (await read(xpath, 'text'))?.trim(),
      value: (xpath: string) => read(xpath, 'property/value'),
      cookies: (): Promise<TabCookie[]> => ask('GET', of('/cookie')),
      picture: async () => Buffer.from(await ask('GET', of('/screenshot')), 'base64'),
    },
    end: () => ask('DELETE', of('')),
  }
}

async function isReady(ask: (method: string, path: string) => Promise<unknown>, started: Started) {
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline) {
    if (await ask('GET', '/status').catch(() => undefined)) return
    await delay(100)
  }
  await started.stop()
  throw new Error(`WebKitWebDriver does not answer\n${started.log().slice(-800)}`)
}

/** An X server without a screen, on a display that it chooses. */
async function startScreen(folder: string): Promise<{ display: string; stop(): Promise<void> }> {
  const size = '-screen 0 1280x1024x24 -nolisten tcp -displayfd 1'
  const started = start({ folder, cwd: '/', command: XVFB, arguments: size.split(' ') })
  const deadline = Date.now() + 30_000
  let number: string | undefined
  while (!(number = /^(\d+)\n/m.exec(started.log())?.[1])) {
    if (Date.now() > deadline) {
      await started.stop()
      throw new Error(`Xvfb does not start\n${started.log().slice(-800)}`)
    }
    await delay(50)
  }
  return { display: `:${number}`, stop: () => started.stop() }
}
