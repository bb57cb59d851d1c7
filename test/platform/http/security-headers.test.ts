import { describe, expect, it } from 'vitest'
import { openBrowser } from '../../support/browser.ts'
import { createWorld } from '../../support/world.ts'

const ALWAYS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': null,
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'strict-origin',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}

async function answers() {
  const { connectionSid } = await createWorld()
  const browser = openBrowser()
  return {
    redirect: await browser.get(`/sso/${connectionSid}`),
    page: await browser.get('/login'),
    another: await browser.get('/login'),
    refusal: await browser.get('/nowhere'),
    json: await browser.get('/health'),
  }
}

describe('the security headers', () => {
  it('are on every response', async () => {
    const all = await answers()
    expect(Object.values(all).map(({ status }) => status)).toEqual([302, 200, 200, 404, 200])
    for (const { headers } of Object.values(all))
      expect(
        Object.fromEntries(Object.keys(ALWAYS).map((name) => [name, headers.get(name)])),
      ).toEqual(ALWAYS)
  })

  it('let a page’s scripts and styles run by a new nonce, and nothing run elsewhere', async () => {
    const { redirect, page, another, refusal, json } = await answers()
    const policyOf = ({ headers }: Response) => headers.get('content-security-policy')!
    const [head, tail] = ["default-src 'none'; ", "frame-ancestors 'none'; base-uri 'none'"]
    for (const response of [redirect, json])
      expect(policyOf(response)).toBe(`${head}form-action 'self'; ${tail}`)
    const nonces = [page, another, refusal].map((response) => {
      const policy = policyOf(response)
      const [, nonce] = /style-src 'nonce-([A-Za-z0-9+/]{22}==)'/.exec(policy)!
      const sources = `style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; `
      expect(policy.startsWith(head + sources)).toBe(true)
      expect(policy.endsWith(tail)).toBe(true)
      return nonce!
    })
    expect(new Set(nonces).size).toBe(3)
    expect(await page.text()).toContain(`<style nonce="${nonces[0]}">`)
  })
})
