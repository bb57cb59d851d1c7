// Puts the demo customer into the local database: `node examples/demo/seed.ts CONFIG.json` (the
// demo IdP's configuration), and the example apps if APP_ORIGIN, CLIENT_SECRET and EDGE_ORIGIN are
// set. A second run restores the demo customer and leaves everything else alone. Cannot reach a
// deployment: see openLocally.
import { and, eq, ne } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { getPlatformProxy, unstable_readConfig } from 'wrangler'
import * as schema from '../../src/platform/db/schema.ts'
import { parseCertificate, storeKey } from '../../src/saml/signature/certificate.ts'
import {
  accountSid,
  connectionSid,
  edgeWorkerSid,
  nodeAppSid,
  people,
  tenantSid,
} from './customer.ts'
import { idpURL, readIdpConfig, type IdpConfig } from './idp/config.ts'

const { accounts, certificates, clientOrigins, clients, connections, memberships, tenants, users } =
  schema
const configPath = fileURLToPath(new URL('../../wrangler.toml', import.meta.url))

/**
 * The database that `wrangler dev` uses on this machine. `remoteBindings: false` makes wrangler
 * emulate every binding in .wrangler/state and open no session to an account; a configuration that
 * asks for a remote binding is refused all the same, because with it `wrangler dev` would serve
 * from another database than the one filled here.
 */
async function openLocally() {
  if (namesRemoteBinding(unstable_readConfig({ config: configPath }))) {
    throw new Error(
      'wrangler.toml names a remote binding: the demo customer goes into a local database only',
    )
  }
  return getPlatformProxy<{ DB: D1Database }>({
    configPath,
    persist: true,
    remoteBindings: false,
  })
}

function namesRemoteBinding(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([name, inner]) =>
      (/^(experimental_)?remote$/.test(name) && inner === true) || namesRemoteBinding(inner),
  )
}

async function seed(binding: D1Database, idp: IdpConfig) {
  const database = drizzle(binding, { casing: 'snake_case' })
  const now = Date.now()

  const tenant = {
    name: 'Demo Customer',
    plan: 'enterprise' as const,
    supportContact: 'it-support@example.org',
    suspendedAt: null,
  }
  const account = { tenantSid, name: 'Demo Account', externalID: 'demo-1' }
  const trust = {
    entityID: idp.entityID,
    ssoRedirectURL: idpURL(idp, '/sso'),
    ssoPostURL: idpURL(idp, '/sso'),
    logoutRedirectURL: idpURL(idp, '/signed-out'),
  }
  const certificate = await parseCertificate(idp.certificate)
  if (!certificate.ok) throw new Error('the certificate of the demo IdP cannot be read')
  const { fingerprint, notAfter } = certificate.value

  const [before] = await database
    .select()
    .from(connections)
    .where(eq(connections.sid, connectionSid))
  const pinned = await database
    .select()
    .from(certificates)
    .where(eq(certificates.connectionSid, connectionSid))
  const isUnchanged =
    before?.entityID === trust.entityID &&
    before.ssoRedirectURL === trust.ssoRedirectURL &&
    before.ssoPostURL === trust.ssoPostURL &&
    pinned.length === 1 &&
    pinned[0]?.fingerprint === fingerprint
  // Another port or another key is a change of trust: logins begun under the one before must not
  // end under this one.
  const revision = before ? before.revision + (isUnchanged ? 0 : 1) : 1
  const connection = {
    tenantSid,
    name: 'Demo identity provider',
    state: 'live' as const,
    ...trust,
    revision,
    updatedAt: now,
  }

  await database.batch([
    database
      .insert(tenants)
      .values({ sid: tenantSid, ...tenant, createdAt: now })
      .onConflictDoUpdate({ target: tenants.sid, set: tenant }),
    database
      .insert(accounts)
      .values({ sid: accountSid, ...account, createdAt: now })
      .onConflictDoUpdate({ target: accounts.sid, set: account }),
    database
      .insert(connections)
      .values({ sid: connectionSid, ...connection, createdAt: now })
      .onConflictDoUpdate({ target: connections.sid, set: connection }),
    database
      .delete(certificates)
      .where(
        and(
          eq(certificates.connectionSid, connectionSid),
          ne(certificates.fingerprint, fingerprint),
        ),
      ),
    database
      .insert(certificates)
      .values({
        connectionSid,
        certificate: idp.certificate,
        ...storeKey(certificate.value),
        notAfter,
        createdAt: now,
      })
      .onConflictDoNothing(),
    ...people.flatMap((person) => {
      const user = {
        tenantSid,
        email: person.mail,
        emailKey: person.mail,
        firstName: person.givenName,
        lastName: person.sn,
        signInMethod: person.signInMethod,
        connectionSid: person.signInMethod === 'password' ? null : connectionSid,
        suspendedAt: null,
        updatedAt: now,
      }
      return [
        database
          .insert(users)
          .values({ sid: person.userSid, ...user, createdAt: now })
          .onConflictDoUpdate({ target: users.sid, set: user }),
        database
          .insert(memberships)
          .values({ accountSid, userSid: person.userSid })
          .onConflictDoNothing(),
      ]
    }),
  ])
}

/** One that its developer registers by `gatepost client create` gets the same. */
async function seedApps(binding: D1Database, { APP_ORIGIN, CLIENT_SECRET, EDGE_ORIGIN }: Apps) {
  const database = drizzle(binding, { casing: 'snake_case' })
  const now = Date.now()
  const apps = [
    {
      sid: nodeAppSid,
      name: 'Example app',
      clientType: 'confidential' as const,
      secretHash: createHash('sha256').update(CLIENT_SECRET).digest('base64url'),
      redirectURIs: [`${APP_ORIGIN}/callback`],
      postLogoutRedirectURIs: [`${APP_ORIGIN}/`],
      passwordLoginURL: `${APP_ORIGIN}/password`,
      initiateLoginURI: `${APP_ORIGIN}/login`,
      backchannelLogoutURI: `${APP_ORIGIN}/backchannel-logout`,
      origin: APP_ORIGIN,
    },
    {
      sid: edgeWorkerSid,
      name: 'Example at the edge',
      clientType: 'public' as const,
      redirectURIs: [`${EDGE_ORIGIN}/signed-in`],
      // Any page of it: who is not signed in is sent to sign in.
      initiateLoginURI: `${EDGE_ORIGIN}/`,
      origin: EDGE_ORIGIN,
    },
  ].map(({ sid, origin, ...fields }) => {
    const client = { ...fields, disabledAt: null, updatedAt: now }
    return database.batch([
      database
        .insert(clients)
        .values({ sid, ...client, createdAt: now })
        .onConflictDoUpdate({ target: clients.sid, set: client }),
      database.delete(clientOrigins).where(eq(clientOrigins.clientSid, sid)),
      database.insert(clientOrigins).values({ clientSid: sid, origin }),
    ])
  })
  await Promise.all(apps)
}

type Apps = { APP_ORIGIN: string; CLIENT_SECRET: string; EDGE_ORIGIN: string }

const idp = readIdpConfig(process.argv[2] ?? '')
const local = await openLocally()
try {
  await seed(local.env.DB, idp)
  if (process.env.APP_ORIGIN) await seedApps(local.env.DB, process.env as Apps)
} finally {
  await local.dispose()
}
