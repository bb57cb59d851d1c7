// Finds the certificates in text as people paste it: PEM with damage that is known, or base64
// alone. Pure.
import { decodeBase64, encodeBase64 } from '../../base64.ts'
import { elementAt } from '../../der.ts'
import { encodingByBytes } from '../../encoding.ts'
import { binaryKind } from '../../given-instead.ts'

const SEQUENCE = 0x30
/** No certificate is shorter. */
const LEAST_BYTES = 100

/**
 * The text of a file in any encoding. DER and other bytes that are no text become base64: what they
 * are is for `readCertificates` to say.
 */
export function textOfCertificates(file: Uint8Array): string {
  // DER begins with a SEQUENCE of more than 127 bytes, and no text does.
  const isDER = file[0] === SEQUENCE && (file[1] ?? 0) > 0x7f
  return isDER || binaryKind(file) !== undefined
    ? encodeBase64(file)
    : new TextDecoder(encodingByBytes(file)).decode(file)
}

/**
 * The DER of each certificate of the text. Empty: it has none, or something else where PEM promises
 * one. Line breaks may be written as `\n` or `&#13;`, dashes may be typographic, PEM lines may be
 * missing, and XML elements may stand around.
 */
export function certificatesIn(text: string): Uint8Array<ArrayBuffer>[] {
  const tidied = tidy(text)
  const found = tidied
    .split(/-----[A-Z0-9 ]{1,60}-----|<[^<>]{0,2000}>/)
    .map((part) => decodeBase64(standardAlphabet(part)))
    .filter((der) => der !== undefined && der[0] === SEQUENCE && der.length >= LEAST_BYTES)
    // What follows the first element is another certificate, or nothing.
    .map((der) => der!.slice(0, elementAt(der!, 0).end))
  const promised = tidied.match(/-----BEGIN [A-Z0-9 ]{0,40}CERTIFICATE-----/g) ?? []
  return promised.length > found.length ? [] : found
}

function tidy(text: string): string {
  return text
    .replace(/&#(?:13|10|x[ad]);|\\[rn]/gi, '\n')
    .replace(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, '-')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Zs}/gu, ' ')
    .split('\n')
    .map((line) => (/BEGIN |END /.test(line) ? line.replace(/-{2,}/g, '-----') : line))
    .join('\n')
}

/** Base64url as base64, and padding that was left out. */
function standardAlphabet(text: string): string {
  const compact = text.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/')
  return compact.endsWith('=') ? compact : compact.padEnd(Math.ceil(compact.length / 4) * 4, '=')
}
