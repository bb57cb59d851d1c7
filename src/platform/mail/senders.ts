// Sends one mail: through Cloudflare's `send_email` binding, or through an HTTP mail API. No other
// file does.
import { readLimited } from '../network/read-limited.ts'
import { checkedMessage, displayName, type MailMessage } from './message.ts'

/**
 * `refused`: the sender took the message for wrong, so that another try brings the same answer.
 * The other codes are worth another try.
 */
export type SendFailure = {
  ok: false
  code: 'refused' | 'limited' | 'unreachable' | 'unauthorized'
  isFinal: boolean
}

export type SendResult = { ok: true } | SendFailure

/**
 * Sends one mail. `key`: the same for each try of the same mail; an HTTP API that knows
 * Idempotency-Key sends it once. Rejects, with a TypeError, only for a receiver that is no address.
 */
export type SendMail = (message: MailMessage, key: string) => Promise<SendResult>

/** Who the mail comes from, and where answers go. */
export type MailFrom = { name: string; address: string; replyTo: string | null }

export type Mailer = {
  /** Whether a second try with the same key is sent once. If not, an unclear result is final. */
  isIdempotent: boolean
  send: SendMail
}

/** Codes of Cloudflare's Email Service that another try does not change. */
const FINAL = /^E_(?:VALIDATION|FIELD|TOO_MANY|RECIPIENT|HEADER|CONTENT)_/
/** The vendor's account is not set up for this sender yet. */
const UNAUTHORIZED = /^E_SENDER_/
const LIMITED = /^E_(?:RATE|DAILY|QUOTA)_?/

/** `from.address`: of a domain that is onboarded for sending in the vendor's account. */
export function bindingMailer(binding: SendEmail, from: MailFrom): Mailer {
  const send: SendMail = async (message) => {
    const { to, subject, text, html, headers } = checkedMessage(message)
    try {
      await binding.send({
        from: { name: displayName(from.name), email: from.address },
        to,
        subject,
        text,
        ...(html !== undefined && { html }),
        ...(from.replyTo !== null && { replyTo: from.replyTo }),
        ...(headers && { headers: { ...headers } }),
      })
      return { ok: true }
    } catch (error) {
      return judgeBinding(error)
    }
  }
  return { isIdempotent: false, send }
}

function judgeBinding(error: unknown): SendFailure {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const name = typeof code === 'string' ? code : ''
  if (LIMITED.test(name)) return { ok: false, code: 'limited', isFinal: false }
  if (UNAUTHORIZED.test(name)) return { ok: false, code: 'unauthorized', isFinal: false }
  // Without a code, as in a local run: only the words tell.
  if (FINAL.test(name) || /not allowed|not verified|invalid/i.test(String(message)))
    return { ok: false, code: 'refused', isFinal: true }
  return { ok: false, code: 'unreachable', isFinal: false }
}

const ANSWER_SECONDS = 10
const ANSWER_BYTES = 16 * 1024

/**
 * POSTs JSON as docs/operating/mail.md describes it: `from`, `to`, `subject`, `text`, `html`,
 * `reply_to`, `headers`, with a bearer key and an Idempotency-Key. The URL is a setting of the
 * vendor, so it may be any host. No redirect is followed: the key would go along.
 */
export function apiMailer(
  api: { url: string; key: string; from: MailFrom },
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Mailer {
  const { url, key: secret, from } = api
  const send: SendMail = async (message, key) => {
    const { to, subject, text, html, headers } = checkedMessage(message)
    const body = {
      from: `${displayName(from.name)} <${from.address}>`,
      to: [to],
      subject,
      text,
      ...(html !== undefined && { html }),
      ...(from.replyTo !== null && { reply_to: from.replyTo }),
      ...(headers && { headers }),
    }
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
        headers: {
          authorization: `Bearer ${secret}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
      })
      // The connection is free again once the answer is read; its words are not needed.
      await readLimited(response.body, ANSWER_BYTES).catch(() => undefined)
      return judgeStatus(response.status)
    } catch {
      return { ok: false, code: 'unreachable', isFinal: false }
    }
  }
  return { isIdempotent: true, send }
}

function judgeStatus(status: number): SendResult {
  if (status >= 200 && status < 300) return { ok: true }
  if (status === 429) return { ok: false, code: 'limited', isFinal: false }
  // A wrong key is mended by an operator: the mail waits for it.
  if (status === 401 || status === 403) return { ok: false, code: 'unauthorized', isFinal: false }
  // 409: an earlier try with the same key is still on its way.
  if (status === 408 || status === 409 || status === 425 || status >= 500)
    return { ok: false, code: 'unreachable', isFinal: false }
  return { ok: false, code: 'refused', isFinal: true }
}
