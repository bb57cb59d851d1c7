// One-time codes as people write them down: four groups of four, of an alphabet in which nothing
// looks like anything else.

/** Crockford's base 32. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 80 random bits: nobody guesses one, and a plain hash of it needs no salt. */
export function createRecoveryCode(): string {
  const characters = Array.from(
    crypto.getRandomValues(new Uint8Array(16)),
    (byte) => ALPHABET[byte % 32],
  )
  return characters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

/** The same code however it was typed, or undefined where it cannot be one. */
export function normalizeRecoveryCode(text: string): string | undefined {
  if (text.length > 64) return undefined
  const characters = text
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(characters)
    ? characters.replace(/(.{4})(?=.)/g, '$1-')
    : undefined
}
