import { describe, expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from '../../src/base64.ts'
import type { Setting } from '../../src/env.ts'
import { createHandle, isAtRevision, nameUnsolicited, openHandle } from '../../src/login/handle.ts'
import { openLoginKeys } from '../../src/login/login-keys.ts'

const CONNECTION = `CN${'1'.repeat(32)}`
const OTHER = `CN${'2'.repeat(32)}`
const NOW = Date.UTC(2026, 10, 29, 12, 0, 0, 400)
const LOGIN = { revision: 7, purpose: 'login', forceAuthn: false, now: NOW } as const

function ringOf(current: string, previous?: string) {
  const setting = (name: string, text?: string): Setting => ({
    name,
    text: text === undefined ? undefined : btoa(text.padEnd(32, '.')),
  })
  return openLoginKeys({
    current: setting('LOGIN_SECRET', current),
    previous: setting('LOGIN_SECRET_PREVIOUS', previous),
  })
}

describe('a handle', () => {
  it('has 59 characters, which are fewer than the 80 bytes of SAML Bindings §3.4.3', async () => {
    const { handle } = await createHandle(await ringOf('a'), CONNECTION, LOGIN)
    expect(handle).toMatch(/^[\w-]{59}$/)
  })

  it.each([
    [{}, { purpose: 'login', forceAuthn: false, revision: 7 }],
    [{ purpose: 'test' }, { purpose: 'test', forceAuthn: false, revision: 7 }],
    [{ forceAuthn: true }, { purpose: 'login', forceAuthn: true, revision: 7 }],
    [{ revision: 2 ** 24 + 5 }, { revision: 5 }],
  ] as const)('says what the login was begun with: %o', async (asked, said) => {
    const ring = await ringOf('a')
    const { handle, ...made } = await createHandle(ring, CONNECTION, { ...LOGIN, ...asked })
    const opened = await openHandle(ring, CONNECTION, handle, NOW)
    expect(opened).toEqual({ ...made, isExpired: false })
    expect(opened).toMatchObject({ ...said, createdAt: NOW - 400 })
    expect(opened!.requestID).toMatch(/^_[\w-]{43}$/)
    expect(opened!.name).toMatch(/^[0-9a-f]{8}[\w-]{16}$/)
  })

  it('is of one connection', async () => {
    const ring = await ringOf('a')
    const { handle } = await createHandle(ring, CONNECTION, LOGIN)
    expect(await openHandle(ring, OTHER, handle, NOW)).toBeUndefined()
  })

  it('opens with no bit of it changed', async () => {
    const ring = await ringOf('a')
    const { handle } = await createHandle(ring, CONNECTION, LOGIN)
    const bytes = decodeBase64url(handle)!
    const opened: number[] = []
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice()
      changed[bit >> 3]! ^= 1 << (bit & 7)
      if (await openHandle(ring, CONNECTION, encodeBase64url(changed), NOW)) opened.push(bit)
    }
    expect(opened).toEqual([])
    for (const text of [`${handle}A`, handle.slice(1), ` ${handle}`, `${handle}=`, ''])
      expect(await openHandle(ring, CONNECTION, text, NOW), text).toBeUndefined()
  })

  it('expires ten minutes after its second', async () => {
    const ring = await ringOf('a')
    const { handle, createdAt } = await createHandle(ring, CONNECTION, LOGIN)
    const isExpired = async (now: number) =>
      (await openHandle(ring, CONNECTION, handle, now))!.isExpired
    expect(await isExpired(createdAt + 599_999)).toBe(false)
    expect(await isExpired(createdAt + 600_000)).toBe(true)
  })

  it('opens with the previous secret too, and with no third one', async () => {
    const before = await createHandle(await ringOf('a'), CONNECTION, LOGIN)
    const opened = await openHandle(await ringOf('b', 'a'), CONNECTION, before.handle, NOW)
    expect(opened).toMatchObject({ name: before.name, requestID: before.requestID })
    expect(await openHandle(await ringOf('b'), CONNECTION, before.handle, NOW)).toBeUndefined()
    const after = await createHandle(await ringOf('b', 'a'), CONNECTION, LOGIN)
    expect(await openHandle(await ringOf('b'), CONNECTION, after.handle, NOW)).toBeDefined()
  })

  it('gives each login a name and a request of its own', async () => {
    const ring = await ringOf('a')
    const made = await Promise.all(
      Array.from({ length: 50 }, () => createHandle(ring, CONNECTION, LOGIN)),
    )
    for (const field of ['handle', 'name', 'requestID'] as const)
      expect(new Set(made.map((one) => one[field])).size, field).toBe(50)
  })

  it('tells revisions apart', async () => {
    const login = await createHandle(await ringOf('a'), CONNECTION, LOGIN)
    expect([6, 7, 8].map((revision) => isAtRevision(login, revision))).toEqual([false, true, false])
  })
})

it('an unsolicited login has one name for each copy of its message, and the time in front', async () => {
  const ring = await ringOf('a')
  const name = await nameUnsolicited(ring, CONNECTION, '_assertion', NOW)
  const later = await nameUnsolicited(ring, CONNECTION, '_assertion', NOW + 5000)
  expect(later.slice(8)).toBe(name.slice(8))
  expect(later > name).toBe(true)
  expect(await nameUnsolicited(ring, OTHER, '_assertion', NOW)).not.toBe(name)
})
