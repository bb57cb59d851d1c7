// Logins before, during and after the rotation of our own keys, by an IdP that knows of us what it
// has read in our metadata.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig, type Env } from '../../src/env.ts'
import { keyPairs } from '../../src/platform/db/schema.ts'
import { prepareKeyPair, retireKeyPair, rotateKeyPairs } from '../../src/keys/operations.ts'
import { decodeBase64 } from '../../src/base64.ts'
import { parseCertificate } from '../../src/saml/signature/certificate.ts'
import { attribute, childrenNamed, readTree, type XmlElement } from '../../src/saml/xml/xml-tree.ts'
import { deployed, NO_ENCRYPTION, pair } from '../keys/deployment.ts'
import { openBrowser } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { as, attemptCode, createWorld, db, type World } from '../support/world.ts'

const MD = 'urn:oasis:names:tc:SAML:2.0:metadata'
const ANN = 'ann@tenant.example'

/** What an IdP has read of us: SubjectPublicKeyInfo of each key in base64, by its use. */
type Known = Record<'signing' | 'encryption', string[]>

async function readMetadata(world: World, deployment: Env = env): Promise<Known> {
  const response = await openBrowser(deployment).send(`/saml/${world.connectionSid}/metadata`, {})
  const tree = readTree(await response.text())
  if (!tree.ok) throw new Error(tree.error.code)
  const known: Known = { signing: [], encryption: [] }
  const [role] = childrenNamed(tree.value, MD, 'SPSSODescriptor')
  for (const key of childrenNamed(role!, MD, 'KeyDescriptor')) {
    const certificate = await parseCertificate(textOf(key))
    if (!certificate.ok) throw new Error(certificate.error.code)
    known[attribute(key, 'use') as keyof Known].push(certificate.value.spki)
  }
  return known
}

function textOf(element: XmlElement): string {
  return element.children
    .map((child) => (typeof child === 'string' ? child : textOf(child)))
    .join('')
}

/** Whether a key that the IdP knows has signed the query of our AuthnRequest. */
async function isVerified(url: URL, { signing }: Known): Promise<boolean> {
  const [signed, signature] = url.search.slice(1).split('&Signature=') as [string, string]
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  for (const spki of signing) {
    const key = await crypto.subtle.importKey('spki', decodeBase64(spki)!, algorithm, false, [
      'verify',
    ])
    const value = decodeBase64(decodeURIComponent(signature))!
    const octets = new TextEncoder().encode(signed)
    if (await crypto.subtle.verify(algorithm.name, key, value, octets)) return true
  }
  return false
}

/** One login with a response that is encrypted to each key the IdP knows, one at a time. */
async function logIn(world: World, known: Known, deployment: Env = env) {
  const outcomes: (string | null | undefined)[] = []
  let verified = true
  for (const key of known.encryption) {
    const browser = openBrowser(deployment)
    const login = await world.login(
      ANN,
      { ...as(ANN), encrypt: { to: [decodeBase64(key)!] } },
      browser,
    )
    verified &&= await isVerified(login.departure.url, known)
    outcomes.push(login.finished?.status === 302 ? 'logged in' : await attemptCode(login.arrived))
  }
  return { requests: verified ? 'verified' : 'not verified', outcomes }
}

const GOOD = { requests: 'verified', outcomes: ['logged in'] }

async function openWorld(): Promise<World> {
  const world = await createWorld()
  await world.addUser(ANN)
  return world
}

beforeEach(() => db.delete(keyPairs))
// Other files of the run share the database.
afterEach(() => db.delete(keyPairs))

describe('with key pairs in the database', () => {
  const { keySecrets } = readConfig(env)

  it('refuses no login from before the rotation until long after it', async () => {
    const world = await openWorld()
    const before = await readMetadata(world)
    expect(await logIn(world, before)).toEqual(GOOD)

    good(await prepareKeyPair(request(), keySecrets))
    const prepared = await readMetadata(world)
    expect(prepared.signing).toHaveLength(2)
    expect(await logIn(world, before)).toEqual(GOOD)
    expect(await logIn(world, prepared)).toEqual(GOOD)

    good(await rotateKeyPairs(request(), keySecrets))
    const rotated = await readMetadata(world)
    expect(rotated.signing).toEqual([prepared.signing[1]])
    expect(await logIn(world, prepared)).toEqual(GOOD)
    expect(await logIn(world, rotated)).toEqual(GOOD)
    // An IdP that has not read it since still encrypts to a key of ours; the rotation waits for the
    // signature.
    expect(await logIn(world, before)).toEqual({ ...GOOD, requests: 'not verified' })

    good(await retireKeyPair(request(), keySecrets))
    expect(await logIn(world, prepared)).toEqual(GOOD)
    expect(await logIn(world, rotated)).toEqual(GOOD)
    expect((await logIn(world, before)).outcomes).toEqual(['encryption_failed'])
  })

  it('a rotation between request and response refuses no login', async () => {
    const world = await openWorld()
    good(await prepareKeyPair(request(), keySecrets))
    const prepared = await readMetadata(world)
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world.idp(requestID).respond({
      ...as(ANN),
      encrypt: { to: prepared.encryption.map((key) => decodeBase64(key)!) },
    })
    good(await rotateKeyPairs(request(), keySecrets))
    expect((await world.deliver(browser, message, relayState)).status).toBe(303)
  })

  it('a next pair that is withdrawn decrypts until it is retired once more', async () => {
    const world = await openWorld()
    good(await prepareKeyPair(request(), keySecrets))
    const prepared = await readMetadata(world)
    good(await retireKeyPair(request(), keySecrets))
    expect((await readMetadata(world)).signing).toEqual([prepared.signing[0]])
    expect(await logIn(world, prepared)).toEqual(GOOD)
    good(await retireKeyPair(request(), keySecrets))
    expect((await logIn(world, prepared)).outcomes).toEqual(['encryption_failed'])
  })
})

describe('with key pairs in secrets', () => {
  const withSecrets = (...settings: Partial<Env>[]) => deployed(NO_ENCRYPTION, ...settings)

  it('refuses no login from before the rotation until long after it', async () => {
    const world = await openWorld()
    const first = withSecrets()
    const before = await readMetadata(world, first)
    expect(await logIn(world, before, first)).toEqual(GOOD)

    const second = withSecrets(pair('NEXT_', 'spNext'))
    const prepared = await readMetadata(world, second)
    expect(prepared.signing).toHaveLength(2)
    expect(await logIn(world, before, second)).toEqual(GOOD)
    expect(await logIn(world, prepared, second)).toEqual(GOOD)

    // The next pair may stay where it is while it has become the current one too.
    const third = withSecrets(pair('NEXT_', 'spNext'), pair('', 'spNext'), pair('PREVIOUS_', 'sp'))
    const rotated = await readMetadata(world, third)
    expect(rotated.signing).toEqual([prepared.signing[1]])
    expect(await logIn(world, prepared, third)).toEqual(GOOD)
    expect(await logIn(world, rotated, third)).toEqual(GOOD)
    expect((await logIn(world, before, third)).outcomes).toEqual(['logged in'])

    const fourth = withSecrets(pair('', 'spNext'))
    expect(await logIn(world, prepared, fourth)).toEqual(GOOD)
    expect((await logIn(world, before, fourth)).outcomes).toEqual(['encryption_failed'])
  })
})
