// Hands xmldsigjs what it needs to run outside a browser. Nothing else in the project configures
// it.
import { DOMImplementation, DOMParser, XMLSerializer } from '@xmldom/xmldom'
import { setNodeDependencies } from 'xml-core'
import { Application, CryptoConfig, SignatureMethod, SignedXml } from 'xmldsigjs'

let ready = false

/** What of xmldsigjs is used: by name, so that nothing else of it is uploaded. */
const used = { CryptoConfig, SignatureMethod, SignedXml }

/**
 * xmldsigjs on this platform's WebCrypto. The set-up waits for the first use: start-up does no
 * work. It gets no XPath engine: no signature that we make or take has an XPath transform.
 */
export function xmldsigjs(): typeof used {
  if (!ready) {
    setNodeDependencies({ DOMParser, XMLSerializer, DOMImplementation } as never)
    // A bare object of its own: the library writes a name on what it is given.
    const engine = {
      subtle: crypto.subtle,
      getRandomValues: <T extends ArrayBufferView>(array: T) =>
        crypto.getRandomValues(array as never) as T,
    }
    Application.setEngine('WebCrypto', engine as never)
    ready = true
  }
  return used
}
