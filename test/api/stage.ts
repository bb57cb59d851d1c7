// What the API's tests act on: two customers, one with something of everything, and everybody who
// may come asking.
import {
  createApiKey,
  createSetupLink,
  createSignInLink,
  signIn,
} from '../../src/access/operations.ts'
import { findCertificates } from '../../src/connections/certificates/store.ts'
import {
  addressClaims,
  domains,
  metadataSources,
  nameIDs,
  quarantinedCertificates,
} from '../../src/platform/db/schema.ts'
import { createAccount } from '../../src/directory/account-operations.ts'
import { addContact } from '../../src/mail/contacts/operations.ts'
import { createDomain } from '../../src/directory/domains/operations.ts'
import { createImport } from '../../src/directory/import/operations.ts'
import {
  addBreakGlass,
  createRollout,
  freeze,
  mapAlias,
  selectUsers,
} from '../../src/rollout/operations.ts'
import { nominateTesters } from '../../src/rollout/validation/tester-operations.ts'
import { createScimToken } from '../../src/scim/token-operations.ts'
import { createSid } from '../../src/ids.ts'
import { parseCertificate } from '../../src/saml/signature/certificate.ts'
import { storedCertificate } from '../support/stored-certificate.ts'
import { fakeNetwork, PUBLIC_V4, RESOLVER } from '../support/fake-network.ts'
import { certificateOf, type KeyName } from '../support/keys.ts'
import { registerClient } from '../support/register-client.ts'
import { good, request } from '../support/request.ts'
import { addDelivery, addSession } from '../support/sessions.ts'
import { addAttempt } from '../support/attempts.ts'
import { addOperatorRow } from '../support/operators.ts'
import { PERMISSIONS, type Permission, type Role } from '../../src/events/roles.ts'
import { addWebhookEndpoint } from '../support/webhook-endpoint.ts'
import { createWorld, db } from '../support/world.ts'
import { caller, callerWithKey, type Caller } from './caller.ts'

export const METADATA_URL = 'https://idp.tenant.example/metadata'

export function metadataXML(entityID = METADATA_URL, keys: KeyName[] = ['idp']): string {
  const descriptors = keys.map(
    (key) =>
      `<KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificateOf(key)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`,
  )
  return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityID}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${descriptors.join('')}<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.tenant.example/sso"/></IDPSSODescriptor></EntityDescriptor>`
}

/** An internet in which the IdP of tests is there, behind the resolver that the Worker asks. */
export function idpNetwork(): typeof fetch {
  const network = fakeNetwork({
    names: { 'idp.tenant.example': [PUBLIC_V4] },
    hosts: {
      [METADATA_URL]: () => new Response(metadataXML()),
      'https://idp.tenant.example/sso': () => new Response('sign in'),
    },
  })
  return ((input: RequestInfo | URL, init?: RequestInit) =>
    network.options.fetch(
      String(input).replace('https://cloudflare-dns.com/dns-query', RESOLVER),
      init,
    )) as typeof fetch
}

async function fingerprintOf(base64: string): Promise<string> {
  const certificate = await parseCertificate(base64)
  if (!certificate.ok) throw new Error(certificate.error.code)
  return certificate.value.fingerprint
}

const options = { fetch: idpNetwork() }

export type Stage = Awaited<ReturnType<typeof openStage>>

/** The API key of another customer, who is there before each stage: the newest has the addresses. */
let other: Promise<Caller> | undefined
const openOther = async () => callerWithKey((await createWorld()).tenantSid, options)

export async function openStage() {
  await (other ??= openOther())
  const world = await createWorld({ connection: { state: 'testing' } })
  const { tenantSid, connectionSid } = world
  const now = Date.now()
  const attemptSid = await addAttempt({
    connectionSid,
    code: 'audience',
    checks: [{ code: 'audience', ok: false, clause: 'x', expected: 'us', received: 'them' }],
    message: '<Response/>',
    createdAt: now,
  })
  const quarantined = await fingerprintOf(certificateOf('idpNext'))
  const userSid = await world.addUser('ann@tenant.example', { signInMethod: 'password' })
  const claimSid = createSid('CM')
  await db.batch([
    db.insert(metadataSources).values({
      connectionSid,
      url: METADATA_URL,
      refreshAt: now + 1000,
      createdAt: now,
    }),
    db.insert(addressClaims).values({
      sid: claimSid,
      tenantSid,
      source: 'import',
      emailKey: 'ann@tenant.example',
      userSid,
      heldExternalID: '1',
      externalID: `of ${userSid}`,
      createdAt: now,
    }),
    db.insert(nameIDs).values({
      connectionSid,
      userSid,
      entityID: world.idpEntityID,
      kind: 'value',
      format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      nameID: `id of ${userSid}`,
      firstSeenAt: now,
      lastSeenAt: now,
    }),
    db.insert(quarantinedCertificates).values({
      connectionSid,
      ...(await storedCertificate(certificateOf('idpNext'))),
      createdAt: now,
    }),
  ])
  const link = await createSetupLink(request(), connectionSid, {
    name: 'bob',
    capabilities: ['configure', 'test'],
    expiresInMinutes: 60,
  })
  // A domain has one owner: those of earlier tests give theirs up.
  await db.delete(domains)
  const { domain } = good(await createDomain(request(), tenantSid, { domain: 'tenant.example' }))
  const ann = { role: 'technical', name: 'Ann', email: 'ann@tenant.example' }
  const contact = good(await addContact(request(), tenantSid, ann))
  const account = await createAccount(request(), tenantSid, { name: 'Main', externalID: 'main' })
  const started = await createImport(request(), tenantSid, { name: 'people.csv' })
  const testerSid = await world.addUser('tess@tenant.example', { signInMethod: 'password' })
  good(await nominateTesters(request(), connectionSid, ['tess@tenant.example']))
  const rollout = good(await createRollout(request(), connectionSid, { name: 'Everybody' }))
  good(await selectUsers(request(), rollout.sid, [userSid]))
  good(await freeze(request(), rollout.sid))
  const alias = 'annie@idp.example'
  good(await mapAlias(request(), connectionSid, { email: alias, user: userSid }))
  const exemption = { user: userSid, reason: 'keeps the keys', expiresAt: now + 3_600_000 }
  good(await addBreakGlass(request(), tenantSid, exemption))
  const key = await createApiKey(request(), {
    name: 'theirs',
    tenantSid,
    role: 'admin',
    expiresInDays: 1,
  })
  const okta = { name: 'Okta', expiresInDays: 1 }
  const scim = good(await createScimToken(request(), connectionSid, okta))
  const [pinned] = await findCertificates(db, connectionSid)
  const { sid: clientSid } = await registerClient()
  const { sid: operatorSid } = await addOperatorRow('support')
  const sessionSid = await addSession({ userSid, connectionSid })
  const deliverySid = await addDelivery({ clientSid, sessionSid, userSid })
  const webhook = await addWebhookEndpoint(tenantSid)
  return {
    ...world,
    webhookEndpointSid: webhook.sid,
    webhookDeliverySid: webhook.deliverySid,
    userSid,
    claimSid,
    pinned: pinned!.fingerprint,
    quarantined,
    attemptSid,
    setupLinkSid: good(link).setupLink.sid,
    apiKeySid: good(key).apiKey.sid,
    scimTokenSid: scim.scimToken.sid,
    scimSecret: scim.secret,
    clientSid,
    sessionSid,
    deliverySid,
    accountSid: good(account).sid,
    importSid: good(started).sid,
    domain,
    contactSid: contact.sid,
    operatorSid,
    testerSid,
    rolloutSid: rollout.sid,
    alias,
    setupSecret: good(link).secret,
  }
}

export type Enter = (stage: Stage) => Promise<Caller>

const operators = new Map<Role, Promise<Caller>>()

/** The key of operators with the least of the roles that have the permission. */
export function leastOperator(permission: Permission): Promise<Caller> {
  const role = PERMISSIONS[permission].at(-1)!
  let found = operators.get(role)
  if (!found) operators.set(role, (found = callerWithKey(null, options, role)))
  return found
}

/** Those who have a key. Operators have one for all tests of a file: they may have a hundred. */
export const KEY_HOLDERS = {
  operator: () => leastOperator('operators'),
  ownKey: ({ tenantSid }) => callerWithKey(tenantSid, options),
  otherKey: () => (other ??= openOther()),
} satisfies Record<string, Enter>

/** Those who have something else, or nothing. */
export const STRANGERS = {
  setupLink: async ({ setupSecret }) => caller(`Bearer ${setupSecret}`, options),
  setupLinkAsKey: async ({ setupSecret }) => caller(`Bearer gp_${setupSecret}`, options),
  scimToken: async ({ scimSecret }) => caller(`Bearer ${scimSecret}`, options),
  setupCookie: async ({ setupSecret }) =>
    caller(null, { ...options, cookie: `__Host-setup=${setupSecret}` }),
  async consoleCookie() {
    const link = good(
      await createSignInLink(request(), { email: 'olga@vendor.example', name: 'olga' }),
    )
    const { secret } = good(await signIn({ db, now: Date.now() }, link.secret))
    return caller(null, { ...options, cookie: `__Host-console=${secret}` })
  },
  nobody: async () => caller(null, options),
} satisfies Record<string, Enter>
