// Every page for end users in every language: its `lang`, no English left over, at most 60 KB; and
// the language of a reader, from the app's request to the page after the IdP.
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { CATALOGUE, type ErrorCode } from '../../src/errors.ts'
import { PERSON_CODES } from '../../src/errors/person.ts'
import { piecesOf, TEST_KINDS } from '../../src/languages/catalogue.ts'
import { ENGLISH } from '../../src/languages/english.ts'
import { LANGUAGE_TAGS, matchLanguage, type LanguageTag } from '../../src/languages/languages.ts'
import { openLanguage } from '../../src/languages/translate.ts'
import * as frontDoor from '../../src/login/front-door/pages.tsx'
import * as sessions from '../../src/login/pages.tsx'
import { describeTest } from '../../src/login/test-sign-in.ts'
import * as logout from '../../src/oidc/logout/pages.tsx'
import { brandingOf } from '../../src/platform/branding.ts'
import type { Frame } from '../../src/platform/http/frame.ts'
import * as common from '../../src/platform/http/pages.tsx'
import * as ownCodes from '../../src/rollout/break-glass/own-codes/pages.tsx'
import * as recovery from '../../src/rollout/break-glass/pages.tsx'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { askApp } from '../support/ask-app.ts'
import { toField } from '../support/fake-idp.ts'
import { as, createWorld } from '../support/world.ts'

const AT = Date.UTC(2027, 2, 3, 14, 5)
const EMAIL = 'ann@tenant.example'
const MODULES = { ...frontDoor, ...sessions, ...logout, ...common, ...ownCodes, ...recovery }
type PageName = Extract<keyof typeof MODULES, `${string}Page`>

const session = {
  sid: 'SE1',
  connectionSid: 'CN1',
  connectionName: 'Okta',
  principal: { firstName: 'Ann', lastName: 'Berg', email: EMAIL, authnInstant: AT },
  expiresAt: AT,
} as never
const owner = { email: EMAIL, codesLeft: 2, expiresAt: AT, drill: 'planned', drillAt: AT } as never
const error = { reference: 'AT1', supportContact: 'help@vendor.example', restartURL: '/login' }
const signOut = { product: 'Okta', url: 'https://acme.okta.com/out' }
const form = { action: '/x', fields: { a: 'b' } }
const found = { email: EMAIL, passwordURL: null, againURL: '/login' }

/** Each page with values that show all of its texts. A new page without a row fails. */
const PAGES: Record<PageName, readonly object[]> = {
  Page: [],
  EmailPage: [{ product: 'Vendor', client: 'Wiki', email: EMAIL, isMistaken: true }],
  ChoicePage: [
    { ...found, ssoURL: '/sso', secondURL: '/sso2' },
    { ...found, ssoURL: '/sso', secondURL: null, passwordURL: '/password' },
  ],
  SecondWayPage: [{ ...found, ssoURL: '/sso', secondURL: '/sso2' }],
  PasswordPage: [found],
  SignedInPage: [{ session }],
  TestedPage: [{ result: { passed: true, title: 'X1', text: 'X2' }, ...error, againURL: '/t' }],
  NotSignedInPage: [{}],
  SignOutPage: [{}],
  SignedOutPage: [{ againURL: '/sso' }],
  SignedOutInPartPage: [{ appURL: '/app', againURL: '/sso' }],
  AskPage: [{ session, clientName: 'Wiki', ...form }],
  RefusedPage: [{ code: 'id_token_hint' }],
  ErrorPage: PERSON_CODES.map((code) => ({
    ...error,
    code,
    otherAccount: { url: '/other', signOut: { product: null, url: null } },
  })).concat([{ ...error, code: 'user_unknown', otherAccount: { url: '/o', signOut } } as never]),
  PostPage: ['toIdp', 'toApp', 'signingOut'].map((title) => ({ title, ...form })),
  OwnPage: [{ owner }, { owner: { ...(owner as object), codesLeft: 0, drill: 'due' } }],
  CodesPage: [{ owner, codes: ['ABCD-EFGH'], origin: ORIGIN, now: AT }],
  RecoveryPage: [
    { email: EMAIL, isRefused: true },
    { email: EMAIL, isRefused: false },
  ],
  RecoveredPage: [0, 1, 5].map((codesLeft) => ({
    product: 'Vendor',
    email: EMAIL,
    codesLeft,
    isDrill: true,
    passwordUntil: AT,
    passwordURL: codesLeft ? '/password' : null,
  })),
}

async function frameOf(tag: LanguageTag): Promise<Frame> {
  const branding = brandingOf({
    productName: 'Vendor',
    accentColor: '#1f5fbf',
    helpURL: 'https://help.vendor.example',
    supportContact: null,
  })
  return { t: await openLanguage(tag), nonce: 'n', zone: 'Europe/Warsaw', branding }
}

async function render(name: PageName, props: object, frame: Frame): Promise<string> {
  const page = MODULES[name] as unknown as (props: object) => unknown
  return String(await page({ ...props, frame }))
}

const wordsOf = (html: string) =>
  html
    .replaceAll(/<style[^>]*>.*?<\/style>|<script[^>]*>.*?<\/script>/gs, '')
    .replaceAll(/<[^>]+>/g, '\n')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')

/** Pieces of English that are long enough not to be a word of another language. */
const longPieces = (text: string) =>
  piecesOf(text).flatMap((piece) =>
    'text' in piece && piece.text.trim().length > 9 ? [piece.text.trim()] : [],
  )
const ENGLISH_PIECES = [
  ...Object.values(ENGLISH).flatMap((text) =>
    typeof text === 'string' ? [text] : Object.values(text),
  ),
  ...Object.values(CATALOGUE).flatMap(({ title, remedy, person }) => [
    title,
    ...(typeof remedy === 'string' ? [remedy] : Object.values(remedy)),
    ...(person ? Object.values(person) : []),
  ]),
].flatMap(longPieces)

function leftOver(html: string): string[] {
  const words = wordsOf(html)
  return ENGLISH_PIECES.filter((piece) => words.includes(piece))
}

it('knows every page for end users', () => {
  const pages = Object.keys(MODULES).filter((name) => name.endsWith('Page'))
  expect(Object.keys(PAGES).toSorted()).toEqual(pages.toSorted())
})

it('finds English that is left over', async () => {
  const page = await render('SignOutPage', {}, await frameOf('en'))
  expect(leftOver(page).length).toBeGreaterThan(1)
})

describe.each(LANGUAGE_TAGS)('%s', (tag) => {
  it('has its language on every page, and no other on it', async () => {
    const frame = await frameOf(tag)
    let count = 0
    for (const name of Object.keys(PAGES) as PageName[])
      for (const props of PAGES[name]) {
        const html = await render(name, props, frame)
        count++
        expect(html).toContain(`<html lang="${tag}" dir="ltr">`)
        expect(html).not.toMatch(/undefined|\[object|\{[a-zA-Z]+\}(?=[^}]*<\/)(?![^<]*<\/style)/)
        expect(new TextEncoder().encode(html).length).toBeLessThan(60_000)
        if (tag !== 'en') expect([name, leftOver(html)]).toEqual([name, []])
      }
    expect(count).toBeGreaterThan(60)
  })

  it('tells a tester what happened', async () => {
    const t = await openLanguage(tag)
    const english = await openLanguage('en')
    const status = (received: string) => [{ code: 'status', ok: false, received } as never]
    const cases: [ErrorCode | null, never[]][] = [
      [null, []],
      ['audience', []],
      ['user_unknown', []],
      ['name_id_changed', []],
      ['relay_state_unknown', []],
      ['status', status('Responder / AuthnFailed')],
      ['status', status('Responder: AADSTS50105: no')],
      ['status', status('Responder: AADSTS99999: no')],
      ['status', status('Other')],
    ]
    for (const [code, checks] of cases) {
      const { title, text } = describeTest(t, code, checks)
      expect(title).not.toBe('')
      if (tag === 'en') continue
      const before = describeTest(english, code, checks)
      expect([title === before.title, text === before.text]).toEqual([false, false])
      expect(leftOver(`<p>${title}</p><p>${text}</p>`)).toEqual([])
    }
    if (tag !== 'en') for (const kind of TEST_KINDS) expect(t.test(kind)).toBeDefined()
  })

  it('shows times in the reader’s zone, with UTC beside', async () => {
    const frame = await frameOf(tag)
    const html = String(common.Time({ frame, at: AT }))
    expect(html).toContain('datetime="2027-03-03T14:05:00.000Z"')
    expect(html).toMatch(/title="(?=[^"]*(?:UTC|协调世界时))[^"]*(?:14:05|2:05)/)
    expect(wordsOf(html)).toMatch(/15:05|3:05/)
  })
})

describe('the language of a reader', () => {
  it.each([
    ['de-CH,fr;q=0.8', 'de'],
    ['nb,de;q=0.1,fr;q=0.9', 'fr'],
    ['en-US,de', 'en'],
    ['de;q=0,en', 'en'],
    ['pt-PT', 'pt-BR'],
    ['zh-CN', 'zh-Hans'],
    ['zh-TW,ja;q=0.5', 'ja'],
    ['x', 'en'],
    ['*', 'en'],
    [`${'nb,'.repeat(200)}de`, 'en'],
    ['constructor,__proto__', 'en'],
  ])('Accept-Language %s: %s', async (accept, tag) => {
    const page = await askApp(createApp(), `${ORIGIN}/login`, {
      headers: { 'accept-language': accept },
    })
    expect(page.headers.get('content-language')).toBe(tag)
    expect(page.headers.get('vary')).toBe('Accept-Language')
    expect(await page.text()).toContain(`<html lang="${tag}"`)
  })

  it('matches ranges as RFC 4647 looks them up', () => {
    expect(matchLanguage(['zh-Hans-SG'])).toBe('zh-Hans')
    expect(matchLanguage(['zh-Hant'])).toBeUndefined()
    expect(matchLanguage(['d', 'deu', ''])).toBeUndefined()
    expect(matchLanguage([`de-${'x'.repeat(40)}`])).toBeUndefined()
  })

  it('is what the app asks for, also after the IdP', async () => {
    const world = await createWorld()
    const browser = openBrowser()
    const request = new URLSearchParams({ client_id: 'x', ui_locales: 'xx pl de' })
    const query = new URLSearchParams({ return_to: `/oauth2/authorize?${request}` })
    const asked = await browser.sendAs(`/login?${query}`, { headers: { 'accept-language': 'ja' } })
    expect(asked.headers.get('content-language')).toBe('pl')
    const [cookie] = asked.headers.getSetCookie()
    expect(cookie).toBe('__Host-language=pl; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=None')
    // From the IdP's site comes the cookie for all sites, and no other.
    const { relayState, requestID } = await world.begin(browser)
    const message = await world.idp(requestID).respond({ ...as(EMAIL), sign: [] })
    const posted = await askApp(createApp(), `${ORIGIN}/saml/${world.connectionSid}/acs`, {
      method: 'POST',
      headers: { cookie: '__Host-language=pl', 'accept-language': 'ja' },
      body: new URLSearchParams({ SAMLResponse: toField(message), RelayState: relayState }),
    })
    expect(posted.status).toBe(403)
    expect(posted.headers.get('content-language')).toBe('pl')
    expect(await posted.text()).toContain((await openLanguage('pl')).refused().title)
  })

  it('takes nothing from the cookie but a language', async () => {
    const headers = { cookie: '__Host-language=constructor', 'accept-language': 'it' }
    const page = await askApp(createApp(), `${ORIGIN}/login`, { headers })
    expect(page.headers.get('content-language')).toBe('it')
  })

  it('is English in the portal', async () => {
    const headers = { 'accept-language': 'de' }
    const page = await askApp(createApp(), `${ORIGIN}/setup/${'x'.repeat(43)}`, { headers })
    expect(page.status).toBe(403)
    expect(await page.text()).toContain('<html lang="en"')
  })
})
