// A customer in the database, and browsers of its administrators: an operator’s, and those of
// people with setup links.
import { createSetupLink } from '../../../src/access/operations.ts'
import {
  createConnection,
  editConnection,
  readCertificates,
} from '../../../src/connections/operations.ts'
import type { Env } from '../../../src/env.ts'
import type { Actor, Capability } from '../../../src/events/actor.ts'
import type { Role } from '../../../src/events/roles.ts'
import { createSid } from '../../../src/ids.ts'
import { nameIDs, quarantinedCertificates, testers } from '../../../src/platform/db/schema.ts'
import { createAccount } from '../../../src/directory/account-operations.ts'
import { createDomain } from '../../../src/directory/domains/operations.ts'
import { addUser, createTenant } from '../../../src/directory/operations.ts'
import { createRollout, freeze, selectUsers } from '../../../src/rollout/operations.ts'
import { createScimToken } from '../../../src/scim/token-operations.ts'
import { storedCertificate } from '../../support/stored-certificate.ts'
import { addAttempt } from '../../support/attempts.ts'
import { openBrowser, type Browser } from '../../support/browser.ts'
import { certificateOf, pemOf } from '../../support/keys.ts'
import { good, request } from '../../support/request.ts'
import { addOperatorRow, openConsoleSession } from '../../support/operators.ts'
import { addSession } from '../../support/sessions.ts'
import { addWebhookEndpoint } from '../../support/webhook-endpoint.ts'
import { db } from '../../support/world.ts'

export const METADATA_URL = 'https://idp.customer.example/metadata'

/** An Internet in which the customer's IdP answers, and nothing else. */
async function internet(input: RequestInfo | URL): Promise<Response> {
  const url = new URL(String(input))
  if (url.hostname === 'cloudflare-dns.com')
    return Response.json({ Status: 0, Answer: [{ type: 1, data: '198.41.0.4' }] })
  if (url.href === METADATA_URL) return new Response(metadata())
  if (url.hostname === 'idp.customer.example') return new Response('hello')
  throw new TypeError('Network connection lost.')
}

export function metadata(options: { entityID?: string; certificate?: string } = {}): string {
  const { entityID = 'https://idp.customer.example/id', certificate = certificateOf('idp') } =
    options
  return `<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityID}">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
      <X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.customer.example/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`
}

/**
 * A tenant, a connection whose settings are in, a person who tests it, an attempt, a certificate
 * that waits, an account, a domain, a rollout.
 */
export async function createCustomer() {
  const tenant = good(await createTenant(request(), { name: 'Customer' }))
  const connection = good(await createConnection(request(), tenant.sid, { name: 'Their IdP' }))
  const certificates = good(await readCertificates(pemOf('idp')))
  good(
    await editConnection(request(), connection.sid, {
      fields: {
        entityID: 'https://idp.customer.example/id',
        ssoRedirectURL: 'https://idp.customer.example/sso',
      },
      addCertificates: certificates,
    }),
  )
  const email = `${tenant.sid.toLowerCase()}@customer.example`
  const user = good(await addUser(request(), tenant.sid, { email }))
  await db.insert(testers).values({
    connectionSid: connection.sid,
    userSid: user.sid,
    enabled: false,
    createdBy: 'operator olga',
    createdAt: Date.now(),
  })
  await db.insert(nameIDs).values({
    connectionSid: connection.sid,
    userSid: user.sid,
    entityID: 'https://idp.customer.example/id',
    kind: 'value',
    format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    nameID: `id of ${user.sid}`,
    firstSeenAt: Date.now(),
    lastSeenAt: Date.now(),
  })
  const attemptSid = await addAttempt({
    connectionSid: connection.sid,
    code: 'audience',
    checks: [
      { code: 'audience', ok: false, clause: 'SAML Core', expected: 'ours', received: 'theirs' },
    ],
  })
  const waiting = await storedCertificate(certificateOf('idpNext'))
  await db.insert(quarantinedCertificates).values({
    connectionSid: connection.sid,
    ...waiting,
    createdAt: Date.now(),
  })
  const okta = { name: 'Okta', expiresInDays: 30 }
  const { scimToken } = good(await createScimToken(request(), connection.sid, okta))
  const account = good(await createAccount(request(), tenant.sid, { name: 'North' }))
  const name = `${tenant.sid.toLowerCase()}.example`
  const { domain } = good(await createDomain(request(), tenant.sid, { domain: name }))
  const rollout = good(await createRollout(request(), connection.sid, { name: 'Everybody' }))
  good(await selectUsers(request(), rollout.sid, [user.sid]))
  good(await freeze(request(), rollout.sid))
  const before = good(await createConnection(request(), tenant.sid, { name: 'Before' }))
  const ofMove = { name: 'Move', fromConnectionSid: before.sid }
  const move = good(await createRollout(request(), connection.sid, ofMove))
  const admin: Actor = {
    kind: 'customer admin',
    id: createSid('SL'),
    name: 'ann',
    tenantSid: tenant.sid,
    connectionSid: connection.sid,
    capabilities: ['configure'],
  }
  const webhook = await addWebhookEndpoint(tenant.sid, { actor: admin })
  return {
    webhookEndpointSid: webhook.sid,
    webhookDeliverySid: webhook.deliverySid,
    tenantSid: tenant.sid,
    connectionSid: connection.sid,
    rolloutSid: rollout.sid,
    moveSid: move.sid,
    attemptSid,
    scimTokenSid: scimToken.sid,
    userSid: user.sid,
    sessionSid: await addSession({ userSid: user.sid, connectionSid: connection.sid }),
    email,
    accountSid: account.sid,
    domain,
    pinned: certificates[0]!.fingerprint,
    waiting: waiting.fingerprint,
  }
}

export type Customer = Awaited<ReturnType<typeof createCustomer>>

/** Nobody in particular. */
export function openStranger(environment?: Env, onAnswer?: () => void): Browser {
  return openBrowser(environment, {
    fetch: internet as typeof fetch,
    ...(onAnswer && { onAnswer }),
  })
}

export async function openOperator(
  environment?: Env,
  { role = 'owner', onAnswer }: { role?: Role; onAnswer?: () => void } = {},
): Promise<Browser> {
  const browser = openStranger(environment, onAnswer)
  const secret = await openConsoleSession(await addOperatorRow(role, 'olga'))
  browser.cookies.set('__Host-console', secret)
  return browser
}

export async function openLink(
  { connectionSid }: Pick<Customer, 'connectionSid'>,
  capabilities: readonly Capability[] = ['configure', 'test'],
  environment?: Env,
  onAnswer?: () => void,
): Promise<Browser> {
  const link = { name: 'ann', capabilities, expiresInMinutes: 60 }
  const { secret } = good(await createSetupLink(request(), connectionSid, link))
  const browser = openStranger(environment, onAnswer)
  browser.cookies.set('__Host-setup', secret)
  return browser
}

/** A hidden field of a page, as the browser would send it back. */
export function hidden(page: string, name: string): string {
  const value = new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(page)?.[1]
  if (value === undefined) throw new Error(`the page has no field ${name}`)
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

/** The parts of a form with files. */
export function formData(fields: Record<string, string | Blob>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'string') data.set(name, value)
    else data.set(name, value, 'file')
  return data
}
