// The preview pages: a mail's own styles, and nothing that runs or leaves.
import { expect, it } from 'vitest'
import { TEMPLATE_NAMES, TEMPLATES } from '../../src/mail/templates/templates.ts'
import { openOperator } from '../console/operator/admins.ts'

it('lists every mail, and shows each with text and HTML', async () => {
  const browser = await openOperator()
  const list = await (await browser.get('/console/mail/templates')).text()
  for (const name of TEMPLATE_NAMES) {
    expect(list).toContain(`/console/mail/templates/${name}"`)
    const page = await browser.get(`/console/mail/templates/${name}`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain(TEMPLATES[name].name)
    expect(page.headers.get('content-security-policy')).toContain("frame-src 'self'")
  }
  expect((await browser.get('/console/mail/templates/nothing')).status).toBe(404)
})

it('shows the HTML part in a sandbox that only its own site can frame', async () => {
  const browser = await openOperator()
  const { headers } = await browser.get('/console/mail/templates/setup_link/html')
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; form-action 'none'; " +
      "frame-ancestors 'self'; base-uri 'none'",
  )
  expect(headers.get('origin-agent-cluster')).toBeNull()
  const other = await browser.get('/console/mail/templates')
  expect(other.headers.get('x-frame-options')).toBe('DENY')
  expect(other.headers.get('content-security-policy')).not.toContain('frame-src')
})
