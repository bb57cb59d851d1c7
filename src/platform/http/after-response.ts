// Work to do after a response. The operation that makes it necessary adds it; app.ts does it.

/**
 * `send_logout_tokens`: tell apps about ended sessions (OpenID Connect Back-Channel Logout 1.0).
 */
export type AfterResponse = Set<'send_logout_tokens'>
