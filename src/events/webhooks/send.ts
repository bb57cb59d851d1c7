// The channel of webhooks: one event to one endpoint. A run reads each endpoint and each host name
// once, and an endpoint that keeps it waiting keeps it waiting once.
import { readConfig } from '../../env.ts'
import { lookingUpOnce } from '../../platform/network/look-up-once.ts'
import { definitionOf } from '../catalogue.ts'
import type { Channel, ChannelContext, ChannelResult, DeliverableEvent } from '../outbox/channel.ts'
import type { WebhookFailure } from './failure.ts'
import { bodyOf } from './formats.ts'
import { postMessage } from './post.ts'
import { openSigningSecrets } from './signing-secrets.ts'
import { findSealedEndpoint, turnOffGone } from './store/endpoints.ts'

type Endpoint = NonNullable<Awaited<ReturnType<typeof findSealedEndpoint>>>
type OpenedEndpoint = {
  endpoint: Endpoint
  /** Of a suspended tenant. */
  isHeld: boolean
  secrets: string[] | undefined
}

export function openWebhooks(run: ChannelContext): Channel {
  const { env, db, answerSeconds } = run
  const { keySecrets, origin } = readConfig(env)
  const { host } = new URL(origin)
  const network = lookingUpOnce(run.network)
  const endpoints = new Map<string, Promise<OpenedEndpoint | undefined>>()
  const silent = new Map<string, WebhookFailure>()

  const open = async (sid: string, now: number): Promise<OpenedEndpoint | undefined> => {
    const endpoint = await findSealedEndpoint(db, sid)
    if (!endpoint) return undefined
    const secrets = await openSigningSecrets(keySecrets, endpoint, now)
    return { endpoint, secrets, isHeld: endpoint.isSuspended }
  }

  return async (event, target, now) => {
    let opening = endpoints.get(target)
    if (!opening) endpoints.set(target, (opening = open(target, now)))
    const opened = await opening
    if (!opened) return giveUp('endpoint_deleted')
    const { endpoint, secrets, isHeld } = opened
    if (!endpoint.isActive) return giveUp('endpoint_off')
    if (!isFor(endpoint, event)) return giveUp('not_for_endpoint')
    if (isHeld) return { delivered: false, code: 'tenant_suspended', isHeld }
    if (!secrets) return { delivered: false, code: 'secret_sealed' }
    const unanswered = silent.get(target)
    if (unanswered) return { delivered: false, code: unanswered, isPostponed: true }
    const { url, format, tenantSid } = endpoint
    const body = bodyOf(format, event, { forCustomer: tenantSid !== null, host })
    const message = { id: event.sid, sentAt: now, body }
    const to = { url, secrets, format }
    const limits = answerSeconds === undefined ? {} : { answerSeconds }
    const { failure, status } = await postMessage(to, message, network, limits)
    if (failure === null) return { delivered: true }
    if (failure === 'late' || failure === 'unreachable') silent.set(target, failure)
    if (status !== 410) return { delivered: false, code: failure }
    const off = { ...opened, endpoint: { ...endpoint, isActive: false } }
    endpoints.set(target, Promise.resolve(off))
    await turnOffGone({ db, now }, target)
    return giveUp(failure)
  }
}

/** Sending it again by itself would not help. */
function giveUp(code: WebhookFailure): ChannelResult {
  return { delivered: false, code, gone: true }
}

/**
 * The trigger that fills the outbox has decided the same. A customer's endpoint gets nothing of
 * another tenant or connection, and nothing that is for operators, whatever stands in the outbox.
 */
function isFor(
  { tenantSid, connectionSid }: Endpoint,
  event: Pick<DeliverableEvent, 'type' | 'tenantSid' | 'connectionSid'>,
): boolean {
  if (tenantSid === null) return true
  return (
    event.tenantSid === tenantSid &&
    (connectionSid === null || event.connectionSid === connectionSid) &&
    definitionOf(event.type).audience === 'tenant'
  )
}
