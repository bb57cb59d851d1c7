// Signs a message of ours, with xmldsigjs over xmldom. Only `await import()` of this file may load
// xmldom: no verification needs it.
import { DOMImplementation, DOMParser, XMLSerializer, type Node } from '@xmldom/xmldom'
import { setNodeDependencies } from 'xml-core'
import { SignedXml } from 'xmldsigjs'
import type { SigningKey } from '../bindings.ts'
import { NS, TRANSFORM } from '../names.ts'
import { xmldsigjs } from './engine.ts'

setNodeDependencies({ DOMParser, XMLSerializer, DOMImplementation } as never)

/**
 * Adds an enveloped ds:Signature after the Issuer, where the schema of every SAML message has it.
 * Exclusive canonicalization throughout, and the certificate in KeyInfo: some IdPs need both.
 */
export async function signEnveloped(
  message: string,
  id: string,
  { key, certificate }: SigningKey,
): Promise<string> {
  xmldsigjs()
  const document = new DOMParser({ locator: false }).parseFromString(message, 'text/xml')
  const signedXml = new SignedXml()
  signedXml.XmlSignature.SignedInfo.CanonicalizationMethod.Algorithm = TRANSFORM.exclusive
  const signed = await signedXml.Sign({ name: 'RSASSA-PKCS1-v1_5' }, key, document as never, {
    references: [{ uri: `#${id}`, hash: 'SHA-256', transforms: ['enveloped', 'exc-c14n'] }],
  })
  const root = document.documentElement!
  const issuer = root.getElementsByTagName('*').item(0)!
  const signature = document.importNode(signed.GetXml() as unknown as Node, true)
  // KeyInfo is not signed. The library would parse the certificate to add it.
  if (certificate !== null) {
    const value = document.createElementNS(NS.ds, 'ds:X509Certificate')
    value.appendChild(document.createTextNode(certificate))
    const data = document.createElementNS(NS.ds, 'ds:X509Data')
    data.appendChild(value)
    const keyInfo = document.createElementNS(NS.ds, 'ds:KeyInfo')
    keyInfo.appendChild(data)
    signature.appendChild(keyInfo)
  }
  root.insertBefore(signature, issuer.nextSibling)
  return new XMLSerializer().serializeToString(document)
}
