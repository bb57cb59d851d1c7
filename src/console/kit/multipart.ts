// Reads multipart/form-data (RFC 7578) as browsers send it, piece by piece. The platform's own
// reader copies a file three times; here a file is a view of the piece that it came in. Pure.

export type FormPart = { name: string; value: string | { fileName: string; bytes: FormBytes } }
export type FormBytes = Uint8Array<ArrayBuffer>

/** A file has a file name, also an empty one. */
export type PartHead = { name: string; fileName: string | undefined }
/** A part begins, or some bytes of it are there. */
export type MultipartEvent = { head: PartHead } | { bytes: FormBytes }

export type MultipartReader = {
  /** What the next piece of the body brings. Undefined: not such a body. */
  push(piece: FormBytes): MultipartEvent[] | undefined
  /** False: the body ends early. */
  isWhole(): boolean
}

const HEADER_BYTES = 8 * 1024
const MOST_PARTS = 10_000
const CR = 0x0d

/**
 * Undefined where the type names no boundary. Keeps of a piece what may belong to the next one: the
 * beginning of a delimiter, or of the headers of a part.
 */
export function createMultipartReader(contentType: string): MultipartReader | undefined {
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) return undefined
  const delimiter = encode(`\r\n--${boundary}`)
  let rest: FormBytes = new Uint8Array()
  let state: 'begin' | 'delimited' | 'value' | 'end' = 'begin'
  let parts = 0
  /** Bytes of a value that are the end of its headers. */
  let skipped = 0
  const isWhole = () => state === 'end'

  /** Undefined: no such body; false: the next step needs more bytes. */
  const STEPS = {
    begin() {
      const first = delimiter.subarray(LINE.length)
      if (rest.length < first.length) return startsWith(first, rest, 0) ? false : undefined
      if (!startsWith(rest, first, 0)) return undefined
      rest = rest.subarray(first.length)
      state = 'delimited'
      return true
    },
    delimited(events: MultipartEvent[]) {
      if (rest.length < LINE.length) return false
      if (startsWith(rest, DASHES, 0)) {
        state = 'end'
        return true
      }
      if (!startsWith(rest, LINE, 0) || parts === MOST_PARTS) return undefined
      const headerEnd = find(rest, BLANK, 0, HEADER_BYTES)
      if (headerEnd === -1) return rest.length < HEADER_BYTES + BLANK.length ? false : undefined
      const head = readHead(decode(rest.subarray(0, headerEnd)))
      if (!head) return undefined
      parts++
      events.push({ head })
      // The delimiter may begin with the end of the headers.
      skipped = LINE.length
      rest = rest.subarray(headerEnd + skipped)
      state = 'value'
      return true
    },
    value(events: MultipartEvent[]) {
      const end = find(rest, delimiter, 0)
      const known = end === -1 ? Math.max(0, rest.length - delimiter.length + 1) : end
      const start = Math.min(skipped, known)
      skipped -= start
      if (known > start) events.push({ bytes: rest.subarray(start, known) })
      rest = rest.subarray(end === -1 ? known : end + delimiter.length)
      if (end === -1) return false
      state = 'delimited'
      return true
    },
    end: () => false as const,
  }

  return {
    push(piece) {
      const events: MultipartEvent[] = []
      // What follows the last delimiter says nothing.
      if (isWhole()) return events
      rest = joined(rest, piece)
      for (;;) {
        const goesOn = STEPS[state](events)
        if (goesOn === undefined) return undefined
        if (!goesOn) break
      }
      // The piece is the caller's again.
      rest = isWhole() ? new Uint8Array() : rest.slice()
      return events
    },
    isWhole,
  }
}

/** A body that is there as a whole. Undefined: not such a body. */
export function readMultipart(body: FormBytes, contentType: string): FormPart[] | undefined {
  const reader = createMultipartReader(contentType)
  const events = reader?.push(body)
  if (!events || !reader!.isWhole()) return undefined
  const parts: FormPart[] = []
  for (const [index, event] of events.entries()) {
    if (!('head' in event)) continue
    const next = events[index + 1]
    const bytes = next && 'bytes' in next ? next.bytes : new Uint8Array()
    parts.push(partOf(event.head, bytes))
  }
  return parts
}

export function partOf({ name, fileName }: PartHead, bytes: FormBytes): FormPart {
  return { name, value: fileName === undefined ? decode(bytes) : { fileName, bytes } }
}

const encode = (text: string) => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const [DASHES, LINE, BLANK] = [encode('--'), encode('\r\n'), encode('\r\n\r\n')] as const

function readHead(headers: string): PartHead | undefined {
  const [, disposition] = /^content-disposition:\s*form-data([^\r\n]*)$/im.exec(headers) ?? []
  const name = parameterOf(disposition, 'name')
  return name === undefined ? undefined : { name, fileName: parameterOf(disposition, 'filename') }
}

/** Browsers escape quotes and line ends by percent (HTML §4.10.21.8). */
function parameterOf(disposition: string | undefined, name: string): string | undefined {
  const [, value] = new RegExp(`;\\s*${name}="([^"]*)"`, 'i').exec(disposition ?? '') ?? []
  return value?.replaceAll(/%(22|0D|0A)/gi, (text) => decodeURIComponent(text))
}

function joined(left: FormBytes, right: FormBytes): FormBytes {
  if (left.length === 0) return right
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
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
