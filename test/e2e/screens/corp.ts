// A customer whose people are rolled out: forty people in three accounts, two whom the IdP knows by
// another address, one who is also another customer's, and an owner who keeps a password. Made as
// rows where the operations would take long.
import { and, eq, inArray } from 'drizzle-orm'
import {
  accounts,
  signOffs,
  connections,
  memberships,
  proofs,
  users,
} from '../../../src/platform/db/schema.ts'
import { dailyLogins } from '../../../src/platform/db/history-schema.ts'
import { createTenant } from '../../../src/directory/operations.ts'
import { createSid } from '../../../src/ids.ts'
import type { Database } from '../harness/database.ts'

const DAY = 24 * 3600 * 1000

const FIRST_NAMES = 'Ada Ben Cleo Dan Eva Finn Gia Hugo Ida Jan Kim Leo Mia Ned Ola Pia Quinn Ray'
const LAST_NAMES = 'Arden Berg Costa Dietz Ekman Frost Grau Holm Iverson Jung Klein Lund'

/** `domain` tells several such customers apart: login e-mails are unique. */
export async function createCorp(
  { client, history, ask }: Database,
  place: { tenantSid: string; connectionSid: string; domain: string; others?: string[] },
) {
  const { tenantSid, connectionSid, domain, others = [] } = place
  const now = Date.now()
  const agency = await createTenant(ask(), { name: `Agency of ${domain}` })
  if (!agency.ok) throw new Error(agency.error.code)
  const account = (name: string, of: string) => ({
    sid: createSid('AC'),
    tenantSid: of,
    externalID: `${name.toLowerCase()}.${domain}`,
    name,
    createdAt: now - 90 * DAY,
  })
  const own = ['Sales', 'Engineering', 'Support'].map((name) => account(name, tenantSid))
  const foreign = account('Agency', agency.value.sid)
  const person = (email: string, firstName: string, lastName: string) => ({
    sid: createSid('US'),
    tenantSid,
    email,
    emailKey: email,
    firstName,
    lastName,
    signInMethod: 'password' as const,
    createdAt: now - 60 * DAY,
    updatedAt: now - 60 * DAY,
  })
  const firsts = FIRST_NAMES.split(' ')
  const lasts = LAST_NAMES.split(' ')
  const plain = Array.from({ length: 36 - others.length }, (_, index) => {
    const [first, last] = [firsts[index % firsts.length]!, lasts[(index * 5 + 2) % lasts.length]!]
    return person(`${first}.${last}@${domain}`.toLowerCase(), first, last)
  })
  const aliases = [
    person(`anna.bell@${domain}`, 'Anna', 'Bell'),
    person(`bo+billing@${domain}`, 'Bo', 'Nilsson'),
  ]
  const contractor = person(`con.tractor@${domain}`, 'Con', 'Tractor')
  const owner = person(`olive.owner@${domain}`, 'Olive', 'Owner')
  const everybody = [...plain, ...aliases, contractor, owner]
  await client.insert(accounts).values([...own, foreign])
  for (let at = 0; at < everybody.length; at += 8)
    await client.insert(users).values(everybody.slice(at, at + 8))
  const members = [...everybody.map(({ sid }) => sid), ...others]
  await client
    .insert(memberships)
    .values([
      ...members.map((userSid, index) => ({ accountSid: own[index % own.length]!.sid, userSid })),
      { accountSid: foreign.sid, userSid: contractor.sid },
    ])

  return {
    accounts: own,
    people: plain,
    aliases,
    contractor,
    owner,
    /** The IdP's own list, as an export. */
    idpList: [
      'Given name,E-mail',
      ...plain.map(({ firstName, email }) => `${firstName},${email}`),
      `Con,${contractor.email}`,
      `Olive,${owner.email}`,
      `Anna,anna.bell@hq.${domain}`,
      `Bo,bo@${domain}`,
    ].join('\r\n'),

    /** They have logged in through the connection. */
    async prove(sids: readonly string[]): Promise<void> {
      const [connection] = await client
        .select()
        .from(connections)
        .where(eq(connections.sid, connectionSid))
      const { entityID } = connection!
      for (let at = 0; at < sids.length; at += 10)
        await client
          .insert(proofs)
          .values(
            sids
              .slice(at, at + 10)
              .map((userSid) => ({ connectionSid, userSid, entityID, createdAt: now })),
          )
          .onConflictDoNothing()
    },

    /** Both sides have said pass. */
    async signOff(): Promise<void> {
      const [{ revision } = { revision: 1 }] = await client
        .select({ revision: connections.revision })
        .from(connections)
        .where(eq(connections.sid, connectionSid))
      for (const [side, name] of [
        ['vendor', 'Olga'],
        ['customer', 'Ann Admin'],
      ] as const)
        await client.insert(signOffs).values({
          connectionSid,
          revision,
          side,
          verdict: 'pass',
          name,
          createdAt: now - DAY,
        })
    },

    /** Four weeks of logins, more each week, with what goes wrong in a beginning. */
    async live(): Promise<void> {
      const today = Math.floor(now / DAY) * DAY
      const rows = Array.from({ length: 28 }, (_, day) => {
        const isWeekend = new Date(now - day * DAY).getUTCDay() % 6 === 0
        const counts = {
          '': isWeekend ? 2 : 30 - day + ((day * 7) % 5),
          user_not_enabled: day > 20 ? 5 : day % 4 === 0 ? 2 : 0,
          audience: day > 23 ? 4 : 0,
          not_on_or_after: day % 5 === 0 ? 2 : 0,
          user_unknown: day % 9 === 2 ? 1 : 0,
          signature_invalid: day % 11 === 3 ? 1 : 0,
        }
        return Object.entries(counts)
          .filter(([, logins]) => logins > 0)
          .map(([code, logins]) => ({ connectionSid, day: today - day * DAY, code, logins }))
      }).flat()
      for (let at = 0; at < rows.length; at += 20)
        await history
          .insert(dailyLogins)
          .values(rows.slice(at, at + 20))
          .onConflictDoNothing()
    },

    async methods() {
      const found = await client
        .select({ email: users.email, method: users.signInMethod })
        .from(users)
        .where(and(eq(users.tenantSid, tenantSid), inArray(users.sid, members)))
      return new Map(found.map(({ email, method }) => [email, method]))
    },
  }
}
