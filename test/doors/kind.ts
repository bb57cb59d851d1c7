// One kind of file that people give, and its right verdict, which holds at every door.

export type Kind = {
  name: string
  file: Uint8Array
  /** What is taken: as `takenOf` of the test says it. Or the code, and what was given instead. */
  right: { takes: unknown } | { refuses: string; says?: string }
}

export type Right = Kind['right']

export const taken = (takes: unknown): Right => ({ takes })
export const refused = (refuses: string, says?: string): Right => ({
  refuses,
  ...(says !== undefined && { says }),
})

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

export function utf16(text: string, mark = '\ufeff'): Uint8Array {
  const units = Array.from({ length: (mark + text).length }, (_, at) =>
    (mark + text).charCodeAt(at),
  )
  return Uint8Array.from(units.flatMap((unit) => [unit & 0xff, unit >> 8]))
}

/** One byte a character. */
export const latin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0))

export const kindsOf = (rows: readonly (readonly [string, Uint8Array | string, Right])[]): Kind[] =>
  rows.map(([name, file, right]) => ({
    name,
    file: typeof file === 'string' ? utf8(file) : file,
    right,
  }))
