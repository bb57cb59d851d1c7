// The one import of samlp 8, which has no types: the functions that the demo uses.
import { createRequire } from 'node:module'
import type { Person } from '../customer.ts'

/** As samlp reads it. */
export type ParsedRequest = {
  id?: string
  issuer?: string
  destination?: string
  assertionConsumerServiceURL?: string
  forceAuthn?: string
}

type Callback<T> = (error: unknown, value?: T) => void

/** What is used of samlp 8, which brings no types. */
type Samlp = {
  parseRequest(
    request: { query: Record<string, string>; body?: Record<string, string> },
    options: { signingCert: string },
    callback: Callback<ParsedRequest>,
  ): void
  getSamlResponse(options: object, user: Person, callback: Callback<string>): void
}
type Signers = { signXml(options: object, xml: string): string }

const require = createRequire(import.meta.url)
export const samlp: Samlp = require('samlp')
export const signers: Signers = require('samlp/lib/signers')

export function toPEM(label: string, base64DER: string): string {
  const lines = base64DER.match(/.{1,64}/g)?.join('\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}
