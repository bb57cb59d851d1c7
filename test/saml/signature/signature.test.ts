// What a signature covers becomes SignedOctets, and nothing else does.
import { describe, expect, it } from 'vitest'
import { parseAssertion } from '../../../src/saml/response/assertion.ts'
import { parseCertificate, type Certificate } from '../../../src/saml/signature/certificate.ts'
import { parseResponse } from '../../../src/saml/response/response.ts'
import { readSignature } from '../../../src/saml/signature/signature-profile.ts'
import {
  extendToPlaintext,
  verifySignatures,
  type Enveloped,
  type SignatureTrust,
  type SignedOctets,
} from '../../../src/saml/signature/signature.ts'
import { childElements, type StrictElement } from '../../../src/saml/xml/strict-tree.ts'
import { readStrictXml } from '../../../src/saml/xml/strict-xml.ts'
import { coreIdp } from '../../support/core.ts'
import { certificateOf, type KeyName } from '../../support/keys.ts'
import { signText } from '../../support/sign-text.ts'
import { after, before, element, replaceOnce } from '../../support/xml-text.ts'

const idp = coreIdp()

async function trust(...names: KeyName[]): Promise<SignatureTrust> {
  const certificates: Certificate[] = []
  for (const name of names) {
    const certificate = await parseCertificate(certificateOf(name))
    if (certificate.ok) certificates.push(certificate.value)
  }
  return { certificates, allow: new Set() }
}

function signaturesOf(text: string): [Enveloped, ...Enveloped[]] {
  const response = parseResponse(text)
  if (!response.ok) throw new Error(response.error.code)
  return response.value.signatures as [Enveloped, ...Enveloped[]]
}

function rootOf(text: string): StrictElement {
  const root = readStrictXml(text)
  if (!root.ok) throw new Error(root.error.code)
  return root.value
}

describe('verifySignatures', () => {
  it('gives what the outermost covers, without the signature itself', async () => {
    const message = await idp.respond({ sign: ['Response', 'Assertion'] })
    const octets = await verifySignatures(signaturesOf(message), await trust('idp'))
    if (!octets.ok) throw new Error(octets.error.code)
    expect(octets.value.tree.name).toBe('Response')
    expect(JSON.stringify(octets.value.tree.children[1])).not.toContain('SignedInfo')
    expect(octets.value.certificate.subject).toBe('CN=Test identity provider')
    expect(Object.isFrozen(octets.value)).toBe(true)
  })

  it('names the certificate that fitted', async () => {
    const message = await idp.respond({ signature: { key: 'idpNext' } })
    const octets = await verifySignatures(signaturesOf(message), await trust('idp', 'idpNext'))
    expect(octets.ok && octets.value.certificate.subject).toContain('next key')
  })

  it.each([
    ['signature_no_key', []],
    ['signature_key_weak', ['rsa1024']],
    ['signature_key_weak', ['rsaExponent3', 'rsa1024']],
    ['signature_key_unsupported', ['secp256k1']],
    ['signature_invalid', ['idpNext', 'p256', 'rsa1024']],
  ] as const)('refuses %s with %j', async (code, names) => {
    const message = await idp.respond()
    expect(await verifySignatures(signaturesOf(message), await trust(...names))).toMatchObject({
      error: { code },
    })
  })

  it('says which kind of key is missing', async () => {
    const message = await idp.respond({ signature: { key: 'p256', method: 'ecdsa-sha256' } })
    expect(await verifySignatures(signaturesOf(message), await trust('idp'))).toMatchObject({
      error: { received: 'ECDSA, for which no configured certificate has a key' },
    })
  })

  it('wants the inner signature to hold too', async () => {
    const forged = await signText(idp.assert(), { key: 'attacker' })
    const message = await signText(idp.wrap(forged))
    expect(await verifySignatures(signaturesOf(message), await trust('idp'))).toMatchObject({
      error: { code: 'signature_invalid' },
    })
  })

  it('refuses signature_digest where content has changed', async () => {
    const message = (await idp.respond()).replace('>Alice<', '>Bob<')
    expect(await verifySignatures(signaturesOf(message), await trust('idp'))).toMatchObject({
      error: { code: 'signature_digest' },
    })
  })

  it('takes ECDSA signatures as r and s only, and no DER', async () => {
    const message = await idp.respond({ signature: { key: 'p256', method: 'ecdsa-sha256' } })
    const value = element(message, 'ds:SignatureValue')
    const raw = Uint8Array.from(atob(value.replace(/<[^>]*>/g, '')), (one) => one.charCodeAt(0))
    const integer = (bytes: Uint8Array) => [2, 33, 0, ...bytes]
    const der = [...integer(raw.slice(0, 32)), ...integer(raw.slice(32))]
    const encoded = btoa(String.fromCharCode(0x30, der.length, ...der))
    const changed = replaceOnce(message, value, `<ds:SignatureValue>${encoded}</ds:SignatureValue>`)
    expect(await verifySignatures(signaturesOf(message), await trust('p256'))).toMatchObject({
      ok: true,
    })
    expect(await verifySignatures(signaturesOf(changed), await trust('p256'))).toMatchObject({
      error: { code: 'signature_invalid' },
    })
  })
})

describe('SignedOctets', () => {
  it('cannot be made of an object that looks like them', () => {
    const forged = { tree: {}, certificate: {} } as unknown as SignedOctets
    expect(() => extendToPlaintext(forged, rootOf('<a/>'))).toThrow(TypeError)
  })

  it('pass their trust on to the plaintext of what they cover', async () => {
    const message = await idp.respond({ sign: ['Response'], encrypt: true })
    const covering = await verifySignatures(signaturesOf(message), await trust('idp'))
    if (!covering.ok) throw new Error(covering.error.code)
    const extended = extendToPlaintext(covering.value, rootOf(idp.assert()))
    expect(extended.ok && extended.value.tree.name).toBe('Assertion')
    expect(extended.ok && parseAssertion(extended.value)).toMatchObject({ ok: true })
  })

  it('of something else are no assertion', async () => {
    const message = await idp.respond({ sign: ['Response'], encrypt: true })
    const octets = await verifySignatures(signaturesOf(message), await trust('idp'))
    expect(octets.ok && parseAssertion(octets.value)).toMatchObject({
      error: { code: 'assertion_structure' },
    })
  })
})

describe('readSignature', () => {
  async function read(edit: (signature: string) => string = (text) => text, sha1 = false) {
    const assertion = await signText(idp.assert({ assertionID: '_a' }))
    const signature = element(assertion, 'ds:Signature')
    const parent = rootOf(replaceOnce(assertion, signature, edit(signature)))
    const child = childElements(parent).find(({ localName }) => localName === 'Signature')
    return readSignature(child!, parent, { sha1 })
  }

  it('tells what is claimed', async () => {
    expect(await read()).toMatchObject({
      ok: true,
      value: {
        algorithm: { scheme: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
        canonicalization: { exclusive: true, prefixList: [] },
        transform: { exclusive: true, prefixList: [] },
        digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256',
      },
    })
  })

  const EDITS: [code: string, name: string, edit: (signature: string) => string][] = [
    [
      'signature_structure',
      'an attribute',
      (text) => text.replace('<ds:Signature ', '<ds:Signature a="b" '),
    ],
    ['signature_structure', 'text', (text) => before(text, 'ds:KeyInfo', 'x')],
    ['signature_structure', 'two KeyInfo', (text) => after(text, 'ds:KeyInfo', '<ds:KeyInfo/>')],
    ['signature_structure', 'a ds:Object', (text) => after(text, 'ds:KeyInfo', '<ds:Object/>')],
    [
      'signature_structure',
      'another order',
      (text) =>
        after(
          text.replace(element(text, 'ds:SignedInfo'), ''),
          'ds:SignatureValue',
          element(text, 'ds:SignedInfo'),
        ),
    ],
    [
      'signature_structure',
      'an attribute of SignedInfo',
      (text) => replaceOnce(text, '<ds:SignedInfo>', '<ds:SignedInfo a="b">'),
    ],
    [
      'signature_structure',
      'text in SignedInfo',
      (text) => replaceOnce(text, '<ds:SignedInfo>', '<ds:SignedInfo>x'),
    ],
    [
      'signature_structure',
      'an attribute of DigestValue',
      (text) => replaceOnce(text, '<ds:DigestValue>', '<ds:DigestValue a="b">'),
    ],
    [
      'signature_structure',
      'an attribute of Reference',
      (text) => replaceOnce(text, '<ds:Reference ', '<ds:Reference a="b" '),
    ],
    [
      'signature_structure',
      'no base64',
      (text) => replaceOnce(text, '<ds:SignatureValue>', '<ds:SignatureValue>*'),
    ],
    [
      'signature_reference',
      'no Reference',
      (text) => replaceOnce(text, element(text, 'ds:Reference'), ''),
    ],
    ['signature_reference', 'another ID', (text) => replaceOnce(text, '"#_a"', '"#_b"')],
    [
      'signature_transform',
      'an attribute of Transforms',
      (text) => replaceOnce(text, '<ds:Transforms>', '<ds:Transforms a="b">'),
    ],
    [
      'signature_transform',
      'text in Transforms',
      (text) => replaceOnce(text, '<ds:Transforms>', '<ds:Transforms>x'),
    ],
    [
      'signature_transform',
      'an attribute of CanonicalizationMethod',
      (text) => text.replace('<ds:CanonicalizationMethod ', '<ds:CanonicalizationMethod a="b" '),
    ],
    [
      'signature_algorithm',
      'an attribute of SignatureMethod',
      (text) => text.replace('<ds:SignatureMethod ', '<ds:SignatureMethod a="b" '),
    ],
    [
      'signature_algorithm',
      'SHA-1',
      (text) =>
        replaceOnce(
          text,
          'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
          'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
        ),
    ],
  ]

  it.each(EDITS)('refuses %s: %s', async (code, _, edit) => {
    expect(await read(edit)).toMatchObject({ ok: false, error: { code } })
  })

  it('takes Ids, line breaks and an empty KeyInfo', async () => {
    const edit = (text: string) =>
      text
        .replace('<ds:Signature ', '<ds:Signature Id="_s" ')
        .replace('<ds:SignedInfo>', '<ds:SignedInfo Id="_t">\n ')
        .replace('<ds:SignatureValue>', '\n<ds:SignatureValue Id="_u">\n')
        .replace('<ds:Reference ', '<ds:Reference Id="_v" Type="urn:a" ')
        .replace(element(text, 'ds:KeyInfo'), '<ds:KeyInfo/>')
    expect(await read(edit)).toMatchObject({ ok: true })
  })

  it('takes SHA-1 with permission', async () => {
    const sha1 = (text: string) =>
      replaceOnce(
        text,
        'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
      )
    expect(await read(sha1, true)).toMatchObject({
      ok: true,
      value: { algorithm: { hash: 'SHA-1' } },
    })
  })
})
