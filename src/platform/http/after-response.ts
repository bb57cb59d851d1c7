// What a request leaves to be done after its response. The operation that makes it necessary says
// so; app.ts does it.

/**
 * `send_logout_tokens`: apps have to be told of sessions that have ended (OpenID Connect
 * Back-Channel Logout 1.0).
 */
export type AfterResponse = Set<'send_logout_tokens'>
