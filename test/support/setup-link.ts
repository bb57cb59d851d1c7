// How a browser comes into the setup portal.
import type { Browser } from './browser.ts'

/** Follows a setup link, as its person does. */
export function followLink(browser: Browser, secret: string): Promise<Response> {
  return browser.get(`/setup/${secret}`)
}
