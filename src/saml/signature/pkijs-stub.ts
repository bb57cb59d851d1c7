// Stands in for `pkijs`, with which xmldsigjs reads certificates out of KeyInfo. We never decode
// KeyInfo: keys come from the connection alone. wrangler.toml and vitest.config.ts name this file.

/** xmldsigjs registers WebCrypto here too. It uses its own register. */
export function CryptoEngine(): void {}

/** Registers nothing. */
export function setEngine(): void {}

/** Would be made from a certificate in KeyInfo. */
export function Certificate(): never {
  throw new TypeError('KeyInfo is never decoded')
}
