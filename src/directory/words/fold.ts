// Text as searches compare it: lower case, Latin letters without accents, single spaces. Pure. The
// triggers of user_words fold in the same way; test/directory/words.test.ts compares both.

/** Each base with its variants. Other scripts stay as they are. */
const VARIANTS: Readonly<Record<string, string>> = {
  a: 'àáâãäåāăąÀÁÂÃÄÅĀĂĄ',
  ae: 'æÆ',
  c: 'çćčÇĆČ',
  d: 'ďđðĎĐÐ',
  e: 'èéêëēęěÈÉÊËĒĘĚ',
  g: 'ğĞ',
  i: 'ìíîïīıÌÍÎÏĪİ',
  l: 'łľŁĽ',
  n: 'ñńňÑŃŇ',
  o: 'òóôõöøōőÒÓÔÕÖØŌŐ',
  oe: 'œŒ',
  r: 'řŘ',
  s: 'śşšșŚŞŠȘ',
  ss: 'ß',
  t: 'ťţțŤŢȚ',
  u: 'ùúûüūůűÙÚÛÜŪŮŰ',
  y: 'ýÿÝŸ',
  z: 'źżžŹŻŽ',
}

/** A letter and what stands for it. */
export const FOLDED: ReadonlyMap<string, string> = new Map(
  Object.entries(VARIANTS).flatMap(([base, letters]) =>
    Array.from(letters, (letter) => [letter, base] as const),
  ),
)

/** As `lower()` of SQLite, which knows ASCII alone, after the letters above. */
function fold(text: string): string {
  const plain = Array.from(text.normalize('NFC'), (letter) => FOLDED.get(letter) ?? letter)
  return plain.join('').replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

const MOST_CHARACTERS = 100

/** What a search looks for; empty where it has nothing to look for. */
export function foldSearch(text: string): string {
  return fold(text.slice(0, MOST_CHARACTERS))
    .replaceAll(/[\s,;()"']+/g, ' ')
    .trim()
}

/**
 * The spellings of a search in scripts that are not folded: as entered, in lower case, and with
 * capitals, as names have them.
 */
export function spellings(folded: string): string[] {
  const lower = folded.toLowerCase()
  const title = lower.replaceAll(/(?<!\S)\S/gu, (letter) => letter.toUpperCase())
  return [...new Set([folded, lower, fold(title)])]
}

/** The first text after all that begin with this one. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`
}
