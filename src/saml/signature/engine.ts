// Configures xmldsigjs to run outside a browser. No other file configures it.
import { Application, CryptoConfig, SignatureMethod } from 'xmldsigjs'

let ready = false

/** The parts of xmldsigjs that verify. Importing by name keeps the others out of the bundle. */
const used = { CryptoConfig, SignatureMethod }

/**
 * xmldsigjs with this platform’s WebCrypto, set up at first use to keep start-up short. It gets no
 * XPath engine: we neither make nor accept signatures with an XPath transform. It gets a DOM only
 * in sign-enveloped.ts.
 */
export function xmldsigjs(): typeof used {
  if (!ready) {
    // A new object, since the library sets a property on its argument.
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
