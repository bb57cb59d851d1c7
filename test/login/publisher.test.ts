// What our metadata says of the vendor, from settings to the document.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { readConfig, type Env } from '../../src/env.ts'
import { openBrowser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'

const ORGANIZATION = {
  ORGANIZATION_NAME: 'Vendor & Co',
  ORGANIZATION_URL: 'https://www.vendor.example/about?a=1&b=2',
}

async function metadataOf(settings: Partial<Env>): Promise<string> {
  const { connectionSid } = await createWorld()
  const browser = openBrowser({ ...env, ...settings })
  const response = await browser.send(`/saml/${connectionSid}/metadata`, {})
  expect(response.status).toBe(200)
  return response.text()
}

describe('SP metadata', () => {
  it('says what is set', async () => {
    const text = await metadataOf({
      ...ORGANIZATION,
      PRODUCT_NAME: ' Vendor\u0000Cloud ',
      SUPPORT_EMAIL: 'sso@vendor.example',
    })
    expect(text).toContain('<mdui:DisplayName xml:lang="en">Vendor Cloud</mdui:DisplayName>')
    expect(text).toContain('<md:OrganizationName xml:lang="en">Vendor &amp; Co</')
    expect(text).toContain('>https://www.vendor.example/about?a=1&amp;b=2</md:OrganizationURL>')
    expect(text.match(/contactType="\w+"/g)).toEqual([
      'contactType="technical"',
      'contactType="support"',
    ])
  })

  it('says nothing of what is not set: the host name is no product', async () => {
    const text = await metadataOf({ PRODUCT_NAME: '', SUPPORT_EMAIL: '' })
    expect(text).not.toMatch(/mdui|Extensions|Organization|ContactPerson/)
  })

  it('cuts a long name between characters', async () => {
    const text = await metadataOf({ PRODUCT_NAME: `${'x'.repeat(99)}😀y` })
    expect(text).toContain(`>${'x'.repeat(99)}😀</mdui:DisplayName>`)
  })
})

describe('the settings', () => {
  const configure = (settings: Partial<Env>) => () => readConfig({ ...env, ...settings })

  it('of an organization go together', () => {
    for (const name of ['ORGANIZATION_NAME', 'ORGANIZATION_URL'] as const)
      expect(configure({ ...ORGANIZATION, [name]: '' })).toThrow(
        'ORGANIZATION_NAME and ORGANIZATION_URL go together',
      )
  })

  it.each(['http://www.vendor.example/', 'www.vendor.example', 'https://a:b@vendor.example/'])(
    'refuse a website like %s',
    (url) => {
      expect(configure({ ...ORGANIZATION, ORGANIZATION_URL: url })).toThrow(
        'ORGANIZATION_URL is not a URL like',
      )
    },
  )

  it.each(['sso', 'a@b', 'sso@vendor.example?cc=x@y.example', 'a b@vendor.example', 'ü@v.example'])(
    'refuse a contact like %s',
    (text) => {
      expect(configure({ SUPPORT_EMAIL: text })).toThrow('SUPPORT_EMAIL is not an address like')
    },
  )
})
