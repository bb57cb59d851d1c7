// Signs a message of ours, with xmldsigjs over xmldom. Only `await import()` of this file may load
// xmldom: no verification needs it.
import { DOMImplementation, DOMParser, XMLSerializer, type Node } from '@xmldom/xmldom'
import { setNodeDependencies } from 'xml-core'
import { SignedXml } from 'xmldsigjs'
import { xmldsigjs } from './engine.ts'

setNodeDependencies({ DOMParser, XMLSerializer, DOMImplementation } as never)

/**
 * Adds an enveloped ds:Signature after the Issuer, where the schema of every SAML message has it.
 */
export async function signEnveloped(message: string, id: string, key: CryptoKey): Promise<string> {
  xmldsigjs()
  const document = new DOMParser({ locator: false }).parseFromString(message, 'text/xml')
  const signedXml = new SignedXml()
  const signature = await signedXml.Sign({ name: 'RSASSA-PKCS1-v1_5' }, key, document as never, {
    references: [{ uri: `#${id}`, hash: 'SHA-256', transforms: ['enveloped', 'exc-c14n'] }],
  })
  const root = document.documentElement!
  const issuer = root.getElementsByTagName('*').item(0)!
  const element = document.importNode(signature.GetXml() as unknown as Node, true)
  root.insertBefore(element, issuer.nextSibling)
  return new XMLSerializer().serializeToString(document)
}
