// The identity providers, as a run sees them: each can do some settings and not others, and is a
// process of its own for some service providers.
import type { Person } from '../../examples/demo/customer.ts'
import { SETTINGS, type Setting } from './combinations.ts'

/** A service provider that an IdP is told of: one connection of the Worker. */
export type Provider = {
  entityID: string
  acsURL: string
  /** The file with our metadata. */
  metadata: string
  setting: Setting
  encryptsLast: boolean
}

export type Order = {
  root: string
  /** Empty, for what it writes. */
  folder: string
  port: number
  /** PEM files. */
  key: string
  certificate: string
  /** Our certificate, a PEM file: verifies requests, and assertions are encrypted to it. */
  spCertificate: string
  providers: readonly Provider[]
  people: readonly Person[]
}

export type RunningIdp = {
  metadataURL: string
  /** Where a login begins that no request of ours asks for. */
  unsolicitedURL(provider: Provider): string
  stop(): Promise<void>
}

export type Idp = {
  name: string
  /** Debian's packages. Undefined: it comes from npm. */
  debian?: readonly string[]
  version(): string
  /** Why it cannot do the setting; undefined: it can. */
  cannot(setting: Setting): string | undefined
  /** It verifies the signatures of our requests, by these bindings. */
  checks: readonly ('redirect' | 'post')[]
  /** Why the button for “cancel” sends nothing to us; undefined: an error response. */
  cannotCancel?: string
  /** On request it signs the Response before it encrypts. */
  encryptsLast?: boolean
  /** How it says that people authenticate over http; by default PasswordProtectedTransport. */
  authenticatedBy?: 'Password' | 'PasswordProtectedTransport'
  /** How a response for another service is refused, where another check comes before the audience's. */
  misdirected?: string
  /** It knows one service provider at a time. */
  isSingle?: boolean
  /** What a person enters on its form. */
  enter(person: Person): Record<string, string>
  start(order: Order): Promise<RunningIdp>
}

/** Why it cannot do some of the settings, and how many each reason rules out. */
export function impossible(idp: Idp): Map<string, number> {
  const reasons = new Map<string, number>()
  for (const reason of SETTINGS.map(idp.cannot))
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  return reasons
}
