// The verdict on a NameID, case by case; and that the statement of the login repeats it.
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  bindingOf,
  judgeNameID,
  maskNameID,
  readNameID,
  rowOfRefusal,
  shortFormat,
  type BoundNameID,
  type NameIDFacts,
} from '../../../src/login/name-ids/judge.ts'
import { outcomeOf, readOutcome } from '../../../src/login/store/outcome.ts'
import { nameIDs } from '../../../src/platform/db/schema.ts'
import { createWorld, db } from '../../support/world.ts'

const FORMAT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:'
const PERSISTENT = `${FORMAT}persistent`
const TRANSIENT = `${FORMAT}transient`
const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'

const EMAIL = 'ann@t.example'
const came = (nameID: string, nameIDFormat: string | null = null, email = EMAIL) => ({
  nameID,
  nameIDFormat,
  email,
})
const byEmail: BoundNameID = { kind: 'email', format: UNSPECIFIED, nameID: null, refusedHash: null }
const byValue: BoundNameID = {
  kind: 'value',
  format: PERSISTENT,
  nameID: 'id-1',
  refusedHash: null,
}

const CASES: [string, ReturnType<typeof came>, Partial<NameIDFacts>, string | null][] = [
  ['nobody is bound', came('id-1', PERSISTENT), {}, null],
  ['nobody is bound, and the NameID is transient', came('t', TRANSIENT), {}, null],
  ['the bound value', came('id-1', PERSISTENT), { bound: byValue }, null],
  [
    'the bound value in another case',
    came('ID-1', PERSISTENT),
    { bound: byValue },
    'name_id_changed',
  ],
  ['another value', came('id-2', PERSISTENT), { bound: byValue }, 'name_id_changed'],
  ['the bound value in another format', came('id-1'), { bound: byValue }, 'name_id_format_changed'],
  ['a transient NameID', came('id-1', TRANSIENT), { bound: byValue }, 'name_id_transient'],
  ['the e-mail for a bound value', came(EMAIL, PERSISTENT), { bound: byValue }, 'name_id_changed'],
  ['the e-mail', came(EMAIL), { bound: byEmail }, null],
  ['the e-mail, format said', came(EMAIL, UNSPECIFIED), { bound: byEmail }, null],
  ['the e-mail in another case', came('Ann@T.example'), { bound: byEmail }, null],
  ['a new e-mail', came('b@t.example', null, 'B@t.example'), { bound: byEmail }, null],
  [
    'the e-mail in another format',
    came(EMAIL, PERSISTENT),
    { bound: byEmail },
    'name_id_format_changed',
  ],
  ['a transient e-mail', came(EMAIL, TRANSIENT), { bound: byEmail }, 'name_id_transient'],
  ['another address than the e-mail', came('x@t.example'), { bound: byEmail }, 'name_id_changed'],
  ['another’s NameID', came('id-2', PERSISTENT), { isOfOther: true }, 'name_id_of_other'],
  ['another’s NameID, transient', came('id-2', TRANSIENT), { isOfOther: true }, 'name_id_of_other'],
  [
    'another’s NameID for somebody who is bound',
    came('id-2', PERSISTENT),
    { bound: byValue, isOfOther: true },
    'name_id_of_other',
  ],
  [
    'the same wrong value again',
    came('id-2', PERSISTENT),
    { bound: { ...byValue, refusedHash: 'hash' } },
    'name_id_changed',
  ],
  [
    'a third value',
    came('id-3', PERSISTENT),
    { bound: { ...byValue, refusedHash: 'other' } },
    'name_id_each_time',
  ],
]

describe('judgeNameID', () => {
  it.each(CASES)('%s', (_, principal, facts, code) => {
    const all = { bound: null, isOfOther: false, ...facts }
    expect(judgeNameID(readNameID(principal), all, ['hash', 'by the previous secret'])).toBe(code)
  })

  it('knows a hash by the previous secret', () => {
    const bound = { ...byValue, refusedHash: 'by the previous secret' }
    const received = readNameID(came('id-2', PERSISTENT))
    const facts = { bound, isOfOther: false }
    expect(judgeNameID(received, facts, ['hash', bound.refusedHash])).toBe('name_id_changed')
  })
})

describe('the statement of the login', () => {
  it.each(CASES)('agrees: %s', async (_, principal, facts, code) => {
    const world = await createWorld()
    const { connectionSid, tenantSid, idpEntityID: entityID } = world
    const userSid = await world.addUser(principal.email)
    const received = readNameID(principal)
    const row = { connectionSid, entityID, firstSeenAt: 1, lastSeenAt: 1 }
    if (facts.bound) await db.insert(nameIDs).values({ ...row, ...facts.bound, userSid })
    if (facts.isOfOther) {
      const other = await world.addUser('other@t.example')
      const binding = { kind: 'value', format: PERSISTENT, nameID: received.value } as const
      await db.insert(nameIDs).values({ ...row, ...binding, userSid: other })
    }
    const outcome = await outcomeFor(received, principal.email)
    expect(outcome.userSid).toBe(userSid)
    expect(outcome.code).toBe(code === null ? null : 'name_id')
    if (outcome.code === 'name_id')
      expect(outcome.facts).toEqual({ bound: null, isOfOther: false, ...facts })

    async function outcomeFor(of: ReturnType<typeof readNameID>, email: string) {
      const values = {
        connectionSid,
        tenantSid,
        entityID,
        emailKey: email.toLowerCase(),
        nameID: of.value,
        format: of.format,
        isEmail: of.isEmail ? 1 : 0,
        addressKey: of.addressKey,
      }
      const asSQL = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, sql`${value}`]),
      ) as unknown as Parameters<typeof outcomeOf>[1]
      return readOutcome(await db.select().from(outcomeOf(db, asSQL)))
    }
  })
})

describe('a binding', () => {
  it('is of the kind email where the NameID is the e-mail of the assertion', () => {
    expect(bindingOf(readNameID(came('ANN@t.example')))).toEqual({
      kind: 'email',
      format: UNSPECIFIED,
      nameID: null,
    })
  })

  it('is the value otherwise, and nothing for a transient NameID', () => {
    expect(bindingOf(readNameID(came('id-1', PERSISTENT)))).toEqual({
      kind: 'value',
      format: PERSISTENT,
      nameID: 'id-1',
    })
    expect(bindingOf(readNameID(came('t', TRANSIENT)))).toBeNull()
  })
})

describe('the row of a refusal', () => {
  it('has what is bound in full, and what came without its middle', () => {
    const received = readNameID(came('secret-id-2', PERSISTENT))
    const facts = { bound: byValue, isOfOther: false }
    expect(rowOfRefusal('name_id_changed', received, facts, 'abcdefghijklmnop')).toEqual({
      code: 'name_id_changed',
      ok: false,
      clause: 'SAML Core §2.2.2, §8.3',
      expected: 'id-1, format persistent',
      received: 's…, format persistent, fingerprint abcdefghij',
    })
  })

  it('does not say whose NameID it is', () => {
    const received = readNameID(came('bob@t.example'))
    const facts = { bound: byEmail, isOfOther: true }
    const row = rowOfRefusal('name_id_of_other', received, facts, 'abcdefghijklmnop')
    expect(row.expected).toBe('a NameID that is of no other user')
  })

  it.each([
    ['bob@t.example', 'b…@t.example'],
    ['short', 's…'],
    ['0123456789abcdef', '01…ef'],
  ])('masks %s', (value, masked) => expect(maskNameID(value)).toBe(masked))

  it('shortens formats of the standard alone', () => {
    expect(shortFormat(PERSISTENT)).toBe('persistent')
    expect(shortFormat('urn:other:format')).toBe('urn:other:format')
  })
})
