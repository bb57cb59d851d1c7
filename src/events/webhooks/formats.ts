// The formats that an endpoint can take: of each its type, what proves who sends, and the body of
// one event. Pure.
import { toDatadog, toSplunk } from '../feed/shapes.ts'
import { createPayload, payloadOf, type Payload, type PayloadOf } from './payload.ts'

/**
 * `standard`: Standard Webhooks, signed. The others log in with a token of the receiving system.
 * Each request has one event, so that each is delivered, retried and listed by itself.
 */
export const WEBHOOK_FORMATS = ['standard', 'splunk', 'datadog', 'ndjson'] as const
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number]
export type TokenFormat = Exclude<WebhookFormat, 'standard'>

type FormatRules = {
  /** For people. */
  words: string
  type: string
  /** The headers that carry the token. */
  headers: (token: string) => Record<string, string>
  /** `host`: our name, for systems that sort by it. */
  shape: (payload: Payload, host: string) => object
}

export const TOKEN_FORMATS: Readonly<Record<TokenFormat, FormatRules>> = {
  splunk: {
    words: 'Splunk HTTP Event Collector',
    type: 'application/json',
    headers: (token) => ({ authorization: `Splunk ${token}` }),
    shape: toSplunk,
  },
  datadog: {
    words: 'Datadog logs',
    type: 'application/json',
    headers: (token) => ({ 'dd-api-key': token }),
    // The intake takes an array.
    shape: (payload, host) => [toDatadog(payload, host)],
  },
  ndjson: {
    words: 'NDJSON over HTTP',
    type: 'application/x-ndjson',
    headers: (token) => ({ authorization: `Bearer ${token}` }),
    shape: (payload) => payload,
  },
}

export function wordsOfFormat(format: WebhookFormat): string {
  return format === 'standard' ? 'Standard Webhooks, signed' : TOKEN_FORMATS[format].words
}

export function typeOfFormat(format: WebhookFormat): string {
  return format === 'standard' ? 'application/json' : TOKEN_FORMATS[format].type
}

/** What a message of this format says. */
export function bodyOf(
  format: WebhookFormat,
  event: PayloadOf,
  { forCustomer, host }: { forCustomer: boolean; host: string },
): string {
  if (format === 'standard') return createPayload(event, { forCustomer })
  const payload = payloadOf(event, { forCustomer })
  const text = JSON.stringify(TOKEN_FORMATS[format].shape(payload, host))
  return format === 'ndjson' ? `${text}\n` : text
}

/** Visible characters without spaces: it goes into a header. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]{1,500}$/.test(text)
}
