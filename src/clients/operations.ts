// The operations on clients: register, change, disable, and rotate the secret. For operators.
import { may } from '../events/actor.ts'
import { difference } from '../events/store.ts'
import { checkReachable } from '../platform/network/fetch-public.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { createSecret, hashSecret } from '../platform/secret.ts'
import { createSid } from '../ids.ts'
import { CLIENT_SECRET_PREFIX, type ClientView } from './client.ts'
import { checkClient, fieldsOf, withInitial, type ClientFields } from './fields.ts'
import { findClient, findClients, findClientView, insertClient, updateClient } from './store.ts'
import { HOUR } from '../durations.ts'

export type { ClientView } from './client.ts'
export type { ClientFields } from './fields.ts'

/** The previous secret may stay valid for a week after a rotation. */
export const KEEP_PREVIOUS_HOURS = 7 * 24

type Given<T> = { [Field in keyof T]?: T[Field] | undefined }

/**
 * Registers an app. Only this answer contains the secret; null for a public client. Refuses
 * `forbidden`, `input`, `endpoint_url` and `endpoint_private`.
 */
export async function createClient(
  context: OperationContext,
  input: Given<ClientFields> & Pick<ClientFields, 'name' | 'redirectURIs'>,
): Promise<Result<{ client: ClientView; secret: string | null }, Problem>> {
  if (!isAllowed(context, 'keys')) return forbidden(context)
  const fields = withInitial(defined(input) as Pick<ClientFields, 'name' | 'redirectURIs'>)
  const checked = await check(context, fields)
  if (!checked.ok) return checked
  const client: ClientView = {
    ...fields,
    sid: createSid('CL'),
    previousSecretUntil: null,
    unprotectedCodeAt: null,
    disabledAt: null,
    createdAt: context.now,
    updatedAt: context.now,
  }
  const secret = fields.clientType === 'public' ? null : createClientSecret()
  const secretHash = secret && (await hashSecret(secret))
  await insertClient(context, { ...client, secretHash }, fields)
  return ok({ client, secret })
}

/** Refuses `forbidden` and `not_there`. */
export async function getClient(
  context: OperationContext,
  sid: string,
): Promise<Result<ClientView, Problem>> {
  if (!isAllowed(context, 'view')) return forbidden(context)
  const client = await findClientView(context.db, sid)
  return client ? ok(client) : problem('not_there', 'a client', sid)
}

/** Newest first; disabled ones too. Refuses `forbidden`. */
export async function listClients(
  context: OperationContext,
  page: PageRequest,
): Promise<Result<Page<ClientView>, Problem>> {
  if (!isAllowed(context, 'view')) return forbidden(context)
  return ok(toPage(await findClients(context.db, page), page))
}

/**
 * Changes fields, and disables or enables the client. `ifVersion`: the `updatedAt` that was seen. A
 * confidential client stays confidential, a public one public. Refuses `not_there`,
 * `revision_changed`, and what `createClient` refuses.
 */
export async function editClient(
  context: OperationContext,
  sid: string,
  edit: Given<ClientFields> & { disabled?: boolean | undefined },
  ifVersion?: number,
): Promise<Result<ClientView, Problem>> {
  const found = await getClient(context, sid)
  if (!found.ok) return found
  const client = found.value
  if (ifVersion !== undefined && ifVersion !== client.updatedAt) return changed(client)
  const { disabled, ...given } = defined(edit)
  const fields = { ...fieldsOf(client), ...given } as ClientFields
  if (fields.clientType !== client.clientType)
    return problem(
      'input',
      'a client that has a secret as before, or none as before: register another',
      fields.clientType,
      'clientType',
    )
  const checked = await check(context, fields, client)
  if (!checked.ok) return checked
  const disabledAt =
    disabled === undefined
      ? client.disabledAt
      : disabled
        ? (client.disabledAt ?? context.now)
        : null
  const { before, after } = difference(client, { ...fields, disabledAt })
  if (Object.keys(after).length === 0) return found
  const type =
    disabledAt === client.disabledAt
      ? 'client.updated'
      : disabledAt === null
        ? 'client.enabled'
        : 'client.disabled'
  const updated = await updateClient(context, client, after, { type, before, after })
  return updated ? getClient(context, sid) : changed(client)
}

/** Disables the client: its logins and tokens stop working at once. Refuses `not_there`. */
export function disableClient(
  context: OperationContext,
  sid: string,
): Promise<Result<ClientView, Problem>> {
  return editClient(context, sid, { disabled: true })
}

/** Refuses `not_there`. */
export function enableClient(
  context: OperationContext,
  sid: string,
): Promise<Result<ClientView, Problem>> {
  return editClient(context, sid, { disabled: false })
}

/**
 * Creates a new secret, which only this answer contains. The previous one stays valid for the given
 * hours (0 to a week). Refuses `not_there`, `input`, and `revision_changed` if the client changed
 * meanwhile.
 */
export async function rotateClientSecret(
  context: OperationContext,
  sid: string,
  { keepPreviousHours }: { keepPreviousHours: number },
): Promise<Result<{ client: ClientView; secret: string }, Problem>> {
  if (!isAllowed(context, 'keys')) return forbidden(context)
  const client = await findClient(context.db, sid)
  if (!client) return problem('not_there', 'a client', sid)
  if (client.clientType === 'public')
    return problem('input', 'a client that has a secret', 'a public client')
  if (!isKept(keepPreviousHours)) {
    const received = String(keepPreviousHours)
    return problem('input', `0 to ${KEEP_PREVIOUS_HOURS} hours`, received, 'keepPreviousHours')
  }
  const secret = createClientSecret()
  const isKeeping = keepPreviousHours > 0
  const previousSecretUntil = isKeeping ? context.now + keepPreviousHours * HOUR : null
  const updated = await updateClient(
    context,
    client,
    {
      secretHash: await hashSecret(secret),
      previousSecretHash: isKeeping ? client.secretHash : null,
      previousSecretUntil,
    },
    { type: 'client.secret_rotated', after: { previousSecretUntil } },
  )
  if (!updated) return changed(client)
  const view = await getClient(context, sid)
  return view.ok ? ok({ client: view.value, secret }) : view
}

/** The rules of fields, and the address of a changed logout URI, because we call that ourselves. */
async function check(
  { network }: OperationContext,
  fields: ClientFields,
  before?: ClientView,
): Promise<Result<ClientFields, Problem>> {
  const checked = checkClient(fields, network.allowLocal)
  const uri = fields.backchannelLogoutURI
  if (!checked.ok || uri === null || uri === before?.backchannelLogoutURI) return checked
  // An unreachable URI is accepted: the app may not be deployed yet.
  const { result, reason } = await checkReachable(uri, network)
  return result === 'private'
    ? problem('endpoint_private', 'a public address', reason, 'backchannelLogoutURI')
    : checked
}

function createClientSecret(): string {
  return CLIENT_SECRET_PREFIX + createSecret()
}

function isKept(hours: number): boolean {
  return Number.isInteger(hours) && hours >= 0 && hours <= KEEP_PREVIOUS_HOURS
}

function isAllowed({ actor }: OperationContext, how: 'view' | 'keys'): boolean {
  return may(actor, how, { tenantSid: null, connectionSid: null })
}

function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}

function changed({ updatedAt }: Pick<ClientView, 'updatedAt'>) {
  return problem('revision_changed', `version ${updatedAt}`, 'another')
}

/** Drops fields that are undefined. */
function defined<T extends object>(input: T): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T
}
