// Firefox, by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/) over its own WebSocket: each
// tab is in a user context of its own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { FIREFOX } from '../preflight.ts'
import { start } from '../processes.ts'
import {
  ANSWER_MILLISECONDS,
  SilentBrowser,
  type OpenTab,
  type TabCookie,
  type TestBrowser,
} from './tab.ts'

/** It stays on this machine: nothing is updated, measured or looked up. */
const PREFERENCES = {
  'app.update.auto': false,
  'app.normandy.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': 'data:,',
}

type Command = (method: string, params: object) => Promise<any>

export async function launchFirefox(runFolder: string, run: string): Promise<TestBrowser> {
  const folder = `${runFolder}/${run}-firefox`
  const profile = `${folder}/profile`
  mkdirSync(profile, { recursive: true })
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  )
  writeFileSync(`${profile}/user.js`, lines.join(''))
  const started = start({
    folder,
    cwd: runFolder,
    command: FIREFOX,
    arguments: `--headless --no-remote --profile ${profile} --remote-debugging-port 0`.split(' '),
    environment: { HOME: runFolder },
  })
  const deadline = Date.now() + 60_000
  let address: string | undefined
  while (!(address = /WebDriver BiDi listening on (ws:\S+)/.exec(started.log())?.[1])) {
    if (Date.now() > deadline) {
      await started.stop()
      throw new Error(`Firefox does not start\n${started.log().slice(-800)}`)
    }
    await delay(100)
  }
  const { command, end, capabilities } = await openSession(`${address}/session`).catch(
    async (error) => {
      await started.stop()
      throw error
    },
  )
  return {
    name: 'Firefox',
    version: String(capabilities.browserVersion),
    openTab: () => openTab(command),
    async close() {
      end()
      await started.stop()
    },
  }
}

async function openSession(address: string) {
  const connection = await connect(address)
  const wanted = { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } }
  const { capabilities } = await connection.command('session.new', wanted)
  return { ...connection, capabilities }
}

async function openTab(command: Command): Promise<OpenTab> {
  const { userContext } = await command('browser.createUserContext', {})
  const { context } = await command('browsingContext.create', { type: 'tab', userContext })
  const nodes = async (xpath: string): Promise<{ sharedId: string }[]> => {
    const locator = { type: 'xpath', value: xpath }
    return (await command('browsingContext.locateNodes', { context, locator })).nodes
  }
  const call = async (declaration: string, node: { sharedId: string }) => {
    const { result, exceptionDetails } = await command('script.callFunction', {
      functionDeclaration: declaration,
      arguments: [{ sharedId: node.sharedId }],
      target: { context },
      awaitPromise: false,
    })
    if (exceptionDetails) throw new Error(exceptionDetails.text)
    return result.value as string
  }
  const one = async (xpath: string) => {
    const [node] = await nodes(xpath)
    if (!node) throw new Error(`Firefox: no element ${xpath}`)
    return node
  }
  const read = async (xpath: string, property: string) => {
    const [node] = await nodes(xpath)
    return node && call(`(element) => String(element.${property})`, node)
  }
  const act = (actions: object) => command('input.performActions', { context, actions: [actions] })
  return {
    driver: {
      open: (url) => command('browsingContext.navigate', { context, url, wait: 'complete' }),
      back: () => command('browsingContext.traverseHistory', { context, delta: -1 }),
      reload: () => command('browsingContext.reload', { context, wait: 'complete' }),
      url: async () =>
        (await command('browsingContext.getTree', { root: context })).contexts[0].url,
      async fill(xpath, text) {
        await call('(element) => { element.focus(); element.select() }', await one(xpath))
        const keys = ['\uE017', ...text].flatMap((value) => [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ])
        await act({ type: 'key', id: 'keyboard', actions: keys })
      },
      async click(xpath) {
        const node = await one(xpath)
        await call('(element) => element.scrollIntoView({ block: "center" })', node)
        const origin = { type: 'element', element: { sharedId: node.sharedId } }
        const actions = [
          { type: 'pointerMove', x: 0, y: 0, origin },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ]
        await act({ type: 'pointer', id: 'mouse', actions })
      },
      text: async (xpath) => (await read(xpath, 'innerText'))?.trim(),
      value: (xpath) => read(xpath, 'value'),
      async cookies(): Promise<TabCookie[]> {
        const partition = { type: 'context', context }
        const { cookies } = await command('storage.getCookies', { partition })
        return cookies.map((one: { value: { value: string } }) => ({
          ...one,
          value: one.value.value,
        }))
      },
      async picture() {
        const shot = { context, origin: 'document' }
        const { data } = await command('browsingContext.captureScreenshot', shot)
        return Buffer.from(data, 'base64')
      },
    },
    close: () => command('browser.removeUserContext', { userContext }),
  }
}

async function connect(address: string): Promise<{ command: Command; end(): void }> {
  const socket = new WebSocket(address)
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let last = 0
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    const silent = () => reject(new SilentBrowser('Firefox takes no connection'))
    socket.addEventListener('error', silent)
    setTimeout(silent, ANSWER_MILLISECONDS).unref()
  })
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data))
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.type === 'error')
      asked?.reject(new Error(`Firefox: ${message.error} ${message.message}`))
    else asked?.resolve(message.result)
  })
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new SilentBrowser('Firefox has gone'))
  })
  return {
    command: (method, params) =>
      new Promise((resolve, reject) => {
        last += 1
        const id = last
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(new SilentBrowser(`Firefox does not answer ${method}`))
        }, ANSWER_MILLISECONDS)
        waiting.set(id, {
          resolve: (value) => (clearTimeout(timer), resolve(value)),
          reject: (error) => (clearTimeout(timer), reject(error)),
        })
        socket.send(JSON.stringify({ id, method, params }))
      }),
    end: () => socket.close(),
  }
}
