// Stands in for the package `pkijs`, which xmldsigjs imports to read certificates out of KeyInfo. We never decode KeyInfo: so no
// X.509 or CMS reader of its is in the upload, nor in the tests. wrangler.toml and vitest.config.ts put this in its place.

/** What xmldsigjs registers WebCrypto with, beside its own register, which is the one it uses. */
export function CryptoEngine(): void {}

/** Registers nothing. */
export function setEngine(): void {}

/** Would be made from a certificate in KeyInfo. */
export function Certificate(): never {
  throw new TypeError('KeyInfo is never decoded')
}
