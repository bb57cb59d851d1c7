// Who may do what: everybody who may come asking, at every route there is. A route without a row
// here fails.
import { afterAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/routes.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { keyPairs, signingKeys } from '../../src/platform/db/schema.ts'
import { createSid } from '../../src/ids.ts'
import { pemOf } from '../support/keys.ts'
import { forgetWebhooks } from '../support/webhook-endpoint.ts'
import { db } from '../support/world.ts'
import type { Sent } from './caller.ts'
import {
  KEY_HOLDERS,
  leastOperator,
  metadataXML,
  METADATA_URL,
  openStage,
  STRANGERS,
  type Enter,
  type Stage,
} from './stage.ts'

type Cell = 'done' | ErrorCode
type Row = {
  /** What is asked of the stage; the path's parameters are filled in. */
  sent?: (stage: Stage) => Sent
  /** Of a route that cannot do without. */
  query?: string
  operator: Cell
  ownKey: Cell
  otherKey: Cell
}

/** For operators alone: of what is not theirs, other tenants learn nothing. */
const OPERATED = { operator: 'done', ownKey: 'forbidden', otherKey: 'not_there' } as const
/** For operators alone, and about no tenant. */
const GENERAL = { operator: 'done', ownKey: 'forbidden', otherKey: 'forbidden' } as const
/** For owners alone: a tenant’s key has a lesser role. */
const OWNED = { operator: 'done', ownKey: 'role', otherKey: 'role' } as const
/** For the tenant too. */
const SHARED = { operator: 'done', ownKey: 'done', otherKey: 'not_there' } as const
/** For everybody with a key: it shows what the key may see. */
const OWN_VIEW = { operator: 'done', ownKey: 'done', otherKey: 'done' } as const

const json = (body: unknown) => () => ({ body })

const ROWS: Readonly<Record<string, Row>> = {
  getRevocationStatus: SHARED,
  search: { ...GENERAL, query: '?search=ann' },
  listTenants: GENERAL,
  createTenant: { ...GENERAL, sent: json({ name: 'Acme' }) },
  getTenant: SHARED,
  editTenant: { ...OPERATED, sent: json({ name: 'Acme' }) },
  listUsers: SHARED,
  addUser: { ...OPERATED, sent: json({ email: 'new@tenant.example' }) },
  getUser: SHARED,
  setSignInMethod: { ...OPERATED, sent: json({ signInMethod: 'password' }) },
  putUser: { ...OPERATED, sent: json({ email: 'new@tenant.example' }) },
  editUser: { ...OPERATED, sent: json({ firstName: 'Ann' }) },
  listImports: SHARED,
  downloadImportTemplate: { operator: 'done', ownKey: 'done', otherKey: 'done' },
  createImport: { ...OPERATED, sent: json({ name: 'users.csv' }) },
  previewRows: { ...OPERATED, sent: json({ rows: [{ email: 'new@tenant.example' }] }) },
  getImport: SHARED,
  takeRows: { ...OPERATED, query: '?from=0', sent: json({ rows: [{ email: 'a@t.example' }] }) },
  finishImport: OPERATED,
  listClaims: SHARED,
  acceptAddressClaim: OPERATED,
  declineAddressClaim: OPERATED,
  listAccounts: SHARED,
  createAccount: { ...OPERATED, sent: json({ name: 'North' }) },
  getAccount: SHARED,
  putAccount: { ...OPERATED, sent: json({ name: 'North' }) },
  listAccountUsers: SHARED,
  listMemberships: SHARED,
  setMemberships: { ...OPERATED, sent: json({ accounts: [] }) },
  listDomains: SHARED,
  listContacts: SHARED,
  addContact: {
    ...SHARED,
    sent: json({ role: 'business', name: 'Ben', email: 'ben@tenant.example' }),
  },
  getContact: SHARED,
  editContact: { ...SHARED, sent: json({ name: 'Anna' }) },
  removeContact: SHARED,
  listOperatorContacts: GENERAL,
  addOperatorContact: {
    ...GENERAL,
    sent: (stage) => ({ body: { name: 'Team', email: `${stage.userSid}@vendor.example` } }),
  },
  listMails: GENERAL,
  // The stage has sent none.
  getMail: { ...GENERAL, operator: 'not_there' },
  sendMailAgain: { ...GENERAL, operator: 'not_there' },
  listMailTemplates: GENERAL,
  previewMail: GENERAL,
  createDomain: { ...SHARED, sent: json({ domain: 'other.example' }) },
  getDomain: SHARED,
  // The DNS of tests is empty: actors who may look are told so.
  checkDomain: { operator: 'domain_unproven', ownKey: 'domain_unproven', otherKey: 'not_there' },
  vouchForDomain: { ...OPERATED, sent: json({ reason: 'contract' }) },
  leadDomain: { ...OPERATED, sent: json({ connectionSid: null }) },
  removeDomain: SHARED,
  // A user whom a key may not see gets the answer of an unknown user.
  getSignInDecision: { ...OWN_VIEW, query: '?email=ann@tenant.example' },
  listSignInDecisions: { ...OWN_VIEW, sent: json({ emails: ['ann@tenant.example'] }) },
  listConnections: OWN_VIEW,
  listConnectionsOfTenant: SHARED,
  createConnection: { ...SHARED, sent: json({ name: 'Second IdP' }) },
  getConnection: SHARED,
  editConnection: { ...SHARED, sent: json({ name: 'Renamed' }) },
  // It is being tested already: actors who may ask are told so.
  changeState: {
    operator: 'lifecycle',
    ownKey: 'lifecycle',
    otherKey: 'not_there',
    sent: json({ event: 'begin_testing' }),
  },
  checkConnection: SHARED,
  importMetadata: { ...SHARED, sent: json({ xml: metadataXML() }) },
  getMetadataSource: SHARED,
  setMetadataSource: { ...SHARED, sent: json({ url: METADATA_URL }) },
  removeMetadataSource: SHARED,
  refreshMetadata: SHARED,
  listCertificates: SHARED,
  listUserNameIDs: SHARED,
  releaseNameID: {
    ...SHARED,
    sent: ({ connectionSid }) => ({ body: { connectionSid, reason: 'the IdP has changed' } }),
  },
  listNameIDs: SHARED,
  releaseNameIDs: { ...SHARED, sent: json({ users: 1, reason: 'the IdP has changed' }) },
  listPendingChanges: SHARED,
  // None waits: the stage's connection is not in use.
  acceptPendingChange: { operator: 'not_there', ownKey: 'forbidden', otherKey: 'not_there' },
  declinePendingChange: { operator: 'not_there', ownKey: 'not_there', otherKey: 'not_there' },
  addCertificates: { ...SHARED, sent: () => ({ body: { certificate: pemOf('idpNext') } }) },
  removeCertificate: SHARED,
  trustCertificate: SHARED,
  refuseCertificate: SHARED,
  listAttempts: SHARED,
  getAttempt: SHARED,
  listSessionsOfTenant: SHARED,
  revokeSessionsOfTenant: SHARED,
  listSessionsOfConnection: SHARED,
  revokeSessionsOfConnection: SHARED,
  listSessionsOfUser: SHARED,
  revokeSessionsOfUser: SHARED,
  getSession: SHARED,
  revokeSession: SHARED,
  listTesters: SHARED,
  nominateTesters: { ...SHARED, sent: json({ emails: ['ann@tenant.example'] }) },
  inviteTesters: SHARED,
  withdrawTester: SHARED,
  getSignOffs: SHARED,
  signOff: { ...SHARED, sent: json({ revision: 1, verdict: 'fail', name: 'Ann' }) },
  getRoom: SHARED,
  whatIf: { ...SHARED, sent: ({ attemptSid }) => ({ body: { attemptSid } }) },
  uploadIdpUsers: {
    ...SHARED,
    sent: json({ upload: 'one', emails: ['annie@idp.example'], isLast: true }),
  },
  listAliases: SHARED,
  mapAlias: { ...SHARED, sent: ({ userSid }) => ({ body: { user: userSid } }) },
  unmapAlias: SHARED,
  listRollouts: OWN_VIEW,
  createRollout: { ...OPERATED, sent: json({ name: 'Everybody' }) },
  getRollout: SHARED,
  editSelectors: { ...OPERATED, sent: json({ name: 'All' }) },
  selectUsers: { ...OPERATED, sent: ({ userSid }) => ({ body: { users: [userSid] } }) },
  deselectUsers: { ...OPERATED, sent: json({ users: null }) },
  freeze: OPERATED,
  getProgress: SHARED,
  listMembers: SHARED,
  downloadMembers: SHARED,
  summarizeMembers: SHARED,
  compareVersions: { ...SHARED, query: '?from=1&to=1' },
  suggestMatches: { ...SHARED, sent: ({ userSid }) => ({ body: { users: [userSid] } }) },
  refreshFindings: SHARED,
  decideMembers: {
    ...SHARED,
    sent: json({ version: 1, finding: null, included: false, reason: 'has left' }),
  },
  review: { ...SHARED, sent: json({ version: 1, includedExistInIdP: true }) },
  // Nobody has validated the connection: actors who may do it are told so.
  enable: { ...OPERATED, operator: 'lifecycle', sent: json({ version: 1 }) },
  getNotice: SHARED,
  setNotice: { ...SHARED, sent: json({ subject: 'Soon', text: 'SSO', link: null, date: null }) },
  downloadRecipients: SHARED,
  inform: { ...OPERATED, sent: json({ version: 1, by: 'hand' }) },
  approve: {
    operator: 'lifecycle',
    ownKey: 'lifecycle',
    otherKey: 'not_there',
    sent: json({ version: 1 }),
  },
  enforce: { ...OPERATED, operator: 'lifecycle', sent: json({ version: 1 }) },
  scheduleEnforcement: { ...OPERATED, sent: json({ version: 1, at: null }) },
  previewRollBack: { ...SHARED, query: '?to=password' },
  rollBack: { ...OPERATED, sent: json({ to: 'password' }) },
  startMove: { ...OPERATED, sent: json({}) },
  // The stage's rollout moves nobody.
  getMove: { operator: 'not_there', ownKey: 'not_there', otherKey: 'not_there' },
  leadDomains: { operator: 'not_there', ownKey: 'forbidden', otherKey: 'not_there' },
  listExceptions: SHARED,
  addException: {
    ...OPERATED,
    sent: () => ({ body: { reason: 'contractor', expiresAt: Date.now() + 3_600_000 } }),
  },
  endException: { ...OPERATED, operator: 'not_there' },
  listBreakGlass: SHARED,
  addBreakGlass: {
    ...OPERATED,
    sent: () => ({ body: { reason: 'spare', expiresAt: Date.now() + 3_600_000 } }),
  },
  endBreakGlass: OPERATED,
  spendRecoveryCode: {
    ...GENERAL,
    operator: 'recovery_code',
    sent: json({ email: 'ann@tenant.example', code: '0000-0000-0000-0000' }),
  },
  listSetupLinks: OPERATED,
  createSetupLink: {
    ...OPERATED,
    sent: json({ name: 'bob', capabilities: [], expiresInMinutes: 5 }),
  },
  sendSetupLinkAgain: { ...OPERATED, sent: json({ email: 'bob@tenant.example' }) },
  getSetupLink: OPERATED,
  revokeSetupLink: OPERATED,
  listScimTokens: SHARED,
  createScimToken: { ...SHARED, sent: json({ name: 'Entra ID', expiresInDays: 365 }) },
  getScimToken: SHARED,
  revokeScimToken: SHARED,
  listApiKeys: GENERAL,
  createApiKey: {
    ...OPERATED,
    sent: ({ tenantSid }) => ({ body: { name: 'ci', tenantSid, role: 'admin', expiresInDays: 1 } }),
  },
  getApiKey: OPERATED,
  revokeApiKey: OPERATED,
  listClients: GENERAL,
  createClient: { ...GENERAL, sent: json({ name: 'App', redirectURIs: ['https://app.example/'] }) },
  getClient: GENERAL,
  editClient: { ...GENERAL, sent: json({ name: 'Renamed' }) },
  rotateClientSecret: { ...GENERAL, sent: json({ keepPreviousHours: 1 }) },
  listLogoutDeliveries: GENERAL,
  getLogoutDelivery: GENERAL,
  retryLogoutDelivery: GENERAL,
  listKeyPairs: OWN_VIEW,
  // Whether the pairs are at that point is another question, asked of who may ask.
  prepareKeyPair: GENERAL,
  rotateKeyPairs: { ...GENERAL, operator: 'key_stage' },
  retireKeyPair: { ...GENERAL, operator: 'key_stage' },
  listSigningKeys: GENERAL,
  rotateSigningKey: { ...GENERAL, sent: json({ algorithm: 'RS256' }) },
  deleteSigningKey: { ...GENERAL, operator: 'not_there' },
  createSignInLink: { ...OWNED, sent: json({ email: 'olga@vendor.example', name: 'Olga' }) },
  listOperators: GENERAL,
  inviteOperator: {
    ...OWNED,
    sent: ({ userSid }) => ({
      body: { name: 'Ola', email: `${userSid}@vendor.example`, role: 'support' },
    }),
  },
  getOperator: GENERAL,
  editOperator: { ...OWNED, sent: json({ role: 'admin' }) },
  removeOperator: OWNED,
  listWebhookEndpoints: OWN_VIEW,
  createWebhookEndpoint: {
    ...OWN_VIEW,
    sent: json({
      name: 'Audit log',
      url: 'https://idp.tenant.example/hooks',
      types: ['account.created'],
    }),
  },
  getWebhookEndpoint: SHARED,
  editWebhookEndpoint: { ...SHARED, sent: json({ name: 'Renamed' }) },
  deleteWebhookEndpoint: SHARED,
  rotateWebhookSecret: { ...SHARED, sent: json({ keepPreviousHours: 1 }) },
  testWebhookEndpoint: SHARED,
  listWebhookDeliveries: SHARED,
  retryWebhookDelivery: SHARED,
  retryDeadDeliveries: SHARED,
  listEvents: OWN_VIEW,
  verifyAudit: OWN_VIEW,
  getHealth: GENERAL,
  getMetrics: GENERAL,
  listTurns: OWN_VIEW,
  previewUserErasure: OPERATED,
  eraseUser: { ...OPERATED, sent: json({ confirm: 'ann@tenant.example' }) },
  previewTenantErasure: OPERATED,
  eraseTenant: { ...OPERATED, sent: json({ confirm: 'Tenant', withoutExport: true }) },
  previewConnectionDeletion: OPERATED,
  // It is being tested: operators are told so.
  deleteConnection: {
    ...OPERATED,
    operator: 'still_in_use',
    sent: json({ confirm: 'Tenant IdP' }),
  },
  previewAccountDeletion: OPERATED,
  deleteAccount: { ...OPERATED, sent: json({ confirm: 'Main' }) },
  previewClientDeletion: GENERAL,
  deleteClient: { ...GENERAL, operator: 'still_in_use', sent: json({ confirm: 'App' }) },
  previewRolloutDeletion: OPERATED,
  deleteRollout: { ...OPERATED, sent: json({ confirm: 'Everybody' }) },
  exportUser: OPERATED,
  exportTenant: OPERATED,
  listErasures: GENERAL,
  getErasure: { ...GENERAL, operator: 'not_there' },
  startProbe: {
    ...GENERAL,
    operator: 'certificate_malformed',
    sent: json({ certificate: 'none' }),
  },
  getProbeResult: { ...GENERAL, operator: 'not_there' },
  endProbe: GENERAL,
}

/** The path of a route, on the stage. */
function pathOn(stage: Stage, { path, operationId }: (typeof ROUTES)[number]): string {
  const values: Record<string, string> = {
    tenant: stage.tenantSid,
    connection: stage.connectionSid,
    user: stage.userSid,
    attempt: stage.attemptSid,
    setupLink: stage.setupLinkSid,
    scimToken: stage.scimTokenSid,
    apiKey: stage.apiKeySid,
    client: stage.clientSid,
    session: stage.sessionSid,
    delivery: stage.deliverySid,
    webhookEndpoint: stage.webhookEndpointSid,
    webhookDelivery: stage.webhookDeliverySid,
    account: stage.accountSid,
    import: stage.importSid,
    domain: stage.domain,
    contact: stage.contactSid,
    operator: stage.operatorSid,
    claim: stage.claimSid,
    tester: stage.testerSid,
    rollout: stage.rolloutSid,
    kid: 'none',
    erasure: createSid('ER'),
    mail: `ML${'0'.repeat(32)}`,
    template: 'setup_link',
    alias: operationId === 'mapAlias' ? 'new@idp.example' : stage.alias,
    fingerprint: operationId === 'removeCertificate' ? stage.pinned : stage.quarantined,
  }
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!)
}

let untouched: Stage | undefined

/**
 * A stage on which everything is as it was: a GET and a refusal change nothing, which the callers
 * after them would notice. What one caller has done is not in the way of the next.
 */
async function askOnStage(route: (typeof ROUTES)[number], enter: Enter): Promise<string> {
  if (!untouched) await db.batch([db.delete(keyPairs), db.delete(signingKeys)])
  const stage = (untouched ??= await openStage())
  const { sent, query = '' } = ROWS[route.operationId]!
  const call = await enter(stage)
  const answer = await call(route.method, pathOn(stage, route) + query, sent?.(stage))
  const isRefused = REFUSALS.has(answer.body?.code)
  if (route.method !== 'GET' && !isRefused) untouched = undefined
  return answer.status < 300 ? 'done' : answer.body.code
}

/** Of who may not. */
const REFUSALS = new Set<unknown>(['unauthenticated', 'forbidden', 'not_there'])

afterAll(async () => {
  await db.batch([db.delete(keyPairs), db.delete(signingKeys)])
  await forgetWebhooks()
})

describe('the permission matrix', () => {
  it('has a row for every route, and no other', () => {
    expect(Object.keys(ROWS).toSorted()).toEqual(
      ROUTES.map(({ operationId }) => operationId).toSorted(),
    )
  })

  it('says of each route what the documentation says', () => {
    for (const { operationId, who } of ROUTES)
      expect([operationId, who]).toEqual([
        operationId,
        ['forbidden', 'role'].includes(ROWS[operationId]!.ownKey) ? 'operators' : 'tenants',
      ])
  })

  it.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s',
    async (_, route) => {
      const { operator, ownKey, otherKey } = ROWS[route.operationId]!
      const cells: Record<string, string> = {}
      // Those who may do least come first. A caller without a key is nobody, whatever else they have.
      for (const [name, enter] of Object.entries(STRANGERS))
        cells[name] = await askOnStage(route, enter)
      const unauthenticated = Object.keys(STRANGERS).map((name) => [name, 'unauthenticated'])
      // The least of the roles that may: operations ask the same table as routes.
      const holders = { ...KEY_HOLDERS, operator: () => leastOperator(route.permission) }
      for (const [name, enter] of Object.entries(holders).toReversed())
        cells[name] = await askOnStage(route, enter)
      const expected = { operator, ownKey, otherKey, ...Object.fromEntries(unauthenticated) }
      expect(cells).toEqual(expected)
    },
  )

  it('leaves to operators what opens, closes or takes back', async () => {
    const stage = await openStage()
    const ownKey = await KEY_HOLDERS.ownKey(stage)
    for (const event of ['go_live', 'suspend', 'resume', 'withdraw']) {
      const body = { event }
      const answer = await ownKey('POST', `/connections/${stage.connectionSid}/state`, { body })
      expect([event, answer.status, answer.body.code]).toEqual([event, 403, 'forbidden'])
    }
  })
})
