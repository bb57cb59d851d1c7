// Where a command's requests go. Commands cannot tell which transport it is.

export type Transport = {
  /** Path below /api/v1. */
  send: (path: string, init: RequestInit) => Promise<Response>
  close: () => Promise<void>
}
