// Stands in for packages of which @peculiar/x509 needs next to nothing here: `tsyringe` is a table of who answers for a token, and
// `reflect-metadata` what tsyringe wants to find there; `@peculiar/asn1-cms`, `-pkcs9` and `-csr` are for certificate bags and
// requests, which we neither read nor make. wrangler.toml and vitest.config.ts put this in their place.

type Maker = new () => object

const makers = new Map<string, Maker[]>()
const made = new Map<Maker, object>()

function instanceOf(maker: Maker): object {
  let instance = made.get(maker)
  if (!instance) made.set(maker, (instance = new maker()))
  return instance
}

export const container = {
  registerSingleton(token: string, maker: Maker): void {
    makers.set(token, [...(makers.get(token) ?? []), maker])
  },

  /** The last that was registered answers, as tsyringe has it. */
  resolve(token: string): object {
    return this.resolveAll(token).at(-1)!
  },

  resolveAll(token: string): object[] {
    const found = makers.get(token)
    if (!found) throw new TypeError(`nobody answers for ${token}`)
    return found.map(instanceOf)
  },
}

/** Makers take no arguments: there is nothing to note of them. */
export function injectable(): () => void {
  return () => {}
}

function missing(): never {
  throw new TypeError('certificate bags and requests are neither read nor made')
}

export {
  missing as CertificateChoices,
  missing as CertificateSet,
  missing as CertificationRequest,
  missing as CertificationRequestInfo,
  missing as ChallengePassword,
  missing as ContentInfo,
  missing as EncapsulatedContent,
  missing as SignedData,
}

export const CMSVersion = {}
export const id_data = '1.2.840.113549.1.7.1'
export const id_signedData = '1.2.840.113549.1.7.2'
export const id_pkcs9_at_challengePassword = '1.2.840.113549.1.9.7'
export const id_pkcs9_at_extensionRequest = '1.2.840.113549.1.9.14'
