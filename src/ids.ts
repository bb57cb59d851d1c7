// SIDs: two capital letters for the kind of thing, and 32 random hexadecimal digits.

export type SidKind =
  | 'AC' // account
  | 'AK' // API key
  | 'AT' // attempt
  | 'CL' // client
  | 'CN' // connection
  | 'EV' // event
  | 'GR' // grant
  | 'IM' // import
  | 'LD' // logout delivery
  | 'RO' // rollout
  | 'SE' // session
  | 'SL' // setup link
  | 'ST' // SCIM token
  | 'TN' // tenant
  | 'US' // user
export type Sid<Kind extends SidKind> = `${Kind}${string}`

export function createSid<Kind extends SidKind>(kind: Kind): Sid<Kind> {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `${kind}${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

export function isSid<Kind extends SidKind>(text: string, kind: Kind): text is Sid<Kind> {
  return text.startsWith(kind) && /^[A-Z]{2}[0-9a-f]{32}$/.test(text)
}
