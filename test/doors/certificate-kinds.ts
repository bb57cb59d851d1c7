// Certificates as people hand them over. What is taken is named by fingerprints.
import { certificateOf, pemOf, privateKeyOf, publicKeyOf } from '../support/keys.ts'
import { kindsOf, refused, taken, utf16, utf8 } from './kind.ts'
import {
  base64Of,
  bundle,
  derOf,
  DSA,
  fingerprintOf,
  generalized,
  keyOf,
  named,
  remade,
  RSA_PSS,
  serial,
  validity,
} from './odd-certificates.ts'

const PEM = pemOf('idp')
const BASE64 = certificateOf('idp')
const [IDP, P256] = [derOf('idp'), derOf('p256')]
const idp = taken([fingerprintOf(IDP)])
const both = taken([fingerprintOf(IDP), fingerprintOf(P256)])
const own = (der: Uint8Array) => [der, taken([fingerprintOf(der)])] as const
const block = (label: string, der: Uint8Array) =>
  `-----BEGIN ${label}-----\n${base64Of(der)}\n-----END ${label}-----\n`
const noCertificate = (received: string) => refused('certificate_malformed', received)
const hex = fingerprintOf(IDP).toUpperCase().match(/../g)!.join(':')

export const CERTIFICATE_KINDS = kindsOf([
  ['PEM', PEM, idp],
  ['CRLF', PEM.replaceAll('\n', '\r\n'), idp],
  ['bag attributes', `Bag Attributes\n  friendlyName: x\nsubject=CN = x\n${PEM}`, idp],
  ['a text dump above', `Certificate:\n    Data:\n        Version: 3 (0x2)\n${PEM}`, idp],
  ['one line', PEM.replaceAll('\n', ' '), idp],
  ['a comment with a hyphen', `# idp-prod\n${PEM}`, idp],
  ['several', PEM + pemOf('p256'), both],
  ['DER', IDP, idp],
  ['base64url', BASE64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''), idp],
  ['no padding', BASE64.replace(/=+$/, ''), idp],
  ['CR references', PEM.replaceAll('\n', '&#13;\n'), idp],
  ['literal \\n', PEM.replaceAll('\n', '\\n'), idp],
  ['typographic dashes', PEM.replaceAll('-----', '—————'), idp],
  ['no BEGIN', PEM.slice(PEM.indexOf('\n')), idp],
  ['no END', PEM.slice(0, PEM.indexOf('-----END')), idp],
  ['PEM in XML', `<ds:X509Certificate>${PEM}</ds:X509Certificate>`, idp],
  ['UTF-16 with a mark', utf16(PEM), idp],
  ['UTF-16 without one', utf16(PEM, ''), idp],
  ['UTF-8 with a mark', `\ufeff${PEM}`, idp],
  ['two DER in one block', block('CERTIFICATE', Uint8Array.of(...IDP, ...P256)), idp],
  ['two DER in one base64', base64Of(Uint8Array.of(...IDP, ...P256)), idp],

  ['UTCTime without seconds', ...own(remade({ validity: validity('2501010000Z', '3501010000Z') }))],
  [
    'UTCTime with an offset',
    ...own(remade({ validity: validity('2501010000+0100', '3501010000Z') })),
  ],
  ['before 1970', ...own(remade({ validity: validity('600101000000Z', '350101000000Z') }))],
  [
    'a fraction of a second',
    ...own(
      remade({
        validity: validity(generalized('20250101000000.5Z'), generalized('20350101000000Z')),
      }),
    ),
  ],
  [
    'the year 9999',
    ...own(remade({ validity: validity('250101000000Z', generalized('99991231235959Z')) })),
  ],
  ['a negative serial', ...own(remade({ serial: serial(0xff, 0x01) }))],
  ['the serial zero', ...own(remade({ serial: serial(0) }))],
  ['a serial of 32 bytes', ...own(remade({ serial: serial(...Array<number>(32).fill(0x11)) }))],
  ['a serial that is not minimal', ...own(remade({ serial: serial(0, 0, 5) }))],
  ['no subject', ...own(remade({ subject: Uint8Array.of(0x30, 0) }))],
  ['a name in UTF-16', ...own(remade({ subject: named('BMPString', 'Müller GmbH') }))],
  ['a name in Teletex', ...own(remade({ subject: named('TeletexString', 'Müller GmbH') }))],
  ['version 1', ...own(remade({ version: Uint8Array.of() }))],

  ['RSA of 1024 bits', pemOf('rsa1024'), refused('signature_key_weak', '1024 bits')],
  ['DSA', remade({ key: keyOf(...DSA) }), refused('signature_key_unsupported', 'DSA')],
  ['RSA-PSS', remade({ key: keyOf(...RSA_PSS) }), refused('signature_key_unsupported', 'RSA-PSS')],
  ['Ed25519', pemOf('ed25519'), refused('signature_key_unsupported', 'Ed25519')],
  ['PKCS#7', bundle(IDP, P256), noCertificate('a bundle (PKCS#7)')],
  ['PKCS#7 as PEM', block('PKCS7', bundle(IDP)), noCertificate('a bundle (PKCS#7)')],
  ['a public key', block('PUBLIC KEY', publicKeyOf('idp')), noCertificate('a public key without')],
  ['a fingerprint', hex, noCertificate('a fingerprint')],
  ['a named fingerprint', `SHA256 Fingerprint=${hex}`, noCertificate('a fingerprint')],
  ['a web page', '<!doctype html><html><title>Sign in</title>', noCertificate('a web page')],
  ['JSON', '{"x5c":[]}', noCertificate('JSON')],
  ['a URL', 'https://idp.tenant.example/cert', noCertificate('a URL')],
  [
    'a compressed file',
    Uint8Array.of(0x1f, 0x8b, 8, 0, ...utf8(PEM)),
    noCertificate('a compressed file'),
  ],
  ['a private key', block('PRIVATE KEY', privateKeyOf('idp')), refused('certificate_private_key')],
  [
    'a private key in UTF-16',
    utf16(block('PRIVATE KEY', privateKeyOf('idp'))),
    refused('certificate_private_key'),
  ],
  ['a private key as DER', privateKeyOf('idp'), refused('certificate_private_key')],
])
