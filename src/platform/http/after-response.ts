// Work to do after a response. The operation that makes it necessary adds it; app.ts does it.

/**
 * `send_logout_tokens`: tell apps about ended sessions (OpenID Connect Back-Channel Logout 1.0).
 * `copy_key_set`: copy the keys that apps verify tokens with, for the time when D1 is down.
 */
export type AfterResponse = Set<'send_logout_tokens' | 'copy_key_set'>
