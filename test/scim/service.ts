// An IdP at the SCIM service of a world's connection, with requests as Entra ID and Okta document
// them.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { createApp } from '../../src/app.ts'
import { connections, domains, scimUsers, users } from '../../src/platform/db/schema.ts'
import type { Env } from '../../src/env.ts'
import { createScimToken } from '../../src/scim/token-operations.ts'
import { createSid } from '../../src/ids.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { askApp } from '../support/ask-app.ts'

const app = createApp()

export type Answer = {
  status: number
  headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

export type Service = Awaited<ReturnType<typeof openService>>

/** A connection whose tenant has verified `tenant.example`, and a token of it. */
export async function openService(from?: World) {
  const world = from ?? (await createWorld())
  const { tenantSid, connectionSid } = world
  await verifyDomain(tenantSid, 'tenant.example')
  const made = good(
    await createScimToken(request(), connectionSid, { name: 'Entra ID', expiresInDays: 1 }),
  )
  const base = `${ORIGIN}/scim/v2/${connectionSid}`

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    environment: Env = env,
    onAnswer?: () => void,
  ): Promise<Answer> {
    const response = await askApp(
      app,
      base + path,
      {
        method,
        headers: {
          authorization: `Bearer ${made.secret}`,
          ...(body !== undefined && { 'content-type': 'application/scim+json; charset=utf-8' }),
          ...headers,
        },
        ...(body !== undefined && {
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      },
      environment,
      onAnswer,
    )
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }

  return { world, tenantSid, connectionSid, base, ask, ...made }
}

/** A second connection of a tenant. */
export async function addConnection(tenantSid: string): Promise<string> {
  const sid = createSid('CN')
  await db.insert(connections).values({
    sid,
    tenantSid,
    name: 'Second IdP',
    state: 'live',
    entityID: 'urn:second',
    createdAt: Date.now(),
    updatedAt: Date.now(),
  })
  return sid
}

/** A domain has one owner: the previous one gives it up. */
export async function verifyDomain(tenantSid: string, domain: string): Promise<void> {
  const now = Date.now()
  await db.batch([
    db.delete(domains).where(eq(domains.domain, domain)),
    db.insert(domains).values({
      tenantSid,
      domain,
      token: 'token',
      createdBy: 'operator olga',
      createdAt: now,
      verifiedAt: now,
      verifiedBy: 'dns',
    }),
  ])
}

export function filtered(filter: string): string {
  return `/Users?filter=${encodeURIComponent(filter)}`
}

export async function userRow(sid: string) {
  const [row] = await db.select().from(users).where(eq(users.sid, sid))
  return row!
}

export async function linkRow(userSid: string) {
  const [row] = await db.select().from(scimUsers).where(eq(scimUsers.userSid, userSid))
  return row
}

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export function patch(...Operations: unknown[]) {
  return { schemas: [PATCH_SCHEMA], Operations }
}

/** Entra ID, "Create User" (Develop a SCIM endpoint for user provisioning), with our domain. */
export const ENTRA_USER = {
  schemas: [
    'urn:ietf:params:scim:schemas:core:2.0:User',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  ],
  externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
  userName: 'Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1',
  active: true,
  emails: [{ primary: true, type: 'work', value: 'Test_User_fd0ea19b@tenant.example' }],
  meta: { resourceType: 'User' },
  name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
  roles: [],
}

/** Okta, "Create the User" (Okta and SCIM Version 2.0), with our domain. */
export const OKTA_USER = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'test.user@tenant.example',
  name: { givenName: 'Test', familyName: 'User' },
  emails: [{ primary: true, value: 'test.user@tenant.example', type: 'work' }],
  displayName: 'Test User',
  locale: 'en-US',
  externalId: '00ujl29u0le5T6Aj10h7',
  groups: [],
  password: '1mz050nq',
  active: true,
}
