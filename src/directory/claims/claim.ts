// When an address is not handed on by itself. Pure.

/** The vendor's own system: imports and single records. Otherwise the SID of a connection. */
export const IMPORT_SOURCE = 'import'

/** Who has the address, and who claims it, as one source calls them. */
export type AddressClaim = {
  /** `import`, or the connection whose IdP provisions. */
  source: string
  emailKey: string
  /** Who has the address. */
  userSid: string
  heldExternalID: string
  externalID: string
  name: string | null
}

/**
 * True where a source calls the person of an address otherwise than the user who has it. External
 * ids of two sources are not compared: a user without one of this source is linked.
 */
export function isAnother(held: string | null, came: string | null | undefined): boolean {
  return held !== null && came !== null && came !== undefined && held !== came
}
