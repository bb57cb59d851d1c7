// What no line of the log may hold. Pure.

const PATTERNS = {
  'an e-mail': /[^\s/"'@<>,;:=&]@[\w-]+\.[a-z]/i,
  XML: /<\/?(?:samlp?|md|ds|xs|xenc)?:?(?!anonymous>)[a-z]\w*[\s/>]|<\?xml/i,
  'a JWT': /eyJ[\w-]{8}/,
  // Ours have 43 characters, with capitals and small letters.
  'a secret': /(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{40,}(?![\w-])/,
  'a query string': /\?\w+=/,
} as const

/** `personal`: names and NameIDs. One that is part of a longer word is none. */
export function faultsOf(line: string, personal: readonly string[]): string[] {
  const found = Object.entries(PATTERNS).flatMap(([what, pattern]) =>
    pattern.test(line) ? `${what}: ${line}` : [],
  )
  const values = personal.filter((value) => holds(line, value))
  return [...found, ...values.map((value) => `the personal value ${value}: ${line}`)]
}

function holds(line: string, value: string): boolean {
  const isLetter = (character: string | undefined) => /[\p{L}\p{N}_]/u.test(character ?? ' ')
  for (let at = line.indexOf(value); at !== -1; at = line.indexOf(value, at + 1))
    if (!isLetter(line[at - 1]) && !isLetter(line[at + value.length])) return true
  return false
}
