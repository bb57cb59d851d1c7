// The types of a catalogue entry and of its words, and the kinds of entries.

/** Who reads: a person who signs in, a customer’s admin in the portal, or an operator. */
export type Reader = 'person' | 'customer' | 'operator'

/**
 * What to do next. One text where it fits every reader; a person reads what a customer does, unless
 * said otherwise. Only an operator reads of commands, settings, routes of the API and pages of the
 * console. A test resolves what it refers to: a SETTING, a command (gatepost noun verb), a route
 * (GET /path), a page (the page “Title”), the “Label” of a field and a document (docs/….md).
 */
export type Remedy = string | { customer: string; operator: string; person?: string }

export type ContextWords = {
  /** What happened. A sentence without its full stop. */
  title: string
  remedy: Remedy
}

export type ErrorEntry = ContextWords & {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503
  /**
   * `everyone`: the page names the error. `admin`: only the attempt does. The person who signs in
   * sees one sentence, the same for all of these, so that no outsider learns which check failed.
   */
  audience: 'everyone' | 'admin'
  /** Instead of both, for a person whom their IdP has proved. Then it is no secret from them. */
  person?: { title: string; remedy: string }
}

/**
 * A message that fails a check. One status for all: the status must not tell what the page hides.
 */
export function trust(title: string, remedy: Remedy): ErrorEntry {
  return { status: 403, audience: 'admin', title, remedy }
}

/** A good message about a person who may not sign in. */
export function refusal(
  title: string,
  remedy: Remedy,
  person: NonNullable<ErrorEntry['person']>,
): ErrorEntry {
  return { ...trust(title, remedy), person }
}

export function open(status: ErrorEntry['status'], title: string, remedy: Remedy): ErrorEntry {
  return { status, audience: 'everyone', title, remedy }
}
