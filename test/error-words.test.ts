// The words of errors fit where they are shown and who reads them: every door, every code that it
// can produce, every reader who may see it.
import { describe, expect, it } from 'vitest'
import { codesOf } from '../src/api/engine/openapi.ts'
import { ROUTES } from '../src/api/routes.ts'
import { wordsFor, WORDS, type About, type Context } from '../src/error-words.ts'
import { CATALOGUE, type ErrorCode } from '../src/errors.ts'
import { INSTEAD } from '../src/errors/given.ts'
import { SAML_CODES } from '../src/saml/refusal.ts'
import { ErrorSummary } from '../src/console/kit/forms.tsx'
import { messageOf } from '../src/console/kit/words.ts'
import { COMMAND_LINE } from './support/remedies.ts'

const has = (context: Context, code: ErrorCode) => Object.hasOwn(WORDS[context], code)

/** Each code that a door may answer with, and what it reads. */
const doors = ROUTES.flatMap((route) => {
  const contexts = route.reads ?? []
  return codesOf(route).map((code) => ({ door: route.operationId, code, contexts }))
})

describe('each code that a door can produce has words there', () => {
  it.each(['api', 'page'] as const)('%s', (surface) => {
    const without = doors.filter(
      ({ code, contexts }) => ![...contexts, surface].some((context) => has(context, code)),
    )
    expect(without.map(({ door, code }) => `${door}: ${code}`)).toEqual([])
    expect(doors.length).toBeGreaterThan(1000)
  })

  it('a sign-in, for every code of a message', () => {
    expect(SAML_CODES.filter((code) => !has('sign_in', code))).toEqual([])
  })

  it('every context is that of a route, or a surface', () => {
    const used = new Set([
      ...doors.flatMap(({ contexts }) => contexts),
      'api',
      'page',
      'sign_in',
      'provisioning',
    ])
    expect(Object.keys(WORDS).filter((context) => !used.has(context as Context))).toEqual([])
  })

  it('and each contradiction is found', () => {
    expect(has('metadata', 'login_code_unknown')).toBe(false)
    expect(has('page', 'xml_malformed')).toBe(false)
    expect(has('api', 'response_field')).toBe(false)
  })
})

type Shown = { where: string; text: string }

/** What a door shows to a reader, of whatever was given. */
const shown = (reader: 'customer' | 'operator', surface: 'api' | 'page'): Shown[] =>
  doors.flatMap(({ door, code, contexts }) => {
    const abouts: About[] = [
      { code },
      ...contexts.flatMap((context) => [
        { code, context },
        ...Object.keys(KINDS[context]?.remedies ?? {}).map((given) => ({
          code,
          context,
          given: given as NonNullable<About['given']>,
        })),
      ]),
    ]
    // Without its context a code of a document is nobody’s.
    const own = abouts.filter(({ context }) => context === undefined || has(context, code))
    const known = own.filter(({ context }) => context !== undefined || has(surface, code))
    return known.map((about) => {
      const { title, remedy } = wordsFor(about, reader, surface)
      return { where: `${door}: ${code} ${about.given ?? ''}`.trim(), text: `${title}. ${remedy}` }
    })
  })

const KINDS: Partial<Record<Context, { remedies: object }>> = INSTEAD

const OF_SIGN_IN =
  /start (?:again|a new login)|from your app|capture the response|gatepost explain/i
const ROUTE = /\b(?:GET|POST|PUT|PATCH|DELETE) \/|\/api\/|openapi/
const SETTING = /\b[A-Z]+(?:_[A-Z]+)+\b/
const FLAG = /(?:^|\s)--[a-z]/

const found = (texts: readonly Shown[], pattern: RegExp) =>
  texts.filter(({ text }) => pattern.test(text)).map(({ where, text }) => `${where}: ${text}`)

describe('words of the portal', () => {
  const texts = shown('customer', 'page')

  it('name no command, flag, setting or route, and speak of no operator’s logs', () => {
    expect(texts.length).toBeGreaterThan(1000)
    for (const pattern of [COMMAND_LINE, FLAG, ROUTE, SETTING, /Operators:|Worker’s log|docs\//])
      expect(found(texts, pattern)).toEqual([])
  })

  it('and those of operators may', () => {
    expect(found(shown('operator', 'page'), COMMAND_LINE)).not.toEqual([])
    expect(found(shown('operator', 'page'), SETTING)).not.toEqual([])
    const { title, remedy } = wordsFor({ code: 'not_found' }, 'operator', 'api')
    expect(`${title}. ${remedy}`).toMatch(ROUTE)
  })
})

describe('outside a sign-in, no words of a sign-in', () => {
  it.each(['page', 'api'] as const)('%s', (surface) => {
    for (const reader of ['customer', 'operator'] as const)
      expect(found(shown(reader, surface), OF_SIGN_IN)).toEqual([])
  })

  it('and such words are found', () => {
    const texts = Object.values(CATALOGUE).map(({ title, remedy }) => ({
      where: title,
      text: JSON.stringify(remedy),
    }))
    expect(found(texts, OF_SIGN_IN).length).toBeGreaterThan(5)
  })
})

describe('a page', () => {
  /** As the error of a form, in the portal. */
  const rendered = doors.flatMap(({ door, code, contexts }) =>
    [undefined, ...contexts].flatMap((context) =>
      !has(context ?? 'page', code)
        ? []
        : [undefined, 'a web page' as const].map((given) => {
            const problem = {
              code,
              expected: 'expected',
              received: 'received',
              ...(context && { context }),
              ...(given && { given }),
            }
            const message = messageOf(problem, 'customer')
            return { where: `${door}: ${code}`, text: `${ErrorSummary({ errors: [{ message }] })}` }
          }),
    ),
  )

  it('of the portal shows no other words than these', () => {
    expect(rendered.length).toBeGreaterThan(1000)
    for (const { text } of rendered) expect(text).toContain('There is a problem')
    for (const pattern of [COMMAND_LINE, FLAG, ROUTE, OF_SIGN_IN, /Operators:|Worker’s log/])
      expect(found(rendered, pattern)).toEqual([])
  })
})

describe('what was given instead', () => {
  it.each(Object.entries(INSTEAD))('is named by the codes of %s', (context, { codes }) => {
    for (const code of codes) {
      const about = { code: code as ErrorCode, context: context as Context }
      const given = wordsFor({ ...about, given: 'a compressed file' }, 'customer', 'page')
      expect(given.title).toMatch(/^This is a compressed file, not (?:the|an?) /)
      expect(given.remedy).toBe('Unpack it, and give the file in it.')
      const nothing = wordsFor({ ...about, given: 'nothing' }, 'customer', 'page')
      expect(nothing.title).toBe('The file is empty')
      expect(wordsFor(about, 'customer', 'page').title).not.toMatch(/compressed/)
    }
  })

  it('is a private key: told to treat it as leaked, and what to give', () => {
    const remedy = (context: Context) =>
      wordsFor({ code: 'certificate_private_key', context }, 'customer', 'page').remedy
    for (const context of ['metadata', 'certificate', 'people'] as const)
      expect(remedy(context)).toContain('treat it as leaked, and replace it in the IdP')
    expect(remedy('metadata')).toMatch(/Give the metadata XML instead\.$/)
    expect(remedy('certificate')).toMatch(/Enter the certificate instead\.$/)
    expect(remedy('people')).toMatch(/Give the list of users\.$/)
  })
})
