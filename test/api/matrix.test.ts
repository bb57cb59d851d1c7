// Who may do what: everybody who may come asking, at every route there is. A route without a row
// here fails.
import { afterAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/routes.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { keyPairs, signingKeys } from '../../src/platform/db/schema.ts'
import { pemOf } from '../support/keys.ts'
import { db } from '../support/world.ts'
import type { Caller, Sent } from './caller.ts'
import {
  KEY_HOLDERS,
  metadataXML,
  METADATA_URL,
  openStage,
  STRANGERS,
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
/** For the tenant too. */
const SHARED = { operator: 'done', ownKey: 'done', otherKey: 'not_there' } as const
/** For everybody with a key: it shows what the key may see. */
const OWN_VIEW = { operator: 'done', ownKey: 'done', otherKey: 'done' } as const

const json = (body: unknown) => () => ({ body })

const ROWS: Readonly<Record<string, Row>> = {
  getRevocationStatus: SHARED,
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
  rollBack: { ...OPERATED, sent: json({ to: 'password' }) },
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
  getSetupLink: OPERATED,
  revokeSetupLink: OPERATED,
  listScimTokens: SHARED,
  createScimToken: { ...SHARED, sent: json({ name: 'Entra ID', expiresInDays: 365 }) },
  getScimToken: SHARED,
  revokeScimToken: SHARED,
  listApiKeys: GENERAL,
  createApiKey: {
    ...OPERATED,
    sent: ({ tenantSid }) => ({ body: { name: 'ci', tenantSid, expiresInDays: 1 } }),
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
  rotateSigningKey: GENERAL,
  deleteSigningKey: { ...GENERAL, operator: 'not_there' },
  createSignInLink: { ...GENERAL, sent: json({ name: 'olga' }) },
  listEvents: OWN_VIEW,
  getHealth: GENERAL,
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
    account: stage.accountSid,
    import: stage.importSid,
    domain: stage.domain,
    claim: stage.claimSid,
    tester: stage.testerSid,
    rollout: stage.rolloutSid,
    kid: 'none',
    alias: operationId === 'mapAlias' ? 'new@idp.example' : stage.alias,
    fingerprint: operationId === 'removeCertificate' ? stage.pinned : stage.quarantined,
  }
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!)
}

afterAll(() => db.batch([db.delete(keyPairs), db.delete(signingKeys)]))

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
        ROWS[operationId]!.ownKey === 'forbidden' ? 'operators' : 'tenants',
      ])
  })

  it.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s',
    async (_, route) => {
      const { sent, query = '', ...expected } = ROWS[route.operationId]!
      const ask = async (stage: Stage, call: Caller): Promise<string> => {
        const answer = await call(route.method, pathOn(stage, route) + query, sent?.(stage))
        return answer.status < 300 ? 'done' : answer.body.code
      }
      const cells: Record<string, string> = {}
      // A caller without a key is nobody, whatever else they have.
      const untouched = await openStage()
      for (const [name, enter] of Object.entries(STRANGERS))
        cells[name] = await ask(untouched, await enter(untouched))
      const unauthenticated = Object.keys(STRANGERS).map((name) => [name, 'unauthenticated'])
      for (const [name, enter] of Object.entries(KEY_HOLDERS)) {
        // Each finds everything as it was: what one has done is not in the way of the next.
        await db.batch([db.delete(keyPairs), db.delete(signingKeys)])
        const stage = await openStage()
        cells[name] = await ask(stage, await enter(stage))
      }
      expect(cells).toEqual({ ...expected, ...Object.fromEntries(unauthenticated) })
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
