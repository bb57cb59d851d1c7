// The link of a test sign-in. Pure.

/** Begins a login that signs no one in. Console and portal show this link. */
export function testPath(connectionSid: string): string {
  return `/sso/${connectionSid}?test`
}
