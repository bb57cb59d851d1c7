// The certificates of an IdP over the years: how they are read, what is seen of them, and when one
// may go.
import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { listCertificates } from '../../../src/connections/certificates/operations.ts'
import {
  isUnused,
  summarize,
  UNUSED_DAYS,
} from '../../../src/connections/certificates/certificate-view.ts'
import { editConnection, readCertificates } from '../../../src/connections/operations.ts'
import { certificates, connections } from '../../../src/platform/db/schema.ts'
import { parseCertificate } from '../../../src/saml/signature/certificate.ts'
import { openBrowser } from '../../support/browser.ts'
import {
  certificateOf,
  pemOf,
  privateKeyOf,
  publicKeyOf,
  type KeyName,
} from '../../support/keys.ts'
import { codeOf, good, request } from '../../support/request.ts'
import { as, attemptCode, createWorld, db, fingerprintOf, type World } from '../../support/world.ts'

const DAY = 24 * 3600_000
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
const base64Of = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))
const utf8 = (text: string) => new TextEncoder().encode(text)

async function certificate(name: KeyName) {
  const read = await parseCertificate(certificateOf(name))
  if (!read.ok) throw new Error(read.error.code)
  return read.value
}

describe('readCertificates', () => {
  const both = ['idp', 'p256'] as const

  it.each<[string, string | Uint8Array, readonly KeyName[]]>([
    ['PEM', pemOf('idp'), ['idp']],
    ['PEM, several in one file', both.map(pemOf).join('\n'), both],
    ['PEM as a file', utf8(both.map(pemOf).join('')), both],
    ['PEM as a file of Windows', utf8(`\ufeff${pemOf('idp').replaceAll('\n', '\r\n')}`), ['idp']],
    ['PEM with what openssl writes around it', `subject=CN = x\n${pemOf('idp')}issuer=y`, ['idp']],
    ['bare base64', certificateOf('idp'), ['idp']],
    ['bare base64 in lines', certificateOf('idp').replace(/.{64}/g, '$&\n'), ['idp']],
    ['bare base64 as a file', utf8(`${certificateOf('idp')}\n`), ['idp']],
    ['DER', bytesOf(certificateOf('idp')), ['idp']],
    ['DER with a P-521 key', bytesOf(certificateOf('p521')), ['p521']],
  ])('takes %s', async (_, input, names) => {
    const read = good(await readCertificates(input))
    expect(read.map(({ base64 }) => base64)).toEqual(names.map(certificateOf))
  })

  const key = privateKeyOf('idp')
  // RFC 5958 §2: version, algorithm, and the key itself as PKCS#1 in an OCTET STRING.
  const pkcs1 = key.slice(26)
  // RFC 5958 §3: an algorithm, here PBES2, and an OCTET STRING.
  const encrypted = bytesOf('MIGSMA0GCSqGSIb3DQEFDTAABIGA' + base64Of(new Uint8Array(128)))
  const pem = (label: string, body: string) =>
    `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`

  it.each<[string, string | Uint8Array]>([
    ['PKCS#8', pem('PRIVATE KEY', base64Of(key))],
    ['PKCS#1', pem('RSA PRIVATE KEY', base64Of(pkcs1))],
    ['SEC 1', pem('EC PRIVATE KEY', 'MHcCAQEE')],
    ['encrypted PKCS#8', pem('ENCRYPTED PRIVATE KEY', base64Of(encrypted))],
    ['OpenSSH', pem('OPENSSH PRIVATE KEY', 'b3BlbnNzaC1rZXktdjE=')],
    ['after a certificate', pemOf('idp') + pem('PRIVATE KEY', base64Of(key))],
    [
      'with headers, after a certificate',
      pemOf('idp') +
        pem('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA'),
    ],
    ['PKCS#8 as DER', key],
    ['PKCS#1 as DER', pkcs1],
    ['EC PKCS#8 as DER', privateKeyOf('p256')],
    ['encrypted PKCS#8 as DER', encrypted],
    ['PKCS#8 as bare base64', base64Of(key)],
    ['PKCS#12 as DER', Uint8Array.of(0x30, 0x82, 0x00, 0x04, 0x02, 0x01, 0x03, 0x30, 0x00)],
  ])('certificate_private_key: %s', async (_, input) => {
    expect(codeOf(await readCertificates(input))).toEqual([
      'certificate_private_key',
      'certificate',
    ])
  })

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['no bytes', new Uint8Array()],
    ['words', 'certificate'],
    ['a public key', pem('PUBLIC KEY', base64Of(publicKeyOf('idp')))],
    ['a public key as DER', publicKeyOf('idp')],
    // RFC 8017 §A.1.1: it begins with a number too, but with the modulus.
    ['a public key as PKCS#1', publicKeyOf('idp').slice(24)],
    ['a certificate that is cut', certificateOf('idp').slice(0, 400)],
    ['DER that is cut', bytesOf(certificateOf('idp')).slice(0, 300)],
    ['a length that lies', Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0x84)],
    ['more than 512 KiB', pemOf('idp') + ' '.repeat(512 * 1024)],
    ['21 certificates', pemOf('idp').repeat(21)],
  ])('certificate_malformed: %s', async (_, input) => {
    expect(codeOf(await readCertificates(input))).toEqual(['certificate_malformed', 'certificate'])
  })

  it('weak keys are refused here, and where they come another way', async () => {
    expect(codeOf(await readCertificates(pemOf('rsa1024')))[0]).toBe('signature_key_weak')
    const { connectionSid } = await createWorld()
    const addCertificates = [await certificate('rsa1024')]
    expect(codeOf(await editConnection(request(), connectionSid, { addCertificates }))).toEqual([
      'signature_key_weak',
      'certificate',
    ])
  })
})

describe('what is seen of a certificate', () => {
  it('is who, what, which key, and from when to when', async () => {
    const { subject, issuer, notBefore, notAfter, fingerprint } = await certificate('idp')
    const now = notAfter - 61 * DAY
    expect(summarize(await certificate('idp'), now)).toEqual({
      fingerprint,
      certificate: certificateOf('idp'),
      subject,
      issuer,
      key: 'RSA 2048',
      notBefore,
      notAfter,
      warnings: [],
    })
    expect(summarize(await certificate('p384'), now).key).toBe('EC P-384')
  })

  it('warns before it ends and after, and never refuses for it', async () => {
    const one = await certificate('idp')
    const warnings = (now: number) => summarize(one, now).warnings
    expect(warnings(one.notAfter - 60 * DAY - 1)).toEqual([])
    expect(warnings(one.notAfter - 60 * DAY)).toEqual(['expires_soon'])
    expect(warnings(one.notAfter - 1)).toEqual(['expires_soon'])
    expect(warnings(one.notAfter)).toEqual(['expired'])
    expect(warnings(one.notBefore - 1)).toEqual(['not_yet_valid'])
    const { connectionSid } = await createWorld({ pinned: [] })
    const late = { ...request(), now: one.notAfter + DAY }
    const preview = good(
      await editConnection(late, connectionSid, { addCertificates: [one] }, { preview: true }),
    )
    expect(preview).toMatchObject({
      certificates: [{ fingerprint: one.fingerprint, warnings: ['expired'] }],
      warnings: ['certificate_expired'],
    })
    good(await editConnection(late, connectionSid, { addCertificates: [one] }))
    const [view] = good(await listCertificates(late, connectionSid)).pinned
    expect(view!.warnings).toEqual(['expired'])
    const [row] = await db
      .select()
      .from(certificates)
      .where(eq(certificates.connectionSid, connectionSid))
    expect(row!.notAfter).toBe(one.notAfter)
  })

  it('a login signed by a certificate that has expired is accepted', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    await db
      .update(certificates)
      .set({ notAfter: Date.now() - DAY })
      .where(eq(certificates.connectionSid, world.connectionSid))
    expect((await world.login('alice@tenant.example')).finished?.status).toBe(302)
  })
})

describe('whether one may go', () => {
  const now = 1000 * DAY
  const use = (fingerprint: string, createdDaysAgo: number, usedDaysAgo: number | null) => ({
    fingerprint,
    createdAt: now - createdDaysAgo * DAY,
    lastUsedAt: usedDaysAgo === null ? null : now - usedDaysAgo * DAY,
  })
  const old = use('old', 300, UNUSED_DAYS)

  it('the old one, when nobody used it for UNUSED_DAYS while another was used since', () => {
    expect(isUnused(old, [old, use('new', 40, 1)], now)).toBe(true)
    expect(isUnused(old, [old, use('new', 40, UNUSED_DAYS - 1)], now)).toBe(true)
  })

  it.each<[string, ReturnType<typeof use>, ReturnType<typeof use>[]]>([
    ['used a day too late', use('old', 300, UNUSED_DAYS - 1), [use('new', 40, 1)]],
    ['the other was never used', old, [use('new', 40, null)]],
    ['the other was used last before it', old, [use('new', 40, UNUSED_DAYS + 1)]],
    ['there is no other', old, []],
    ['it was added not long ago', use('old', UNUSED_DAYS - 1, null), [use('new', 300, 1)]],
  ])('not: %s', (_, one, others) => {
    expect(isUnused(one, [one, ...others], now)).toBe(false)
  })

  it('one that was never used, when it has been there for long enough', () => {
    const one = use('old', UNUSED_DAYS, null)
    expect(isUnused(one, [one, use('new', 300, 1)], now)).toBe(true)
  })

  it('is shown', async () => {
    const world = await createWorld({ pinned: ['idp', 'idpNext'] })
    await world.addUser('alice@tenant.example')
    await db
      .update(certificates)
      .set({ createdAt: 1, lastUsedAt: Date.now() - 31 * DAY })
      .where(
        and(
          eq(certificates.connectionSid, world.connectionSid),
          eq(certificates.fingerprint, await fingerprintOf('idp')),
        ),
      )
    const seen = async () =>
      good(await listCertificates(request(), world.connectionSid)).pinned.map(
        ({ warnings, safeToRemove }) => [warnings.includes('unused'), safeToRemove],
      )
    expect(await seen()).toEqual([
      [false, false],
      [false, false],
    ])
    await loginBy(world, 'idpNext')
    expect(await seen()).toEqual([
      [true, true],
      [false, false],
    ])
  })
})

/** Through HTTP; null where it was accepted. */
async function loginBy(world: World, key: KeyName): Promise<string | null | undefined> {
  const browser = openBrowser()
  const { requestID, relayState } = await world.begin(browser)
  const message = await world.idp(requestID, key).respond(as('alice@tenant.example'))
  const arrived = await world.deliver(browser, message, relayState)
  if (arrived.status !== 303) return attemptCode(arrived)
  const finished = await browser.get(arrived.headers.get('location')!)
  return finished.status === 302 ? null : attemptCode(finished)
}

describe('when a certificate was used last', () => {
  const uses = async ({ connectionSid }: World) => {
    const [connection] = await db
      .select({ lastLoginAt: connections.lastLoginAt, updatedAt: connections.updatedAt })
      .from(connections)
      .where(eq(connections.sid, connectionSid))
    const rows = await db
      .select()
      .from(certificates)
      .where(eq(certificates.connectionSid, connectionSid))
    const used = Object.fromEntries(
      rows.map(({ certificate: base64, lastUsedAt }) => [
        base64 === certificateOf('idp') ? 'idp' : 'idpNext',
        lastUsedAt,
      ]),
    )
    return { ...connection!, used }
  }

  it('is noted with the login that it signed, for it alone, and is no edit', async () => {
    const world = await createWorld({ pinned: ['idp', 'idpNext'] })
    await world.addUser('alice@tenant.example')
    const { updatedAt } = await uses(world)
    const before = Date.now()
    expect(await loginBy(world, 'idpNext')).toBeNull()
    const { used, lastLoginAt, updatedAt: version } = await uses(world)
    expect(used['idp']).toBeNull()
    expect(used['idpNext']).toBeGreaterThanOrEqual(before)
    expect(lastLoginAt).toBeGreaterThanOrEqual(used['idpNext']!)
    expect(version).toBe(updatedAt)
  })

  it('is not noted for a login that was refused', async () => {
    const world = await createWorld()
    expect(await loginBy(world, 'idp')).toBe('user_unknown')
    await world.addUser('alice@tenant.example')
    expect(await loginBy(world, 'attacker')).toBe('signature_invalid')
    expect(await uses(world)).toMatchObject({ lastLoginAt: null, used: { idp: null } })
  })

  it('is noted to the minute, so that the rows are seldom written', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const note = async (ago: number) => {
      const at = Date.now() - ago
      await db
        .update(certificates)
        .set({ lastUsedAt: at })
        .where(eq(certificates.connectionSid, world.connectionSid))
      await db
        .update(connections)
        .set({ lastLoginAt: at, triedRevision: 1 })
        .where(eq(connections.sid, world.connectionSid))
      expect(await loginBy(world, 'idp')).toBeNull()
      const { used, lastLoginAt } = await uses(world)
      return [used['idp'] === at, lastLoginAt === at]
    }
    expect(await note(30_000)).toEqual([true, true])
    expect(await note(61_000)).toEqual([false, false])
  })
})

describe('a rotation at the IdP', () => {
  it('fails no login before, during and after the overlap', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const add = good(await readCertificates(pemOf('idpNext')))
    const edit = (change: Parameters<typeof editConnection>[2]) =>
      editConnection(request(), world.connectionSid, change)

    // Before: the next one does not count.
    expect(await loginBy(world, 'idp')).toBeNull()
    expect(await loginBy(world, 'idpNext')).toBe('signature_invalid')

    // A login that is on its way when the next one is added, and one when the old one goes.
    const underway = async () => {
      const browser = openBrowser()
      const { requestID, relayState } = await world.begin(browser)
      return async (key: KeyName) => {
        const message = await world.idp(requestID, key).respond(as('alice@tenant.example'))
        return (await world.deliver(browser, message, relayState)).status
      }
    }
    const [first, second] = [await underway(), await underway()]
    good(await edit({ addCertificates: add }))
    expect(await first('idp')).toBe(303)
    expect(await second('idpNext')).toBe(303)
    for (const key of ['idp', 'idpNext', 'idp', 'idpNext'] as const)
      expect(await loginBy(world, key)).toBeNull()

    good(await edit({ removeCertificates: [await fingerprintOf('idp')] }))
    expect(await loginBy(world, 'idpNext')).toBeNull()
    expect(await loginBy(world, 'idp')).toBe('signature_invalid')
    const [connection] = await db
      .select({ state: connections.state })
      .from(connections)
      .where(eq(connections.sid, world.connectionSid))
    expect(connection!.state).toBe('live')
  })
})
