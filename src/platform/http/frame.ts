// openFrame(): what every page for end users needs, with the language of its reader.
import { parseAccept } from 'hono/utils/accept'
import { isLanguageTag, matchLanguage, type LanguageTag } from '../../languages/languages.ts'
import { openLanguage, type Translator } from '../../languages/translate.ts'
import { brandingOf, type Branding, type TenantBranding } from '../branding.ts'
import { readCookie, writeCookie } from './cookies.ts'
import type { AppContext } from './http.ts'
import { nonceOf } from './security-headers.ts'

export type Frame = {
  t: Translator
  branding: Branding
  nonce: string
  /** Where the reader is, as far as the platform knows. */
  zone: string
}

/** What an app asked for counts for the rest of this login. */
const KEPT_SECONDS = 3600
const COOKIE = 'language'
const LONGEST_LIST = 500

const NO_SETTINGS = { productName: '', accentColor: null, helpURL: null, supportContact: null }

/**
 * Sets the headers of the language. `tag` is for pages that are in one language alone; `own` is the
 * tenant’s, where it is known whose page it is.
 */
export async function openFrame(
  c: AppContext,
  { tag, own }: { tag?: LanguageTag | undefined; own?: Partial<TenantBranding> | undefined } = {},
): Promise<Frame> {
  const t = await openLanguage(tag ?? languageOf(c))
  c.header('content-language', t.tag)
  if (tag === undefined) c.header('vary', 'Accept-Language')
  // A deployment that is not set up has no settings, and says so on this page.
  const branding = brandingOf(c.get('config')?.branding ?? NO_SETTINGS, own)
  return { t, branding, nonce: nonceOf(c), zone: zoneOf(c) }
}

/** `ui_locales` of the app, then the browser’s list; else English. */
function languageOf(c: AppContext): LanguageTag {
  return askedFor(c) ?? keptLanguage(c) ?? matchLanguage(acceptedBy(c)) ?? 'en'
}

/**
 * Middleware. Keeps what the app asked for (OpenID Connect Core 1.0 §3.1.2.1): the way back from
 * the IdP does not bring it. The IdP posts from another site, so the cookie is for all sites.
 */
export async function keepLanguage(c: AppContext, next: () => Promise<void>): Promise<void> {
  const asked = c.req.url.includes('ui_locales') ? askedFor(c) : undefined
  if (asked) writeCookie(c, COOKIE, asked, KEPT_SECONDS, 'None')
  await next()
}

/** In the request itself, or in the one that `return_to` leads to. */
function askedFor(c: AppContext): LanguageTag | undefined {
  const returnTo = c.req.query('return_to') ?? c.get('form')?.get('return_to')
  const asked = c.req.query('ui_locales') ?? uiLocalesOf(returnTo ?? undefined)
  return asked === undefined ? undefined : matchLanguage(asked.slice(0, LONGEST_LIST).split(' '))
}

function uiLocalesOf(returnTo: string | undefined): string | undefined {
  if (!returnTo?.includes('ui_locales') || !URL.canParse(returnTo, 'https://any')) return undefined
  return new URL(returnTo, 'https://any').searchParams.get('ui_locales') ?? undefined
}

function keptLanguage(c: AppContext): LanguageTag | undefined {
  // Without a configuration the cookies have no names.
  const kept = c.get('config') && readCookie(c, COOKIE)
  return kept !== undefined && isLanguageTag(kept) ? kept : undefined
}

function acceptedBy(c: AppContext): string[] {
  const header = (c.req.header('accept-language') ?? '').slice(0, LONGEST_LIST)
  return parseAccept(header)
    .filter(({ q }) => q > 0)
    .map(({ type }) => type)
}

function zoneOf(c: AppContext): string {
  const zone = (c.req.raw as { cf?: { timezone?: unknown } }).cf?.timezone
  return typeof zone === 'string' && isZone(zone) ? zone : 'UTC'
}

function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
