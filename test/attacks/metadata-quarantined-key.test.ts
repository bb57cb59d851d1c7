// A login signed by a key that waits for somebody's decision: refused like any other, and said to
// administrators alone.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { refuseCertificate } from '../../src/connections/certificates/operations.ts'
import { changeState } from '../../src/connections/operations.ts'
import { quarantinedCertificates } from '../../src/platform/db/schema.ts'
import { createSourced, metadataOf } from '../connections/metadata/published-metadata.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { countingDatabase } from '../support/counting.ts'
import { toField, type Answer } from '../support/fake-idp.ts'
import type { KeyName } from '../support/keys.ts'
import { good, request } from '../support/request.ts'
import {
  as,
  attemptCode,
  createWorld,
  db,
  fingerprintOf,
  type WorldSettings,
} from '../support/world.ts'
import { askApp } from '../support/ask-app.ts'

async function quarantined(settings: WorldSettings = {}) {
  const sourced = await createSourced(settings)
  const { world, server, read, trail } = sourced
  await world.addUser('alice@tenant.example')
  server.xml = metadataOf(['idp', 'idpNext'])
  await read()
  const login = async (answer: Partial<Answer> = {}, key: KeyName = 'idpNext') => {
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world
      .idp(requestID, key)
      .respond({ ...as('alice@tenant.example'), ...answer })
    const response = await world.deliver(browser, message, relayState)
    const code = response.status === 303 ? null : await attemptCode(response)
    return { response, code }
  }
  const waiting = async () => {
    const [row] = await db
      .select()
      .from(quarantinedCertificates)
      .where(eq(quarantinedCertificates.connectionSid, world.connectionSid))
    return row!
  }
  const told = async () =>
    (await trail()).filter(({ type }) => type === 'certificate.quarantined_used')
  return { ...sourced, login, waiting, told }
}

const SHAPES: Record<string, Partial<Answer>> = {
  'a signed Assertion': {},
  'a signed Response': { sign: ['Response'] },
  'both signed': { sign: ['Response', 'Assertion'] },
  'a signed Assertion, encrypted': { encrypt: true, order: 'encrypt, then sign' },
  'a signed Response around an encrypted Assertion': { encrypt: true, sign: ['Response'] },
}

describe('metadata-quarantined-key', () => {
  it.each(Object.entries(SHAPES))('is refused: signature_key_quarantined, %s', async (_, shape) => {
    const { world, login, waiting } = await quarantined()
    // The same message signed by the pinned key is accepted.
    expect((await login(shape, 'idp')).code).toBeNull()
    const before = await world.rows()
    const { code } = await login(shape)
    expect(code).toBe('signature_key_quarantined')
    const { attempts: all, ...after } = await world.rows()
    expect({ ...after, attempts: before.attempts }).toEqual(before)
    expect(all.find((one) => one.code !== null)).toMatchObject({
      ring: 'unproven',
      userSid: null,
      certificateFingerprint: await fingerprintOf('idpNext'),
    })
    expect((await waiting()).lastSeenAt).toBeGreaterThan(0)
  })

  it('the page is that of every refusal', async () => {
    const { login } = await quarantined()
    const pageOf = async ({ response }: Awaited<ReturnType<typeof login>>) =>
      `${response.status} ${(await response.text()).replace(/(?:AT|RQ)[0-9a-f]{32}|nonce="[^"]*"|login=[\w-]{24}/g, '')}`
    expect(await pageOf(await login())).toBe(await pageOf(await login({}, 'attacker')))
  })

  it('is told once a key, and seen to the minute', async () => {
    const { login, waiting, told } = await quarantined()
    await login()
    const { lastSeenAt } = await waiting()
    await login()
    expect((await waiting()).lastSeenAt).toBe(lastSeenAt)
    await db.update(quarantinedCertificates).set({ lastSeenAt: lastSeenAt! - 61_000 })
    await login()
    expect((await waiting()).lastSeenAt).toBeGreaterThanOrEqual(lastSeenAt!)
    expect(await told()).toEqual([
      {
        actor: 'maintenance',
        type: 'certificate.quarantined_used',
        after: { certificates: [await fingerprintOf('idpNext')] },
      },
    ])
  })

  it('the key of a stranger is not taken for it, nor one that was refused, nor one of another connection', async () => {
    const { world, login, waiting } = await quarantined()
    expect((await login({}, 'attacker')).code).toBe('signature_invalid')
    expect((await login({ encrypt: true }, 'attacker')).code).toBe('encryption_failed')
    const other = await createWorld()
    await other.addUser('alice@tenant.example')
    const { arrived } = await other.login('alice@tenant.example', { signature: { key: 'idpNext' } })
    expect(await attemptCode(arrived)).toBe('signature_invalid')
    expect((await waiting()).lastSeenAt).toBeNull()
    const next = await fingerprintOf('idpNext')
    good(await refuseCertificate(request(), world.connectionSid, next))
    expect((await login()).code).toBe('signature_invalid')
    expect((await waiting()).lastSeenAt).toBeNull()
  })

  it('is not looked for where the message is refused for something else', async () => {
    const { world, login, waiting } = await quarantined()
    expect((await login({ destination: 'https://elsewhere.example/' })).code).toBe('destination')
    expect((await login({ sign: [] })).code).toBe('signature_missing')
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    good(await changeState(request(), world.connectionSid, 'suspend'))
    const message = await world.idp(requestID, 'idpNext').respond(as('alice@tenant.example'))
    const arrived = await world.deliver(browser, message, relayState)
    expect(await attemptCode(arrived)).toBe('connection_suspended')
    expect((await waiting()).lastSeenAt).toBeNull()
  })

  it('a connection without any pinned key trusts none that waits', async () => {
    const { login } = await quarantined({ pinned: [] })
    expect((await login()).code).toBe('signature_key_quarantined')
    expect((await login({}, 'attacker')).code).toBe('signature_no_key')
  })

  it('a ciphertext that only a waiting key vouches for is left alone, and so tells nothing', async () => {
    const { login } = await quarantined()
    const garble = (ciphertext: Uint8Array) => ciphertext.map((byte) => byte ^ 0xff)
    for (const cipher of ['aes128-cbc', 'aes128-gcm'] as const)
      for (const editCiphertext of [(ciphertext: Uint8Array) => ciphertext, garble]) {
        const encrypt = { cipher, editCiphertext }
        expect((await login({ encrypt, sign: ['Response'] })).code).toBe(
          'signature_key_quarantined',
        )
      }
  })

  it('costs a login that is refused one round trip more, and one that is accepted none', async () => {
    const { world } = await quarantined()
    const tripsOf = async (key: KeyName) => {
      const browser = openBrowser()
      const { requestID, relayState } = await world.begin(browser)
      const message = await world.idp(requestID, key).respond(as('alice@tenant.example'))
      const { binding, cost } = countingDatabase()
      let trips = 0
      const response = await askApp(
        createApp(),
        `${ORIGIN}${world.acs}`,
        {
          method: 'POST',
          body: new URLSearchParams({ SAMLResponse: toField(message), RelayState: relayState }),
        },
        { ...env, DB: binding },
        () => (trips = cost.trips),
      )
      return [response.status, trips]
    }
    // To find the connection, then to spend the response, or to find the keys in quarantine and to
    // note which of them signed. The attempt goes to HISTORY.
    expect(await tripsOf('idp')).toEqual([303, 2])
    expect(await tripsOf('idpNext')).toEqual([403, 3])
    expect(await tripsOf('attacker')).toEqual([403, 2])
  })
})
