// The exception of the markup scanners. Their callers turn it into a refusal.
import type { XmlCode } from '../refusal.ts'

export class BadMarkup {
  readonly code: XmlCode
  readonly received: string
  constructor(code: XmlCode, received: string) {
    this.code = code
    this.received = received
  }
}

export function fail(code: XmlCode, received: string): never {
  throw new BadMarkup(code, received)
}
