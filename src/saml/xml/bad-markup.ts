// The exception of the markup scanners. Their callers turn it into a refusal.
import type { SamlCode } from '../refusal.ts'

export class BadMarkup {
  readonly code: SamlCode
  readonly received: string
  constructor(code: SamlCode, received: string) {
    this.code = code
    this.received = received
  }
}

export function fail(code: SamlCode, received: string): never {
  throw new BadMarkup(code, received)
}
