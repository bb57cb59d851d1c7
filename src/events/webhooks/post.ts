// Sends one message to one URL, once: signed, or with the receiver's token. Public addresses only,
// and no redirect is followed.
import {
  sendPublic,
  type FetchFailure,
  type PublicFetchOptions,
} from '../../platform/network/fetch-public.ts'
import type { WebhookFailure } from './failure.ts'
import { TOKEN_FORMATS, typeOfFormat, type WebhookFormat } from './formats.ts'
import { signedHeaders, type WebhookMessage } from './signature.ts'

/** How long an endpoint may take to answer. */
const ANSWER_SECONDS = 10
/** For receivers who filter by it. */
const USER_AGENT = 'Gatepost-Webhooks/1'

type Posted = {
  /** Null: it arrived. */
  failure: WebhookFailure | null
  /** Null: no answer came. */
  status: number | null
  /** The first bytes of the answer, if they were asked for. */
  start: Uint8Array<ArrayBuffer>
}

/** `secrets`: the current one first; or the token. Never rejects, if they are secrets. */
export async function postMessage(
  {
    url,
    secrets,
    format = 'standard',
  }: { url: string; secrets: readonly string[]; format?: WebhookFormat },
  message: WebhookMessage,
  network: PublicFetchOptions,
  { startBytes = 0, answerSeconds = ANSWER_SECONDS } = {},
): Promise<Posted> {
  const headers = {
    ...network.headers,
    ...(format === 'standard'
      ? await signedHeaders(secrets, message)
      : TOKEN_FORMATS[format].headers(secrets[0]!)),
    'user-agent': USER_AGENT,
  }
  const posted = await sendPublic(
    url,
    { type: typeOfFormat(format), body: message.body, startBytes },
    { ...network, headers, timeoutSeconds: answerSeconds },
  )
  if (!posted.ok) return { failure: failureOf(posted), status: null, start: new Uint8Array() }
  const { status, start } = posted
  return { failure: status >= 200 && status < 300 ? null : `status_${status}`, status, start }
}

function failureOf({ code, isLate }: FetchFailure): WebhookFailure {
  if (code === 'endpoint_private') return 'address_private'
  if (code === 'endpoint_url') return 'url_refused'
  return isLate ? 'late' : 'unreachable'
}
