// An attacker controls what a metadata URL serves: trust stays as administrators set it, and the
// cost is bounded.
import { describe, expect, it } from 'vitest'
import { MAXIMUM_NEW_KEYS } from '../../src/connections/metadata/metadata-refresh.ts'
import { createSourced, metadataOf, SSO_URL } from '../connections/metadata/published-metadata.ts'
import {
  entitiesDescriptor,
  IDP,
  keyDescriptor,
  ssoService,
} from '../saml/metadata/metadata-text.ts'
import { certificateOf, type KeyName } from '../support/keys.ts'
import { openBrowser } from '../support/browser.ts'
import { signText } from '../support/sign-text.ts'
import { as, attemptCode } from '../support/world.ts'

const EVIL = 'https://evil.example/sso'

/**
 * What may be served: everything an attacker can write, who lacks the key that signs the metadata.
 */
const DOCUMENTS: Record<string, () => string | Promise<string>> = {
  'a key of their own beside the genuine one': () => metadataOf(['idp', 'attacker']),
  'a key of their own instead': () => metadataOf(['attacker']),
  'a key of their own, without use': () =>
    metadataOf([], {
      content:
        keyDescriptor(null, certificateOf('attacker')) +
        ssoService(SSO_URL) +
        ssoService(SSO_URL, 'HTTP-POST'),
    }),
  'signed by their own key': () => signText(metadataOf(['attacker']), { key: 'attacker' }),
  'signed by the key that signs logins': () => signText(metadataOf(['attacker']), { key: 'idp' }),
  'an aggregate with the entity twice': () => {
    const inner = (keys: KeyName[]) =>
      metadataOf(keys).replace(/ xmlns:md="[^"]*"| ID="[^"]*"/g, '')
    return entitiesDescriptor(inner(['idp']) + inner(['attacker']))
  },
  'another identifier': () =>
    metadataOf(['attacker'], { entityID: 'https://evil.example/metadata' }),
  'the identifier in other letters': () =>
    metadataOf(['attacker'], { entityID: IDP.toUpperCase() }),
  'their own sign-in page': () => metadataOf(['idp']).replaceAll(SSO_URL, EVIL),
  'a sign-in page by http': () => metadataOf(['idp']).replaceAll(SSO_URL, 'http://evil.example/'),
  'a script as sign-in page': () => metadataOf(['idp']).replaceAll(SSO_URL, 'javascript:alert(1)'),
  'no signed requests wanted': () =>
    metadataOf(['idp'], { roleAttributes: ' WantAuthnRequestsSigned="false"' }),
  'no keys at all': () => metadataOf([]),
  'a time that is over': () => metadataOf(['attacker'], { validUntil: '2020-01-01T00:00:00Z' }),
  'an entity': () => `<!DOCTYPE x [<!ENTITY e "x">]>${metadataOf(['attacker'])}`,
  'no XML': () => 'attacker',
  nothing: () => '',
}

describe('metadata-refresh-hostile', () => {
  describe.each([null, 'p256' as const])('with the metadata’s key pinned: %s', (signedBy) => {
    it.each(Object.entries(DOCUMENTS))('%s changes no trust', async (_, document) => {
      const genuine = metadataOf(['idp'])
      const { server, trust, read } = await createSourced({
        xml: signedBy
          ? await signText(genuine, { key: signedBy, method: 'ecdsa-sha256' })
          : genuine,
        ...(signedBy && { signedBy }),
      })
      const before = await trust()
      server.xml = await document()
      const after = await read()
      expect(after.connection).toEqual(before.connection)
      expect(after.pinned).toEqual([certificateOf('idp')])
      expect(after.source.url).toBe(before.source.url)
      expect(after.source.signingCertificate).toBe(before.source.signingCertificate)
      // Where a signature is asked for, not even a proposal comes of it.
      if (signedBy) {
        expect(after.source.failure).not.toBeNull()
        expect([after.waiting, after.source.difference, after.source.missing]).toEqual([
          [],
          null,
          [],
        ])
      }
    })
  })

  it('logs nobody in with a key that it brought, today or the next day', async () => {
    const { world, server, read } = await createSourced()
    await world.addUser('alice@tenant.example')
    server.xml = metadataOf(['attacker'])
    for (let day = 0; day < 3; day++) {
      await read(Date.now() + day * 24 * 3600_000)
      const browser = openBrowser()
      const { requestID, relayState } = await world.begin(browser)
      const message = await world.idp(requestID, 'attacker').respond(as('alice@tenant.example'))
      const arrived = await world.deliver(browser, message, relayState)
      expect(await attemptCode(arrived)).toBe('signature_key_quarantined')
    }
    expect((await world.rows()).sessions).toEqual([])
    // And the genuine one still does.
    expect((await world.login('alice@tenant.example')).finished?.status).toBe(302)
  })

  it('has at most so many keys waiting, however many it serves', async () => {
    const { server, read } = await createSourced()
    // Each is another certificate with the same key: what follows the signature is not looked at by
    // anybody but the fingerprint.
    const certificates = Array.from({ length: 50 }, (_, index) => variantOf('attacker', index))
    server.xml = metadataOf(['idp'], {
      content:
        certificates.map((one) => keyDescriptor('signing', one)).join('') + ssoService(SSO_URL),
    })
    const { waiting } = await read()
    expect(waiting).toHaveLength(MAXIMUM_NEW_KEYS)
    const again = await read()
    expect(again.waiting.toSorted()).toEqual(waiting.toSorted())
    server.xml = metadataOf(['idp'])
    expect((await read()).waiting).toEqual([])
  })

  it('has at most so many trusted keys, however many signed metadata serves', async () => {
    const sign = (xml: string) => signText(xml, { key: 'p256', method: 'ecdsa-sha256' })
    const { server, read } = await createSourced({
      xml: await sign(metadataOf(['idp'])),
      signedBy: 'p256',
    })
    for (let day = 0; day < 3; day++) {
      const served = Array.from({ length: 15 }, (_, at) => variantOf('attacker', 50 * day + at))
      const content = served.map((one) => keyDescriptor('signing', one)).join('')
      server.xml = await sign(metadataOf(['idp'], { content: content + ssoService(SSO_URL) }))
      const { pinned, waiting, source } = await read(Date.now() + day * 24 * 3600_000)
      expect(source.failure).toBeNull()
      // The others wait: a person makes room, or refuses them.
      expect([pinned.length, waiting.length]).toEqual(
        day === 0 ? [16, 0] : [20, day === 1 ? 11 : 15],
      )
    }
  })
})

/** The certificate with another signature value, which nobody checks: a pinned key is not a PKI. */
function variantOf(name: KeyName, index: number): string {
  const der = Uint8Array.from(atob(certificateOf(name)), (character) => character.charCodeAt(0))
  der[der.length - 1 - (index % 8)] = index
  der[der.length - 9] = index
  return btoa(String.fromCharCode(...der))
}
