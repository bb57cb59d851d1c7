// Operations on webhook endpoints. Operators manage all; a customer admin who may configure manages
// those of the own tenant, and with a setup link those of its connection.
import { describeActor, may, maySee, type Resource } from '../actor.ts'
import type { KeySecrets } from '../../env.ts'
import { HOUR } from '../../durations.ts'
import { createSid } from '../../ids.ts'
import { limitReached } from '../../limits.ts'
import { toPage, type Page, type PageRequest } from '../../platform/db/page.ts'
import { checkPublic } from '../../platform/network/fetch-public.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import type { RecordedType } from '../catalogue.ts'
import type { OperationContext } from '../operation-context.ts'
import { difference } from '../store.ts'
import { checkEndpoint, type WebhookEndpoint, type WebhookEndpointFields } from './endpoint.ts'
import type { WebhookFormat } from './formats.ts'
import { checkToken, sealSecret, sealToken } from './new-secret.ts'
import { createWebhookSecret } from './secret.ts'
import {
  deleteEndpoint,
  findEndpoint,
  findEndpoints,
  findSealedEndpoint,
  findUnknownTenants,
  insertEndpoint,
  originOf,
  updateEndpoint,
} from './store/endpoints.ts'

/** The previous secret may sign for a week after a rotation. */
export const MOST_KEPT_HOURS = 7 * 24

type WithSecret = { endpoint: WebhookEndpoint; secret: string }

/**
 * `tenantSid`: null for the vendor's own endpoint. Only this answer contains the secret; a format
 * with a token has none. Refuses
 * `not_there`, `forbidden`, `input`, `endpoint_url`, `endpoint_private`, `limit_reached` and
 * `key_encryption_key`.
 */
export async function createWebhookEndpoint(
  context: OperationContext,
  secrets: KeySecrets,
  {
    tenantSid,
    tenants = [],
    format = 'standard',
    token,
    ...given
  }: Pick<WebhookEndpointFields, 'name' | 'url' | 'types'> & {
    tenantSid: string | null
    tenants?: readonly string[] | undefined
    format?: WebhookFormat | undefined
    /** Of the receiver, for a format that is not signed. */
    token?: string | undefined
  },
): Promise<Result<{ endpoint: WebhookEndpoint; secret: string | null }, Problem>> {
  const { actor, now } = context
  const resource = resourceOf(context, tenantSid)
  const allowed = mayChange(context, resource)
  if (!allowed.ok) return allowed
  const fields = { ...given, tenants: [...tenants], isActive: true }
  const checked = await check(context, fields, tenantSid)
  if (!checked.ok) return checked
  if (tenantSid !== null && (await findUnknownTenants(context.db, [tenantSid])).length > 0)
    return problem('not_there', 'a tenant', cut(tenantSid, 100))
  const sid = createSid('WH')
  const wanted = checkToken(format, token)
  if (!wanted.ok) return wanted
  const made = await sealSecret(secrets, sid, wanted.value)
  if (!made.ok) return made
  const endpoint: WebhookEndpoint = {
    ...checked.value,
    sid,
    tenantSid,
    format,
    connectionSid: resource.connectionSid,
    goneAt: null,
    previousSecretUntil: null,
    createdBy: describeActor(actor),
    createdAt: now,
    updatedAt: now,
  }
  const { types, tenants: only, ...row } = endpoint
  const isMade = await insertEndpoint(
    context,
    { ...row, secret: made.value.sealed },
    { types, tenants: only },
  )
  if (!isMade) return limitReached('webhookEndpoints')
  return ok({ endpoint, secret: format === 'standard' ? made.value.secret : null })
}

/**
 * Of a tenant, or of the vendor (null), newest first; also those that are off. Refuses `not_there`
 * and `forbidden`.
 */
export async function listWebhookEndpoints(
  context: OperationContext,
  tenantSid: string | null,
  page: PageRequest,
): Promise<Result<Page<WebhookEndpoint>, Problem>> {
  const resource = resourceOf(context, tenantSid)
  if (!maySee(context.actor, resource)) return unseen(tenantSid)
  return ok(toPage(await findEndpoints(context.db, resource, page), page))
}

/** Refuses `not_there`. */
export async function getWebhookEndpoint(
  context: OperationContext,
  sid: string,
): Promise<Result<WebhookEndpoint, Problem>> {
  const endpoint = await findEndpoint(context.db, sid)
  return endpoint && maySee(context.actor, endpoint)
    ? ok(endpoint)
    : problem('not_there', 'a webhook endpoint', cut(sid, 100))
}

/** As `getWebhookEndpoint`, for who may change it. Refuses `not_there` and `forbidden`. */
export async function getEndpointToChange(
  context: OperationContext,
  sid: string,
  how: 'tokens' | 'configure' = 'tokens',
): Promise<Result<WebhookEndpoint, Problem>> {
  const found = await getWebhookEndpoint(context, sid)
  if (!found.ok) return found
  const allowed = mayChange(context, found.value, how)
  return allowed.ok ? found : allowed
}

/**
 * Changes fields, and turns the endpoint on or off. `replaced`: the new token, unless it is empty.
 * `ifVersion`: the `updatedAt` that was seen. Refuses `not_there`, `forbidden`, `revision_changed`,
 * and what `createWebhookEndpoint` refuses of fields.
 */
export async function editWebhookEndpoint(
  context: OperationContext,
  sid: string,
  edit: { [Field in keyof WebhookEndpointFields]?: WebhookEndpointFields[Field] | undefined },
  ifVersion?: number,
  replaced?: { secrets: KeySecrets; token: string | undefined },
): Promise<Result<WebhookEndpoint, Problem>> {
  const found = await getEndpointToChange(context, sid)
  if (!found.ok) return found
  const endpoint = found.value
  if (ifVersion !== undefined && ifVersion !== endpoint.updatedAt) return changed(endpoint)
  const { name, url, types, tenants, isActive } = endpoint
  const given = Object.entries(edit).filter(([, value]) => value !== undefined)
  const fields = { name, url, types, tenants, isActive, ...Object.fromEntries(given) }
  const checked = await check(context, fields, endpoint.tenantSid, endpoint)
  if (!checked.ok) return checked
  const sealed = replaced?.token?.trim() ? await sealToken(endpoint, replaced) : undefined
  if (sealed && !sealed.ok) return sealed
  const { before, after } = difference(endpoint, checked.value)
  if (Object.keys(after).length === 0 && !sealed) return found
  const isTurned = checked.value.isActive !== isActive
  const updated = await updateEndpoint(
    context,
    endpoint,
    { ...after, ...(isTurned && { goneAt: null }), ...(sealed && { secret: sealed.value }) },
    {
      type: typeOfEdit(isTurned, checked.value.isActive),
      before: shownInEvent(before),
      after: { ...shownInEvent(after), ...(sealed && { token: 'replaced' }) },
    },
  )
  return updated ? getWebhookEndpoint(context, sid) : changed(endpoint)
}

/** What waits for it is given up. Refuses `not_there` and `forbidden`. */
export async function deleteWebhookEndpoint(
  context: OperationContext,
  sid: string,
): Promise<Result<null, Problem>> {
  const found = await getEndpointToChange(context, sid)
  if (!found.ok) return found
  await deleteEndpoint(context, found.value)
  return ok(null)
}

/**
 * Creates a new secret, which only this answer contains. The one before signs too for the given
 * hours (0 to a week). Refuses `not_there`, `forbidden`, `input`, `key_encryption_key`, and
 * `revision_changed` if the endpoint changed meanwhile.
 */
export async function rotateWebhookSecret(
  context: OperationContext,
  secrets: KeySecrets,
  sid: string,
  { keepPreviousHours: hours }: { keepPreviousHours: number },
): Promise<Result<WithSecret, Problem>> {
  const found = await getEndpointToChange(context, sid)
  if (!found.ok) return found
  if (!Number.isInteger(hours) || hours < 0 || hours > MOST_KEPT_HOURS)
    return problem('input', `0 to ${MOST_KEPT_HOURS} hours`, String(hours), 'keepPreviousHours')
  const { format } = found.value
  if (format !== 'standard')
    return problem('input', 'an endpoint with a signing secret: edit the token', format, 'format')
  const [made, sealed] = await Promise.all([
    sealSecret(secrets, sid, createWebhookSecret()),
    findSealedEndpoint(context.db, sid),
  ])
  if (!made.ok) return made
  const previousSecretUntil = hours > 0 ? context.now + hours * HOUR : null
  const change = {
    secret: made.value.sealed,
    previousSecret: hours > 0 ? (sealed?.secret ?? null) : null,
    previousSecretUntil,
  }
  const event = { type: 'webhook_endpoint.secret_rotated', after: { previousSecretUntil } } as const
  if (!(await updateEndpoint(context, found.value, change, event))) return changed(found.value)
  const endpoint = await getWebhookEndpoint(context, sid)
  return endpoint.ok ? ok({ endpoint: endpoint.value, secret: made.value.secret }) : endpoint
}

/** The rules of fields, the tenants, and the address of a URL that is new. */
async function check(
  { db, network }: OperationContext,
  fields: WebhookEndpointFields,
  tenantSid: string | null,
  before?: WebhookEndpoint,
): Promise<Result<WebhookEndpointFields, Problem>> {
  const checked = checkEndpoint(fields, { tenantSid, allowLocal: network.allowLocal })
  if (!checked.ok) return checked
  const { url, tenants } = checked.value
  const [unknown] = tenants.length > 0 ? await findUnknownTenants(db, tenants) : []
  if (unknown !== undefined) return problem('input', 'tenants', cut(unknown, 100), 'tenants')
  // A host that does not answer is accepted: the endpoint may not be deployed yet.
  const failure = url === before?.url ? undefined : await checkPublic(url, network)
  return failure?.code === 'endpoint_private'
    ? problem('endpoint_private', 'a public address', failure.reason, 'url')
    : checked
}

/** A setup link has endpoints of its connection alone. */
function resourceOf({ actor }: OperationContext, tenantSid: string | null): Resource {
  return {
    tenantSid,
    connectionSid: actor.kind === 'customer admin' ? actor.connectionSid : null,
  }
}

function mayChange(
  { actor }: OperationContext,
  resource: Resource,
  how: 'tokens' | 'configure' = 'tokens',
): Result<true, Problem> {
  if (!maySee(actor, resource)) return unseen(resource.tenantSid)
  return may(actor, how, resource)
    ? ok(true)
    : problem('forbidden', 'somebody who may configure', actor.kind)
}

function unseen(tenantSid: string | null) {
  return tenantSid === null
    ? problem('forbidden', 'an operator', 'a tenant')
    : problem('not_there', 'a tenant', cut(tenantSid, 100))
}

function typeOfEdit(isTurned: boolean, isActive: boolean): RecordedType {
  if (!isTurned) return 'webhook_endpoint.updated'
  return isActive ? 'webhook_endpoint.enabled' : 'webhook_endpoint.disabled'
}

function shownInEvent(values: Record<string, unknown>): Record<string, unknown> {
  return 'url' in values ? { ...values, url: originOf(String(values['url'])) } : values
}

function changed({ updatedAt }: WebhookEndpoint) {
  return problem('revision_changed', `version ${updatedAt}`, 'another')
}
