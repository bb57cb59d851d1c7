// Why a message did not arrive: codes for programs, and their words.

/** Codes beside `status_…`, which has the status of an answer that is no success. */
const FAILURES = {
  late: 'No answer within 10 seconds.',
  unreachable: 'The endpoint could not be reached.',
  address_private: 'The URL leads to an address that is not public. Nothing was sent.',
  url_refused: 'The URL is not https. Nothing was sent.',
  endpoint_off: 'The endpoint is off. Turn it on, then send the message again.',
  endpoint_deleted: 'The endpoint was deleted.',
  event_deleted: 'The event was deleted before it was delivered.',
  not_for_endpoint: 'The endpoint may not see this event.',
  secret_sealed: 'The signing secret does not open. Replace the secret, then send it again.',
  tenant_suspended: 'The tenant is suspended. The message waits for up to 30 days.',
} as const

const REDIRECTS = 'Redirects are not followed: enter the final URL.'

export type WebhookFailure = keyof typeof FAILURES | `status_${number}`

/** For people. A code that is unknown, of another version, stays as it is. */
export function wordsOfFailure(code: string): string {
  const words = (FAILURES as Readonly<Record<string, string>>)[code]
  if (words !== undefined) return words
  const status = /^status_(\d{3})$/.exec(code)?.[1]
  if (status === undefined) return code
  if (status === '410') return 'The endpoint answered 410 Gone and was turned off.'
  if (status.startsWith('3')) return `The endpoint answered ${status}, a redirect. ${REDIRECTS}`
  return `The endpoint answered ${status}.`
}
