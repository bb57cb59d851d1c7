// Every event type has words, data that its schema takes, somebody who records it, and a line in
// docs/events.md.
import { globSync, readFileSync } from 'node:fs'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { definitionOf, EVENT_TYPES } from '../../src/events/catalogue.ts'
import { DATA_FIELDS } from '../../src/events/catalogue/data-fields.ts'
import { dataOf, dataSchemaOf, exampleOf } from '../../src/events/event-data.ts'
import { renderEvents } from '../../tools/events/render.ts'

const SOURCES = globSync(['src/**/*.{ts,tsx}', 'src/platform/db/schema.sql'])
  .filter((path) => !/catalogue|\/derived\//.test(path))
  .map((path) => readFileSync(path, 'utf8'))

/** A type with a variable: `address_claim.${verb}`, `${noun}.created`. */
const isComposed = (noun: string, verb: string) =>
  SOURCES.some(
    (text) =>
      (text.includes(`\`${noun}.\${`) && text.includes(`'${verb}'`)) ||
      (text.includes(`}.${verb}\``) && text.includes(`'${noun}'`)),
  )

describe('the catalogue', () => {
  it.each(EVENT_TYPES)('%s is named, worded, made, and fits its schema', (type) => {
    const { words, source, audience, asks, mail } = definitionOf(type)
    const [noun, verb, ...rest] = type.split('.')
    expect(rest).toEqual([])
    expect(type).toMatch(/^[a-z_]+\.[a-z_]+$/)
    expect(words).toMatch(/^[A-Z].*[^.]$/)
    expect(dataSchemaOf(type).parse(exampleOf(type))).toEqual(exampleOf(type))
    const isMade = SOURCES.some((text) => text.includes(`'${type}'`))
    expect(isMade || isComposed(noun!, verb!)).toBe(true)
    if (source !== 'audit') expect(mail).toBeNull()
    // Who must act is told.
    if (audience === 'operator') expect(asks).not.toBe('customer')
  })

  it('lets nothing out that it does not name', () => {
    const event = {
      type: 'user.sign_in_method_set',
      before: { signInMethod: 'password', email: 'ann@a.example' },
      after: { signInMethod: 'sso_enabled', connectionSid: 'not a SID', firstName: 'Ann' },
    } as const
    expect(dataOf(event)).toEqual({
      changed: ['connectionSid', 'email', 'firstName', 'signInMethod'],
      signInMethod: 'sso_enabled',
    })
    const texts = Object.entries(DATA_FIELDS).filter(([, { kind }]) => /text|word/.test(kind))
    const names = texts.map(([name]) => name)
    expect(names.filter((name) => /email|name$|nameID|secret|password/i.test(name))).toEqual([])
  })

  it('is what docs/events.md shows: npm run docs:events', async () => {
    const written = await format(renderEvents(), { parser: 'markdown', printWidth: 100 })
    expect(readFileSync('docs/events.md', 'utf8')).toBe(written)
  })
})
