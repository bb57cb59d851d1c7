// Comments in metadata: inside an attribute they are no XML; inside a certificate they hide
// nothing, signed or not.
import { describe, expect, it } from 'vitest'
import {
  entityDescriptor,
  IDP,
  keyDescriptor,
  read,
  ssoService,
} from '../saml/metadata/metadata-text.ts'
import { certificateOf } from '../support/keys.ts'
import { signText } from '../support/sign-text.ts'
import { replaceOnce } from '../support/xml-text.ts'
import { metadataAttack, signedMetadataAttack, verifySigned } from './metadata-harness.ts'

const genuine = entityDescriptor()
const signed = await signText(genuine)
const PLACES: Record<string, [from: string, to: string]> = {
  entityID: [`entityID="${IDP}"`, `entityID="${IDP}<!-- -->.attacker.example"`],
  Location: ['.example/sso"', '.example<!-- -->.attacker.example/sso"'],
  'an entityID, escaped': [`entityID="${IDP}"`, `entityID="${IDP}&#60;!-- -->.attacker.example"`],
}

for (const [name, [from, to]] of Object.entries(PLACES)) {
  const escaped = name.includes('escaped')
  metadataAttack(`metadata-comment, in ${name}`, {
    genuine,
    manipulated: replaceOnce(genuine, from, to),
    code: escaped ? 'metadata_no_entity' : 'xml_malformed',
    entityID: IDP,
  })
  signedMetadataAttack(`metadata-comment, in ${name}, signed`, {
    genuine: signed,
    manipulated: replaceOnce(signed, from, to),
    code: escaped ? 'signature_digest' : 'xml_malformed',
  })
}

const own = certificateOf('idp')
const foreign = certificateOf('attacker')
const split = `${own.slice(0, 100)}<!--${foreign}-->${own.slice(100)}`

describe('metadata-comment, in X509Certificate', () => {
  it('changes nothing', async () => {
    const content = (certificate: string) =>
      keyDescriptor('signing', certificate) + ssoService('https://idp.tenant.example/sso')
    const expected = await read(genuine)
    expect(await read(entityDescriptor({ content: content(split) }))).toEqual(expected)
  })

  it('changes nothing that was signed', async () => {
    const expected = await read(genuine)
    const at = signed.lastIndexOf(own)
    const commented = signed.slice(0, at) + split + signed.slice(at + own.length)
    expect(await verifySigned(commented)).toMatchObject({ ok: true, value: { metadata: expected } })
  })
})

signedMetadataAttack('metadata-comment, around what was signed', {
  genuine: signed,
  manipulated: replaceOnce(
    signed,
    `<md:KeyDescriptor use="signing">`,
    `${keyDescriptor('signing', foreign)}<md:KeyDescriptor use="signing">`,
  ).replace(
    /(<md:KeyDescriptor use="signing">(?!.*<md:KeyDescriptor).*<\/md:KeyDescriptor>)/,
    '<!--$1-->',
  ),
  code: 'signature_digest',
})
signedMetadataAttack('metadata-comment, another digest before the one in DigestValue', {
  genuine: signed,
  manipulated: replaceOnce(signed, '.example/sso', '.example/SSO').replace(
    '<ds:DigestValue>',
    `<ds:DigestValue><!--${'A'.repeat(43)}=-->`,
  ),
  code: 'signature_digest',
})
