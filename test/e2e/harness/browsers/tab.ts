// What a person does in any browser, and the one way in which all three are asked for it. Elements
// are named by XPath, which every driver knows.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

export type TabCookie = {
  name: string
  value: string
  secure: boolean
  httpOnly: boolean
  sameSite: string
}

/** What a driver does. Each call does one thing at once and waits for no page after it. */
export type TabDriver = {
  open(url: string): Promise<void>
  back(): Promise<void>
  reload(): Promise<void>
  url(): Promise<string>
  /** Throws where there is no such element. */
  fill(xpath: string, text: string): Promise<void>
  click(xpath: string): Promise<void>
  /** What is to be read of the first such element; undefined: there is none. */
  text(xpath: string): Promise<string | undefined>
  value(xpath: string): Promise<string | undefined>
  /** Those that the page's URL is sent. */
  cookies(): Promise<TabCookie[]>
  /** PNG. */
  picture(): Promise<Buffer>
}

/** A person's browser: nothing of it is shared with another one. */
export type OpenTab = { driver: TabDriver; close(): Promise<void> }

export type TestBrowser = {
  name: 'Chromium' | 'Firefox' | 'WebKit'
  version: string
  openTab(): Promise<OpenTab>
  close(): Promise<void>
}

/** The browser itself does not answer: nothing is known about the page. */
export class SilentBrowser extends Error {}

/** Longer than any page takes. A browser that hangs must not stop the run. */
export const ANSWER_MILLISECONDS = 60_000

export type Tab = ReturnType<typeof createTab>

const PATIENCE_MILLISECONDS = 20_000

const literal = (text: string) => `"${text.replaceAll('"', '')}"`
const byText = (tag: string, text: string) => `//${tag}[normalize-space()=${literal(text)}]`

/** The verbs of the cases. Each waits until the page has what it is about. */
export function createTab(driver: TabDriver) {
  const button = (text: string) => byText('button', text)
  const link = (text: string) => byText('a', text)
  // The label may end with a mark, such as “optional”.
  const field = (label: string) =>
    `//*[@id=//label[starts-with(normalize-space(), ${literal(label)})]/@for]`

  return {
    open: (url: string) => driver.open(url),
    back: () => driver.back(),
    reload: () => driver.reload(),
    url: () => driver.url(),
    cookies: () => driver.cookies(),
    /** Firefox takes none of a page that has no document yet. */
    picture: () => retry(() => driver.picture()),
    heading: () => driver.text('//h1'),
    fill: (label: string, text: string) => retry(() => driver.fill(field(label), text)),
    press: (text: string) => retry(() => driver.click(button(text))),
    follow: (text: string) => retry(() => driver.click(link(text))),
    valueOf: (label: string) => retry(async () => found(await driver.value(field(label)))),
    /** The text of an element that comes sooner or later. */
    text: (xpath: string) => retry(async () => found(await driver.text(xpath))),

    async expectHeading(expected: string): Promise<void> {
      await retry(async () => {
        const shown = await driver.text('//h1')
        assert.equal(shown, expected, `expected “${expected}”, found “${shown}”`)
      })
    },
    async expectURL(expected: string): Promise<void> {
      await retry(async () => assert.equal(await driver.url(), expected))
    },
  }
}

/** A page on its way to the next one has no element, or another one: asked again until it has. */
async function retry<T>(act: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (error instanceof SilentBrowser || Date.now() > deadline) throw error
      await delay(100)
    }
  }
}

function found<T>(value: T | undefined): T {
  assert(value !== undefined, 'the page has no such element')
  return value
}
