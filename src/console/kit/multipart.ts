// Reads multipart/form-data (RFC 7578) as browsers send it. The platform's own reader copies a file
// three times; here it is a view of the body. Pure.

export type FormPart = { name: string; value: string | { fileName: string; bytes: FormBytes } }
type FormBytes = Uint8Array<ArrayBuffer>

const HEADER_BYTES = 8 * 1024
const MOST_PARTS = 10_000
const CR = 0x0d

/** Undefined: not such a body, or one with other parts than browsers send. */
export function readMultipart(body: FormBytes, contentType: string): FormPart[] | undefined {
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) return undefined
  const delimiter = encode(`\r\n--${boundary}`)
  if (!startsWith(body, delimiter.subarray(2), 0)) return undefined
  const parts: FormPart[] = []
  let at = delimiter.length - 2
  while (!startsWith(body, DASHES, at)) {
    if (!startsWith(body, LINE, at) || parts.length === MOST_PARTS) return undefined
    const headerEnd = find(body, BLANK, at, HEADER_BYTES)
    const end = headerEnd === -1 ? -1 : find(body, delimiter, headerEnd + LINE.length)
    if (end === -1) return undefined
    const start = headerEnd + BLANK.length
    const part = readPart(
      decode(body.subarray(at, headerEnd)),
      body.subarray(start, Math.max(start, end)),
    )
    if (!part) return undefined
    parts.push(part)
    at = end + delimiter.length
  }
  return parts
}

const encode = (text: string) => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const [DASHES, LINE, BLANK] = [encode('--'), encode('\r\n'), encode('\r\n\r\n')] as const

function readPart(headers: string, bytes: FormBytes): FormPart | undefined {
  const [, disposition] = /^content-disposition:\s*form-data([^\r\n]*)$/im.exec(headers) ?? []
  const name = parameterOf(disposition, 'name')
  if (name === undefined) return undefined
  const fileName = parameterOf(disposition, 'filename')
  return { name, value: fileName === undefined ? decode(bytes) : { fileName, bytes } }
}

/** Browsers escape quotes and line ends by percent (HTML §4.10.21.8). */
function parameterOf(disposition: string | undefined, name: string): string | undefined {
  const [, value] = new RegExp(`;\\s*${name}="([^"]*)"`, 'i').exec(disposition ?? '') ?? []
  return value?.replaceAll(/%(22|0D|0A)/gi, (text) => decodeURIComponent(text))
}

/** -1: not there, within so many bytes. */
function find(body: Uint8Array, wanted: Uint8Array, from: number, within = Infinity): number {
  const end = Math.min(body.length, from + within)
  for (let at = body.indexOf(CR, from); at !== -1 && at < end; at = body.indexOf(CR, at + 1))
    if (startsWith(body, wanted, at)) return at
  return -1
}

function startsWith(body: Uint8Array, wanted: Uint8Array, at: number): boolean {
  return (
    at + wanted.length <= body.length && wanted.every((byte, index) => body[at + index] === byte)
  )
}
