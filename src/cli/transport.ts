// Sends a command's requests. Commands do not know which transport they use.

export type Transport = {
  /** Path below /api/v1. */
  send: (path: string, init: RequestInit) => Promise<Response>
  close: () => Promise<void>
}
