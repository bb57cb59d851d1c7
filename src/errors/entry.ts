// The type of a catalogue entry, and the two kinds of entries.

export type ErrorEntry = {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503
  /**
   * `everyone`: the page names the error. `admin`: only the attempt does. The person who signs in
   * sees one sentence, the same for all of these, so that no outsider learns which check failed.
   */
  audience: 'everyone' | 'admin'
  /** What happened. A sentence without its full stop. */
  title: string
  /**
   * What to do next, for the reader that `audience` names. A test resolves what it refers to: a
   * SETTING, a command (gatepost noun verb), a route (GET /path) and a page (the page “Title”).
   */
  remedy: string
  /** Instead of both, for a person whom their IdP has proved. Then it is no secret from them. */
  person?: { title: string; remedy: string }
}

/**
 * A message that fails a check. One status for all: the status must not tell what the page hides.
 */
export function trust(title: string, remedy: string): ErrorEntry {
  return { status: 403, audience: 'admin', title, remedy }
}

/** A good message about a person who may not sign in. */
export function refusal(
  title: string,
  remedy: string,
  person: NonNullable<ErrorEntry['person']>,
): ErrorEntry {
  return { ...trust(title, remedy), person }
}

export function open(status: ErrorEntry['status'], title: string, remedy: string): ErrorEntry {
  return { status, audience: 'everyone', title, remedy }
}
