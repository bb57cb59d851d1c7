// Style and script of console and portal: files that browsers keep, named by their content.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { askApp } from '../../support/ask-app.ts'
import { ORIGIN } from '../../support/browser.ts'
import { wrapD1 } from '../../support/wrap-d1.ts'
import { createCustomer, openLink, openOperator, openStranger } from '../operator/admins.ts'

const filesOf = (page: string) =>
  [...page.matchAll(/ (?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!)

const sha256 = async (text: string) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('hex')

describe('the style and the script', () => {
  it('are the same two files on every page of console and portal, kept for good', async () => {
    const customer = await createCustomer()
    const operator = await openOperator()
    const pages = [
      await (await openStranger().get('/console/sign-in')).text(),
      await (await operator.get(`/console/connections/${customer.connectionSid}`)).text(),
      await (await operator.get('/console/nowhere')).text(),
      await (await (await openLink(customer)).get('/setup')).text(),
    ]
    const [style, script] = filesOf(pages[0]!)
    for (const page of pages) expect(filesOf(page)).toEqual([style, script])

    for (const [path, type] of [
      [style!, 'text/css; charset=utf-8'],
      [script!, 'text/javascript; charset=utf-8'],
    ] as const) {
      const file = await openStranger().get(path)
      expect([file.status, file.headers.get('content-type')]).toEqual([200, type])
      expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(file.headers.get('x-content-type-options')).toBe('nosniff')
      expect(path).toContain(`-${(await sha256(await file.text())).slice(0, 32)}.`)
    }
  })

  it('are not kept under the name of another version', async () => {
    const [style] = filesOf(await (await openStranger().get('/console/sign-in')).text())
    const other = await openStranger().get(style!.replace(/[0-9a-f]{32}/, '0'.repeat(32)))
    expect([other.status, other.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect((await openStranger().get('/assets/style.css')).status).toBe(404)
  })

  it('are not on the error page of a failure, which needs nothing else', async () => {
    const broken = wrapD1(env.DB, () => Promise.reject(new Error('down')))
    const path = `${ORIGIN}/console/sign-in?link=${'x'.repeat(43)}`
    const response = await askApp(createApp(), path, {}, { ...env, DB: broken })
    const policy = response.headers.get('content-security-policy')!
    const page = await response.text()
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect(page).toContain(`<style nonce="${/style-src 'nonce-([^']+)'/.exec(policy)![1]}">`)
    expect(filesOf(page)).toEqual([])
  })
})
