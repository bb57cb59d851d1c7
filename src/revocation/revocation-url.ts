// The address at which the IdP of a connection signs people out. Pure.

/** Tokens name exactly this as their audience. */
export function revocationURL(origin: string, connectionSid: string): string {
  return `${origin}/revocation/${connectionSid}`
}
