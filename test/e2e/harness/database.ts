// The database that the Worker under test uses, opened beside it: puts connections in, and reads
// what logins left behind.
import { and, eq, ne } from 'drizzle-orm'
import { openDatabase as openClient } from '../../../src/platform/db/client.ts'
import { openHistory } from '../../../src/platform/db/history.ts'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getPlatformProxy } from 'wrangler'
import { people, tenantSid, type Person } from '../../../examples/demo/customer.ts'
import { findAttempts } from '../../../src/login/history/store/attempts.ts'
import { publicNetwork } from '../../../src/platform/network/public-network.ts'
import * as schema from '../../../src/platform/db/schema.ts'
import type { OperationContext } from '../../../src/events/operation-context.ts'
import { storedCertificate } from '../../support/stored-certificate.ts'
import type { Idp } from './idp.ts'

const { certificates, connections, idpUsers, sessions, tenants, users } = schema

export type ConnectionFields = Partial<typeof connections.$inferInsert>
export type Database = Awaited<ReturnType<typeof openDatabase>>

export async function openDatabase(place: {
  root: string
  runFolder: string
  stateFolder: string
}) {
  // It would say which file it reads.
  process.env.WRANGLER_LOG = 'error'
  const proxy = await getPlatformProxy<{ DB: D1Database; HISTORY: D1Database }>({
    configPath: `${place.root}/wrangler.toml`,
    envFiles: [`${place.runFolder}/worker.env`],
    // wrangler's --persist-to puts a folder for its version of the layout in between.
    persist: { path: `${place.stateFolder}/v3` },
    remoteBindings: false,
  })
  noteRuntime(`${place.runFolder}/database`)
  const database = openClient(proxy.env.DB)
  const history = openHistory(proxy.env.HISTORY)!

  return {
    /** For what no operation makes. */
    client: database,
    history,

    /** What operations are asked with, by an operator. */
    ask: (): OperationContext => ({
      db: database,
      history,
      actor: { kind: 'operator', id: 'olga', name: 'olga', role: 'owner' },
      now: Date.now(),
      network: publicNetwork(true),
    }),

    /**
     * A connection of the demo tenant to an IdP. The tenant's people move to it: one person logs in
     * through one connection.
     */
    /** The case is over. A suspended connection takes no room of the tenant's limit. */
    async closeConnection(sid: string): Promise<void> {
      await database
        .update(connections)
        .set({ state: 'suspended', suspendedFrom: 'live' })
        .where(eq(connections.sid, sid))
    },

    async addConnection(sid: string, idp: Idp, fields: ConnectionFields): Promise<void> {
      const now = Date.now()
      const certificate = await storedCertificate(idp.certificate)
      const tenant = { sid: tenantSid, name: 'Demo Customer', plan: 'enterprise' as const }
      await database.batch([
        database
          .insert(tenants)
          .values({ ...tenant, supportContact: 'it-support@example.org', createdAt: now })
          .onConflictDoNothing(),
        database.insert(connections).values({
          sid,
          tenantSid,
          name: idp.name,
          state: 'live',
          entityID: idp.entityID,
          ssoRedirectURL: idp.ssoURL,
          ssoPostURL: idp.ssoURL,
          createdAt: now,
          updatedAt: now,
          ...fields,
        }),
        database.insert(certificates).values({
          connectionSid: sid,
          ...certificate,
          createdAt: now,
        }),
        ...people.map((person) => {
          const user = { ...toUser(person, sid), updatedAt: now }
          return database
            .insert(users)
            .values({ ...user, createdAt: now })
            .onConflictDoUpdate({ target: users.sid, set: user })
        }),
      ])
    },

    findAttempts: (connectionSid: string) =>
      findAttempts(history, connectionSid, { limit: 1000, after: null }),

    findSessions: (connectionSid: string) =>
      database.select().from(sessions).where(eq(sessions.connectionSid, connectionSid)),

    /** One row more says that the list is whole. */
    countIdpUsers: (connectionSid: string) =>
      database.$count(
        idpUsers,
        and(eq(idpUsers.connectionSid, connectionSid), ne(idpUsers.emailKey, '')),
      ),

    close: () => proxy.dispose(),
  }
}

function toUser(person: Person, connectionSid: string) {
  return {
    sid: person.userSid,
    tenantSid,
    email: person.mail,
    emailKey: person.mail,
    signInMethod: person.signInMethod,
    connectionSid: person.signInMethod === 'password' ? null : connectionSid,
    suspendedAt: null,
  }
}

/**
 * What getPlatformProxy has started does not end by itself when this process is killed: the guard
 * is told of it.
 */
function noteRuntime(folder: string): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
  const runtimes = children.filter(
    (child) => readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'workerd',
  )
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/child`, runtimes.join(' '))
}
