// Chromium, by playwright-core.
import { chromium } from 'playwright-core'
import { CHROMIUM } from '../preflight.ts'
import type { TabDriver, TestBrowser } from './tab.ts'

export async function launchChromium(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  return {
    name: 'Chromium',
    version: browser.version(),
    async openTab() {
      const context = await browser.newContext({ ignoreHTTPSErrors: true })
      context.setDefaultTimeout(5000)
      const page = await context.newPage()
      const first = (xpath: string) => page.locator(`xpath=${xpath}`).first()
      const driver: TabDriver = {
        open: async (url) => void (await page.goto(url)),
        back: async () => void (await page.goBack()),
        reload: async () => void (await page.reload()),
        url: async () => page.url(),
        fill: (xpath, text) => first(xpath).fill(text),
        click: (xpath) => first(xpath).click(),
        text: async (xpath) =>
          (await first(xpath).count()) > 0 ? (await first(xpath).innerText()).trim() : undefined,
        value: async (xpath) =>
          (await first(xpath).count()) > 0 ? first(xpath).inputValue() : undefined,
        cookies: () => context.cookies(page.url()),
        picture: () => page.screenshot({ fullPage: true }),
      }
      return { driver, close: () => context.close() }
    },
    close: () => browser.close(),
  }
}
