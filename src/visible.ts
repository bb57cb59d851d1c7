// Shows what cannot be seen in a value from outside: white space around it, line breaks, invisible
// characters. Pure.

const SYMBOLS: Readonly<Record<string, string>> = { ' ': '␠', '\t': '␉', '\n': '␊', '\r': '␍' }
/** White space at an end, and what is invisible or no plain space anywhere. */
const AROUND = /^[\s\p{Zs}]+|(?<![\s\p{Zs}])[\s\p{Zs}]+$/gu
const HIDDEN = /(?! )[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}]/gu
const NOTE = ' (white space and invisible characters are shown as ␠, ␉, ␊ or their code points)'

/**
 * The value as it is, or with a symbol or code point in place of each character that nobody sees,
 * and a note that says so.
 */
export function visible(value: string): string {
  const shown = withSymbols(value)
  return /[␠␉␊␍]|\[U\+/.test(shown) ? shown + NOTE : shown
}

/** The same without the note, for a part of a value. */
export function withSymbols(value: string): string {
  return value.replace(AROUND, show).replace(HIDDEN, show)
}

function show(text: string): string {
  return Array.from(text, (one) => SYMBOLS[one] ?? `[${codePoint(one)}]`).join('')
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}
