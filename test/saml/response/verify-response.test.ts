// The whole way from a field to a principal: what is accepted, what real IdPs do, and what a
// judgement tells.
import { describe, expect, it } from 'vitest'
import { DIGESTS, SIGNATURES } from '../../../src/saml/names.ts'
import { redactResponse } from '../../../src/saml/response/redact.ts'
import { verifyResponse } from '../../../src/saml/response/verify-response.ts'
import { codeOf, coreIdp, judge, NOW, verification } from '../../support/core.ts'
import { CIPHERS, encryptText, KEY_TRANSPORTS } from '../../support/encrypt-text.ts'
import { toField, type Answer } from '../../support/fake-idp.ts'
import { certificateOf, pemOf, privateKeyOf, type KeyName } from '../../support/keys.ts'
import {
  DIGEST_METHODS,
  SIGNATURE_METHODS,
  signText,
  type DigestMethodName,
  type SignatureMethodName,
} from '../../support/sign-text.ts'
import { element, prepend, replaceEach, replaceOnce } from '../../support/xml-text.ts'

const idp = coreIdp()
const HOUR = 3_600_000
const SIGNED: Answer['sign'][] = [['Response'], ['Assertion'], ['Response', 'Assertion']]

const PRINCIPAL = {
  email: 'alice@tenant.example',
  firstName: 'Alice',
  lastName: 'Ämter & Söhne',
  nameID: 'alice@tenant.example',
  nameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  sessionIndex: '_session-1',
  authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  authnInstant: NOW - 60_000,
  sessionNotOnOrAfter: null,
}

describe('signatures', () => {
  const methods = Object.keys(SIGNATURE_METHODS) as SignatureMethodName[]
  const digests = Object.keys(DIGEST_METHODS) as DigestMethodName[]
  const keysFor = (method: SignatureMethodName): KeyName[] =>
    method.startsWith('ecdsa') ? ['p256', 'p384', 'p521'] : ['idp']
  const cases = methods.flatMap((method) => keysFor(method).map((key) => [method, key] as const))

  it('are tried with every algorithm that is known', () => {
    expect(methods.map((method) => SIGNATURE_METHODS[method][0])).toEqual(Object.keys(SIGNATURES))
    expect(digests.map((digest) => DIGEST_METHODS[digest][0])).toEqual(Object.keys(DIGESTS))
  })

  it.each(cases)(
    'accepts %s with the key %s, and needs permission for SHA-1',
    async (method, key) => {
      for (const digest of digests) {
        const message = await idp.respond({ signature: { method, key, digest } })
        const certificates = [certificateOf(key)]
        const legacy = method.endsWith('sha1') || digest === 'sha1'
        expect(await codeOf(message, { certificates })).toBe(legacy ? 'signature_algorithm' : null)
        expect(await codeOf(message, { certificates, allow: new Set(['sha1']) })).toBe(null)
      }
    },
  )

  it.each(SIGNED)('accepts %s %s signed, exclusively and inclusively', async (...sign) => {
    for (const canonicalization of ['exclusive', 'inclusive'] as const) {
      const message = await idp.respond({
        sign: sign.filter(Boolean),
        signature: { canonicalization },
        typedValues: canonicalization === 'inclusive',
      })
      expect((await judge(message)).login?.principals).toEqual([PRINCIPAL])
    }
  })

  const FORMS = {
    'that keeps comments, of a message without one': { withComments: true },
    'implied by enveloped-signature alone': { envelopedAlone: true },
  }
  for (const [name, form] of Object.entries(FORMS))
    it.each(SIGNED)(`accepts %s %s signed with a canonicalization ${name}`, async (...sign) => {
      for (const canonicalization of ['exclusive', 'inclusive'] as const)
        for (const encrypt of [false, true]) {
          const message = await idp.respond({
            sign: sign.filter(Boolean),
            signature: { canonicalization, ...form },
            encrypt,
          })
          expect((await judge(message)).login?.principals).toEqual([PRINCIPAL])
        }
    })

  it('accepts a PrefixList', async () => {
    for (const prefixList of ['xs', 'xs xsi', ' xs  saml ', '#default xs'])
      expect(
        await codeOf(await idp.respond({ typedValues: true, signature: { prefixList } })),
      ).toBe(null)
  })

  it('accepts any of several certificates, in any form', async () => {
    const certificates = [
      certificateOf('p256'),
      pemOf('secp256k1'),
      pemOf('rsa1024') + pemOf('idpNext'),
      certificateOf('idp'),
    ]
    for (const [key, method] of [
      ['idp', 'rsa-sha256'],
      ['idpNext', 'rsa-sha512'],
      ['p256', 'ecdsa-sha256'],
    ] as const) {
      const message = await idp.respond({ signature: { key, method } })
      expect(await codeOf(message, { certificates })).toBe(null)
    }
    const stranger = await idp.respond({ signature: { key: 'attacker' } })
    expect(await codeOf(stranger, { certificates })).toBe('signature_invalid')
  })

  it('refuses a certificate that is none', async () => {
    const message = await idp.respond()
    expect(await codeOf(message, { certificates: ['MIIB'] })).toBe('certificate_malformed')
    expect(await codeOf(message, { certificates: ['-----BEGIN PRIVATE KEY-----'] })).toBe(
      'certificate_private_key',
    )
  })

  it('takes a key of 1024 bits only where captures are judged', async () => {
    const message = await idp.respond({ signature: { key: 'rsa1024' } })
    const certificates = [certificateOf('rsa1024')]
    expect(await codeOf(message, { certificates })).toBe('signature_key_weak')
    expect(await codeOf(message, { certificates, allow: new Set(['rsa1024']) })).toBe(null)
  })

  it('needs every signature of a message to hold', async () => {
    const message = await idp.respond({ sign: ['Response', 'Assertion'] })
    const [first, second] = message.split('</ds:SignatureValue>')[0]!.split('<ds:SignatureValue>')
    const broken = second!.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))
    expect(
      await codeOf(
        replaceOnce(
          message,
          first! + '<ds:SignatureValue>' + second!,
          first! + '<ds:SignatureValue>' + broken,
        ),
      ),
    ).toBe('signature_invalid')
    const inner = message.lastIndexOf('<ds:SignatureValue>') + '<ds:SignatureValue>'.length
    const changed =
      message.slice(0, inner) + (message[inner] === 'A' ? 'B' : 'A') + message.slice(inner + 1)
    expect(await codeOf(changed)).not.toBe(null)
  })
})

describe('encryption', () => {
  const ciphers = Object.keys(CIPHERS) as (keyof typeof CIPHERS)[]
  const transports = Object.keys(KEY_TRANSPORTS) as (keyof typeof KEY_TRANSPORTS)[]

  it.each(ciphers)('accepts %s, AES-CBC under a signed Response', async (cipher) => {
    for (const transport of transports)
      for (const place of ['inside', 'beside'] as const) {
        const message = await idp.respond({
          sign: cipher.endsWith('cbc') ? ['Response'] : ['Assertion'],
          encrypt: { cipher, transport, place },
        })
        expect((await judge(message)).login?.principals).toEqual([PRINCIPAL])
      }
  })

  it.each(SIGNED)('accepts %s %s signed', async (...sign) => {
    const message = await idp.respond({ sign: sign.filter(Boolean), encrypt: true })
    expect((await judge(message)).login?.principals).toEqual([PRINCIPAL])
  })

  it('takes AES-CBC in a Response that is not signed only where the connection says so', async () => {
    const message = await idp.respond({ encrypt: { cipher: 'aes128-cbc' } })
    expect(await codeOf(message)).toBe('encryption_cbc')
    expect(await codeOf(message, { allow: new Set(['aes-cbc']) })).toBe(null)
  })

  it('tries each of our keys with each EncryptedKey', async () => {
    const decryptionKeys = [privateKeyOf('spNext'), privateKeyOf('sp')]
    for (const to of [
      ['sp'],
      ['spNext'],
      ['attacker', 'sp'],
      ['attacker', 'idp', 'spNext'],
    ] as const)
      for (const place of ['inside', 'beside'] as const)
        expect(
          await codeOf(await idp.respond({ encrypt: { to, place } }), { decryptionKeys }),
        ).toBe(null)
    const message = await idp.respond({ encrypt: { to: ['attacker'] } })
    expect(await codeOf(message, { decryptionKeys })).toBe('encryption_failed')
  })

  it('says that there is no key before it looks at one', async () => {
    const message = await idp.respond({ encrypt: true })
    expect(await codeOf(message, { decryptionKeys: [] })).toBe('encryption_no_key')
  })
})

describe('what real IdPs do', () => {
  it('signs with RSA-SHA512 over a SHA-384 digest', async () => {
    const message = await idp.respond({ signature: { method: 'rsa-sha512', digest: 'sha384' } })
    expect(await codeOf(message)).toBe(null)
  })

  it('answers nobody with InResponseTo=""', async () => {
    const message = await idp.respond({ inResponseTo: '' })
    expect(await codeOf(message, { inResponseTo: null })).toBe(null)
  })

  it('puts the StatusMessage into an attribute', async () => {
    const withMessage = (answer: Partial<Answer>) =>
      idp.respond({
        ...answer,
        editResponse: (text) =>
          replaceOnce(
            text,
            '</samlp:Status>',
            '<samlp:StatusMessage Value="Hello"></samlp:StatusMessage></samlp:Status>',
          ),
      })
    expect(await codeOf(await withMessage({}))).toBe(null)
    const { refusal } = await judge(await withMessage({ status: ['Responder'] }))
    expect(refusal).toMatchObject({ code: 'status', received: 'Responder: Hello' })
  })

  it('names the person in its StatusMessage, who is not repeated', async () => {
    const statusMessage = "The user 'Ann.Ford+x@tenant.example' is not assigned (AADSTS50105)"
    const message = await idp.respond({ status: ['Responder'], statusMessage, assertion: false })
    const { refusal, response } = await judge(message)
    expect(refusal?.received).toBe("Responder: The user '[e-mail]' is not assigned (AADSTS50105)")
    expect(redactResponse(response!.element)).toContain('The user ')
    expect(redactResponse(response!.element)).not.toContain("tenant.example'")
  })

  it('gives two Signatures the same Id, one of them encrypted', async () => {
    const withId = (text: string) =>
      text.replace('<ds:Signature ', '<ds:Signature Id="_signature" ')
    const assertion = withId(await signText(idp.assert()))
    const response = idp.wrap(await encryptText(assertion))
    expect(await codeOf(withId(await signText(response)))).toBe(null)
  })

  it('signs, then encrypts, and is told so', async () => {
    const message = await idp.respond({
      sign: ['Response'],
      encrypt: true,
      order: 'sign, then encrypt',
    })
    expect((await judge(message)).refusal).toMatchObject({
      code: 'signature_digest',
      received: expect.stringContaining('signed before it was encrypted'),
    })
  })

  it('renames the namespace prefix of what it encrypts', async () => {
    const message = await idp.respond({
      encrypt: true,
      editAssertion: (text) =>
        replaceEach(replaceEach(text, 'saml:', 'encas0:'), 'xmlns:saml=', 'xmlns:encas0='),
    })
    expect((await judge(message)).login?.principals).toEqual([PRINCIPAL])
  })

  it('declares nothing on an encrypted assertion that its document declares', async () => {
    const declared = ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
    const bare = idp.assert().replace(declared, '')
    const message = await signText(idp.wrap(await encryptText(bare)))
    expect(await codeOf(message)).toBe('encryption_failed')
  })

  it('has a clock half a second ahead of ours', async () => {
    const message = await idp.respond({ notBefore: NOW, authnInstant: NOW })
    expect(await codeOf(message, { now: NOW - 500 })).toBe(null)
    expect(await codeOf(message, { now: NOW - 500, clockSkewSeconds: 0 })).toBe('not_before')
  })

  it('says valid for 20 hours, or for a day', async () => {
    const message = await idp.respond({
      confirmations: [{ notOnOrAfter: NOW + 20 * HOUR }],
      notOnOrAfter: NOW + 24 * HOUR,
    })
    const { login } = await judge(message)
    expect(login?.replayableUntil).toBe(NOW + 24 * HOUR + 300_000)
  })

  it('does not sign an error', async () => {
    const message = await idp.respond({
      assertion: false,
      status: ['Responder', 'RequestDenied'],
      sign: [],
    })
    expect((await judge(message)).refusal).toMatchObject({
      code: 'status',
      received: 'Responder / RequestDenied',
    })
  })

  it('begins with an XML declaration, or a byte order mark', async () => {
    const message = await idp.respond()
    for (const start of [
      '<?xml version="1.0" encoding="UTF-8"?>\r\n',
      '\ufeff',
      "\ufeff<?xml version='1.0'?>",
    ])
      expect(await codeOf(start + message)).toBe(null)
  })

  it('prints prettily, with line feeds or CRLF', async () => {
    const pretty = (text: string) => replaceEach(text, '><', '>\n  <')
    const around = (text: string) => text.replace(/<samlp:Status>.*<\/samlp:Status>/, '\n  $&\n  ')
    for (const sign of SIGNED)
      for (const lineEnd of ['\n', '\r\n']) {
        const message = await idp.respond({ sign, editAssertion: pretty, editResponse: around })
        const { login } = await judge(replaceEach(message, '\n', lineEnd))
        expect(login?.principals).toEqual([PRINCIPAL])
      }
  })

  it('puts white space around the NameID', async () => {
    const message = await idp.respond({
      editAssertion: (text) => text.replace(/(<saml:NameID[^>]*>)([^<]*)</, '$1\n    $2\n  <'),
    })
    expect((await judge(message)).login?.principals).toEqual([PRINCIPAL])
  })

  it('gives its AttributeValues a type', async () => {
    const { login } = await judge(await idp.respond({ typedValues: true }))
    expect(login?.principals).toEqual([PRINCIPAL])
  })

  it('sends several AttributeStatements', async () => {
    const message = await idp.respond({
      editAssertion: (text) =>
        replaceOnce(
          text,
          '</saml:Attribute><saml:Attribute Name="lastName">',
          '</saml:Attribute></saml:AttributeStatement><saml:AttributeStatement><saml:Attribute Name="lastName">',
        ),
    })
    expect((await judge(message)).login?.principals).toEqual([PRINCIPAL])
  })

  it('leaves Destination and the Issuer of the Response out', async () => {
    const message = await idp.respond({ destination: null, responseIssuer: null })
    expect(await codeOf(message)).toBe(null)
  })

  it('breaks base64 into lines of 64 or 76', async () => {
    const message = await idp.respond()
    const value = element(message, 'ds:SignatureValue')
    const broken = value.replace(/[A-Za-z0-9+/=]{76}/g, '$&\r\n')
    expect(await codeOf(replaceOnce(message, value, broken))).toBe(null)
    const field = toField(message).replace(/.{64}/g, '$&\n')
    expect((await verifyResponse(field, verification())).refusal).toBe(null)
  })

  it('has several AuthnStatements', async () => {
    const message = await idp.respond({
      editAssertion: (text) => {
        const statement = element(text, 'saml:AuthnStatement')
        return replaceOnce(
          text,
          statement,
          statement + statement.replace('_session-1', '_session-2'),
        )
      },
    })
    expect((await judge(message)).login?.principals[0]?.sessionIndex).toBe('_session-1')
  })
})

describe('the principal', () => {
  it('has what the assertion says of the session', async () => {
    const message = await idp.respond({
      nameID: 'G-1',
      nameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      sessionIndex: 'S-1',
      authnInstant: '2026-11-24T13:59:59.5+02:00',
      sessionNotOnOrAfter: '2026-11-24T20:00:00Z',
    })
    expect((await judge(message)).login?.principals[0]).toEqual({
      ...PRINCIPAL,
      nameID: 'G-1',
      nameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      sessionIndex: 'S-1',
      authnInstant: Date.UTC(2026, 10, 24, 11, 59, 59, 500),
      sessionNotOnOrAfter: Date.UTC(2026, 10, 24, 20),
    })
  })

  it('has null where the assertion says nothing', async () => {
    const { login } = await judge(await idp.respond({ nameIDFormat: null, sessionIndex: null }))
    expect(login?.principals[0]).toMatchObject({ nameIDFormat: null, sessionIndex: null })
  })

  it('is null where attributes are ignored and missing', async () => {
    const { login, refusal } = await judge(await idp.respond({ attributes: {} }), {
      ignore: new Set(['attributes']),
    })
    expect(refusal).toBe(null)
    expect(login).toMatchObject({ principals: [], assertion: { subject: { nameID: {} } } })
  })
})

describe('a judgement', () => {
  it('ends with the first failure', async () => {
    const { checks, refusal } = await judge(
      await idp.respond({ destination: 'https://a.example/' }),
    )
    expect(checks.map(({ code, ok }) => [code, ok])).toEqual([
      ['response', true],
      ['response_version', true],
      ['destination', false],
    ])
    expect(refusal).toEqual(checks.at(-1))
  })

  it('goes on after a failure where every row is asked for', async () => {
    const message = await idp.respond({
      destination: 'https://a.example/',
      audiences: [],
      attributes: {},
    })
    const { checks, refusal, login } = await judge(message, {}, { everyRow: true })
    const failed = checks.filter(({ ok }) => !ok).map(({ code }) => code)
    expect(failed).toEqual(['destination', 'audience', 'attribute_missing', 'email'])
    expect(refusal?.code).toBe('destination')
    expect(login).toBe(null)
  })

  it('says nothing of an assertion that nobody has signed', async () => {
    const message = await idp.respond({ sign: [], audiences: [] })
    const { checks } = await judge(message, {}, { everyRow: true })
    expect(checks.at(-1)).toMatchObject({ code: 'signature_missing', ok: false })
  })

  it('tells whether a pinned key had signed', async () => {
    const good = await judge(await idp.respond({ audiences: [] }))
    expect(good).toMatchObject({
      proven: true,
      certificateFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const bad = await judge(await idp.respond({ signature: { key: 'attacker' } }))
    expect(bad).toMatchObject({ proven: false, certificateFingerprint: null })
  })

  it('leaves out what is ignored', async () => {
    const message = await idp.respond({
      destination: 'https://a.example/',
      issuer: 'https://b.example/',
      inResponseTo: '_other',
      audiences: [],
      confirmations: [{ recipient: 'https://a.example/', notOnOrAfter: null }],
      notOnOrAfter: 0,
      authnInstant: 0,
    })
    const ignore = [
      'destination',
      'recipient',
      'audience',
      'inResponseTo',
      'issuer',
      'time',
    ] as const
    expect(await codeOf(message, { ignore: new Set(ignore) })).toBe(null)
    for (const group of ignore)
      expect(
        await codeOf(message, { ignore: new Set(ignore.filter((one) => one !== group)) }),
      ).not.toBe(null)
  })

  it('cuts what came', async () => {
    const { checks } = await judge(await idp.respond({ destination: 'x'.repeat(5000) }))
    expect(checks.at(-1)?.received).toBe(`${'x'.repeat(300)}… (5000 characters)`)
  })

  it('refuses another version', async () => {
    const message = await idp.respond()
    const other = message.replace('Version="2.0"', 'Version="1.1"')
    expect(await codeOf(other)).toBe('response_version')
    const inner = await idp.respond({
      editAssertion: (text) => replaceOnce(text, 'Version="2.0"', 'Version="1.1"'),
    })
    expect(await codeOf(inner)).toBe('assertion_structure')
  })

  it('with ForceAuthn, wants an authentication after the request', async () => {
    const message = await idp.respond({ authnInstant: NOW - 10 * 60_000 })
    expect(await codeOf(message, { authnNotBefore: NOW - 5 * 60_000 })).toBe('authn_not_forced')
    expect(await codeOf(message, { authnNotBefore: NOW - 10 * 60_000 })).toBe(null)
  })

  it('uses the mapping of the connection', async () => {
    const message = await idp.respond({
      nameID: 'alice@tenant.example',
      attributes: { upn: 'alice@corp.example', first: 'A', last: 'B' },
    })
    const names = { firstName: 'first', lastName: 'last' }
    const by = async (email: string) =>
      (await judge(message, { attributeMapping: { email, ...names } })).login?.principals[0]?.email
    expect(await by('upn')).toBe('alice@corp.example')
    expect(await by('NameID')).toBe('alice@tenant.example')
    expect(await codeOf(message)).toBe('attribute_missing')
  })

  it('reads a signed Response whatever Extensions say', async () => {
    const message = await idp.respond({
      sign: ['Response'],
      editResponse: (text) =>
        replaceOnce(
          text,
          '<samlp:Status>',
          '<samlp:Extensions><a xmlns="urn:a">b</a></samlp:Extensions><samlp:Status>',
        ),
    })
    expect(await codeOf(message)).toBe(null)
    expect(await codeOf(prepend(message, 'samlp:Extensions', 'x'))).toBe('signature_digest')
  })
})
