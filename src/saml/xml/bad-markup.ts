// What the scanners of markup throw and their callers turn into a refusal: no other file sees it.
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
