// A mail before it is sent: one receiver, a subject of one line, text and HTML. Pure.

export type MailMessage = {
  /** One plain address in ASCII. */
  to: string
  subject: string
  text: string
  html?: string
  /** Extra headers. The senders accept only those that this product writes. */
  headers?: Readonly<Partial<Record<MailHeader, string>>>
}

/** Of RFC 3834, RFC 2369 and RFC 8058. */
export type MailHeader = 'Auto-Submitted' | 'List-Unsubscribe' | 'List-Unsubscribe-Post'

const LOCAL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/
const DOMAIN = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$/

/**
 * Whether every sender and every receiver takes it: no quotes, no comments, no groups. False for
 * what could be more than one address, or the start of another header.
 */
export function isMailAddress(text: string): boolean {
  const [local = '', domain = '', ...others] = text.split('@')
  return others.length === 0 && LOCAL.test(local) && DOMAIN.test(domain) && !text.includes('..')
}

/** Header text of one line: no control character, no direction override, at most 200 characters. */
export function headerText(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line.slice(0, 200).toWellFormed()
}

/** A display name without quoting: nothing in it ends a quoted string or begins an address. */
export function displayName(text: string): string {
  return headerText(text.replaceAll(/["\\<>()[\]:;@,]/g, ' ')).slice(0, 100)
}

/**
 * The message as a sender may take it. Throws a TypeError for an address that is none: the caller
 * has checked it.
 */
export function checkedMessage(message: MailMessage): MailMessage {
  if (!isMailAddress(message.to)) throw new TypeError('the receiver is not one mail address')
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [
    name,
    headerText(value).slice(0, 998),
  ])
  return {
    ...message,
    subject: headerText(message.subject),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
  }
}
