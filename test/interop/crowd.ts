// The connections of a group of cases, one for each, and the IdP that serves them all.
import { mkdirSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { people, tenantSid, type Person } from '../../examples/demo/customer.ts'
import { importMetadata } from '../../src/connections/metadata/import-metadata.ts'
import { connections, tenants, users } from '../../src/platform/db/schema.ts'
import { createSid } from '../../src/ids.ts'
import { findFreePort } from '../e2e/harness/ports.ts'
import { nameOf, type Case } from './case.ts'
import { keyKindOf } from './combinations.ts'
import type { Ground } from './ground.ts'
import type { Idp, Provider, RunningIdp } from './idp.ts'

/** Two people who may sign in by SSO. */
const [ALICE, BOB] = people as [Person, Person]
const AUTHENTICATION = 'urn:oasis:names:tc:SAML:2.0:ac:classes:'
const REQUEST_MILLISECONDS = 20_000

export type Member = { case: Case; connectionSid: string; provider: Provider }
export type Crowd = { members: Member[]; running: RunningIdp; close(): Promise<void> }

/** Cases of one IdP with one kind of key. */
export async function gather(ground: Ground, cases: readonly Case[]): Promise<Crowd> {
  const { database, root, runFolder, closers } = ground
  const folder = `${runFolder}/${randomUUID()}`
  mkdirSync(folder)
  const members: Member[] = []
  for (const one of cases) members.push(await addMember(ground, folder, one))
  const [first] = cases
  const kind = keyKindOf(first!.setting)
  const running = await first!.idp.start({
    root,
    folder,
    port: await findFreePort(),
    key: `${runFolder}/${kind}.key`,
    certificate: `${runFolder}/${kind}.crt`,
    spCertificate: `${runFolder}/sp.crt`,
    providers: members.map(({ provider }) => provider),
    people: [ALICE, BOB],
  })
  closers.push(running.stop)
  const metadata = Buffer.from(await read(running.metadataURL), 'utf8')
  for (const { connectionSid, case: one } of members) {
    const imported = await importMetadata(database.ask(), connectionSid, metadata)
    if (!imported.ok)
      throw new Error(`${nameOf(one)}: its metadata: ${JSON.stringify(imported.error)}`)
    await database.client
      .update(connections)
      .set({
        state: 'live',
        ...(one.twist === 'demanding' && demanding(one.idp)),
        signRequests: one.twist !== 'unsigned request',
        requestBinding: one.start === 'post' ? 'HTTP-POST' : 'HTTP-Redirect',
      })
      .where(eq(connections.sid, connectionSid))
  }
  return {
    members,
    running,
    async close() {
      closers.splice(closers.indexOf(running.stop), 1)
      await running.stop()
      for (const { connectionSid } of members) await database.closeConnection(connectionSid)
    },
  }
}

/** All that a request of ours can ask for. */
const demanding = ({ authenticatedBy = 'PasswordProtectedTransport' }: Idp) => ({
  forceAuthn: true,
  nameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  requestedAuthnContext: [AUTHENTICATION + authenticatedBy],
  requireAuthnContext: true,
})

/** A draft, and what the IdP is told of it: our metadata, as the Worker gives it. */
async function addMember(ground: Ground, folder: string, one: Case): Promise<Member> {
  const { database, origin } = ground
  const connectionSid = createSid('CN')
  const now = Date.now()
  const base = `${origin}/saml/${connectionSid}`
  const tenant = { sid: tenantSid, name: 'Demo Customer', plan: 'enterprise' as const }
  await database.client.batch([
    database.client
      .insert(tenants)
      .values({ ...tenant, createdAt: now })
      .onConflictDoNothing(),
    database.client.insert(connections).values({
      sid: connectionSid,
      tenantSid,
      name: one.idp.name,
      state: 'draft',
      entityID: '',
      idpInitiated: one.twist === 'restarted' ? 'restart' : 'accept',
      allow: one.allow ? [one.allow] : [],
      createdAt: now,
      updatedAt: now,
    }),
  ])
  const path = `${folder}/${connectionSid}.xml`
  const isOther = one.twist === 'wrong audience'
  const entityID = isOther ? `https://other.example/${connectionSid}` : `${base}/metadata`
  const metadata = await read(`${base}/metadata`)
  writeFileSync(path, metadata.replace(`entityID="${base}/metadata"`, `entityID="${entityID}"`))
  const provider = {
    entityID,
    acsURL: `${base}/acs`,
    metadata: path,
    setting: one.setting,
    encryptsLast: one.twist === 'encrypted last',
  }
  return { case: one, connectionSid, provider }
}

/** Each person signs in through one connection: they move to it. */
export async function movePeople({ database }: Ground, connectionSid: string): Promise<void> {
  const now = Date.now()
  for (const { userSid, mail } of [ALICE, BOB]) {
    const user = {
      sid: userSid,
      tenantSid,
      email: mail,
      emailKey: mail,
      updatedAt: now,
      signInMethod: 'sso_enabled' as const,
      connectionSid,
    }
    await database.client
      .insert(users)
      .values({ ...user, createdAt: now })
      .onConflictDoUpdate({ target: users.sid, set: user })
  }
}

async function read(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MILLISECONDS) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.text()
}

/** By turns, so that nobody is signed in because somebody was before. */
export const personOf = (turn: number) =>
  turn % 2 === 0 ? { person: ALICE, other: BOB } : { person: BOB, other: ALICE }
