// @boxyhq/saml20 as the library of server.ts.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Backend, Settings } from './server.ts'

type Library = typeof import('@boxyhq/saml20').default
const { default: library } = createRequire(import.meta.url)('@boxyhq/saml20') as {
  default: Library
}

export async function createBackend(settings: Settings): Promise<Backend> {
  const key = readFileSync(settings.key, 'utf8')
  const certificate = readFileSync(settings.certificate, 'utf8')
  const spCertificate = readFileSync(settings.spCertificate, 'utf8')
  const issuer = `${settings.base}/metadata`
  return {
    metadata: library.createIdPMetadataXML({
      ssoUrl: `${settings.base}/sso`,
      entityId: issuer,
      x509cert: library.stripCertHeaderAndFooter(certificate),
      wantAuthnRequestsSigned: true,
    }),
    async readRequest({ method, fields }, provider) {
      const xml = await library.decodeBase64(fields.SAMLRequest!, method === 'GET')
      const { id, acsUrl } = await library.parseSAMLRequest(xml, method === 'POST')
      // It has no function for the signature of a redirect.
      if (method === 'POST' && !library.validateSignature(xml, spCertificate, null))
        throw new Error('the signature of the request is not valid')
      if (acsUrl !== provider.acsURL) throw new Error(`the ACS URL ${acsUrl} is not known`)
      return String(id)
    },
    respond({ entityID, acsURL }, inResponseTo, person) {
      const { username: uid, mail, givenName, sn, displayName } = person
      return library.createSAMLResponse({
        audience: entityID,
        issuer,
        acsUrl: acsURL,
        requestId: inResponseTo ?? '',
        privateKey: key,
        publicKey: certificate,
        claims: { email: mail, raw: { uid, mail, givenName, sn, displayName } },
      })
    },
  }
}
