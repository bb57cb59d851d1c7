// Stands in for the packages `pkijs` and `asn1js`, which xmldsigjs imports to read certificates out of KeyInfo. We never decode
// KeyInfo: so no X.509 or CMS reader of its is in the upload, nor in the tests. wrangler.toml and vitest.config.ts put this in
// their place.

/** What xmldsigjs registers WebCrypto with, beside its own register, which is the one it uses. */
export function CryptoEngine(): void {}

/** Registers nothing. */
export function setEngine(): void {}

/** Would be made from a certificate in KeyInfo. */
export function Certificate(): never {
  throw new TypeError('KeyInfo is never decoded')
}

/** The first thing done with a certificate in KeyInfo. */
export function fromBER(): never {
  throw new TypeError('KeyInfo is never decoded')
}
