// Every blocker at every door that switches somebody on, or prepares it: refused with one code, and
// nothing written.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { getConnection } from '../../src/connections/operations.ts'
import { setSignInMethod } from '../../src/directory/operations.ts'
import { switchOn } from '../../src/directory/store/users.ts'
import { blockerOf, BLOCKERS, type Blocker } from '../../src/directory/switch-on.ts'
import { CATALOGUE } from '../../src/errors.ts'
import {
  accounts,
  connections,
  exceptions,
  idpUsers,
  memberships,
  users,
} from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { decideMembers, enable, mapAlias } from '../../src/rollout/operations.ts'
import { insertAlias } from '../../src/rollout/reconcile/store.ts'
import { WHOLE_LIST } from '../../src/rollout/reconcile/tables.ts'
import { nominateTesters } from '../../src/rollout/validation/tester-operations.ts'
import { insertTesters } from '../../src/rollout/validation/store/testers.ts'
import { createSid } from '../../src/ids.ts'
import { addConnection, openService } from '../scim/service.ts'
import { codeOf, good } from '../support/request.ts'
import { createWorld, db, type World } from '../support/world.ts'
import { createCustomer, type Customer } from './customer.ts'

const EMAIL = 'pat@tenant.example'

type Setting = { customer: Customer; userSid: string }

/** What makes each blocker true of a person who has a password. */
const MADE: Record<Blocker, (setting: Setting) => Promise<unknown>> = {
  alias: ({ customer: { connectionSid } }) =>
    db.insert(idpUsers).values([
      { connectionSid, emailKey: 'else@tenant.example', upload: 'one' },
      { connectionSid, emailKey: WHOLE_LIST, upload: 'one' },
    ]),
  other_tenant: async ({ userSid }) => {
    const accountSid = createSid('AC')
    const { tenantSid } = await createOther()
    await db
      .insert(accounts)
      .values({ sid: accountSid, tenantSid, name: 'Theirs', externalID: 'x', createdAt: 1 })
    await db.insert(memberships).values({ accountSid, userSid })
  },
  other_connection: async ({ customer, userSid }) =>
    db
      .update(users)
      .set({
        signInMethod: 'sso_enabled',
        connectionSid: await addConnection(customer.tenantSid),
      })
      .where(eq(users.sid, userSid)),
  suspended: ({ userSid }) =>
    db.update(users).set({ suspendedAt: 5 }).where(eq(users.sid, userSid)),
  excepted: ({ customer: { tenantSid }, userSid }) =>
    db.insert(exceptions).values({
      userSid,
      tenantSid,
      reason: 'contractor',
      expiresAt: Date.now() + 60_000,
      createdBy: 'operator olga',
      createdAt: 1,
    }),
}

/** Another tenant, whose people do not take addresses from those who are there. */
async function createOther(): Promise<Pick<World, 'tenantSid'>> {
  const kept = await db.select({ sid: users.sid, emailKey: users.emailKey }).from(users)
  const other = await createWorld()
  for (const { sid, emailKey } of kept)
    await db.update(users).set({ emailKey }).where(eq(users.sid, sid))
  return other
}

type Door = {
  /** The code, as the door says it. */
  knock: (setting: Setting) => Promise<string | null | undefined>
  /** Blockers that mean nothing here, and why. */
  cures?: Partial<Record<Blocker, string>>
}

const DOORS: Record<string, Door> = {
  'a tester of an operator': {
    knock: async ({ customer }) =>
      good(await nominateTesters(customer.ask(), customer.connectionSid, [EMAIL])).refused[0]
        ?.code ?? null,
  },
  'a tester of a link': {
    knock: async ({ customer }) =>
      good(await nominateTesters(customer.ask(linkOf(customer)), customer.connectionSid, [EMAIL]))
        .refused[0]?.code ?? null,
  },
  'a single user': {
    knock: async ({ customer, userSid }) => {
      const { connectionSid } = customer
      const method = { signInMethod: 'sso_enabled', connectionSid } as const
      return codeOf(await setSignInMethod(customer.ask(), userSid, method))[0]
    },
  },
  'an alias': {
    knock: async ({ customer, userSid }) => {
      const input = { email: 'else@tenant.example', user: userSid }
      return codeOf(await mapAlias(customer.ask(), customer.connectionSid, input))[0]
    },
    cures: { alias: 'the alias says by which address the IdP knows the person' },
  },
  'a new user of SCIM': {
    knock: async ({ customer }) => {
      const { ask } = await openService(customer.world)
      const { status, body } = await ask('POST', '/Users', {
        userName: EMAIL,
        emails: [{ value: EMAIL, type: 'work', primary: true }],
      })
      return scimCode(status, body)
    },
    cures: {
      alias: 'provisioning says that the IdP knows the person',
      suspended: 'the person is linked, and stays suspended',
      excepted: 'the person is linked, and stays on the password',
    },
  },
  'a change by SCIM': {
    knock: async ({ customer, userSid }) => {
      const { ask } = await openService(customer.world)
      const { status, body } = await ask('PATCH', `/Users/${userSid}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'name.givenName', value: 'Pam' }],
      })
      return scimCode(status, body)
    },
    cures: {
      alias: 'provisioning says that the IdP knows the person',
      excepted: 'it changes a name, and no sign-in method',
    },
  },
}

/** SCIM has no codes: the words are the catalogue's. A person out of reach is not there, or taken. */
function scimCode(status: number, { detail }: { detail?: string }): string | null {
  if (status < 300) return null
  const found = BLOCKERS.find((code) => detail?.startsWith(CATALOGUE[code].title))
  return found ?? (status === 409 ? 'taken' : 'not_there')
}

function linkOf({ tenantSid, connectionSid }: Customer) {
  const capabilities = ['configure', 'test'] as const
  return {
    kind: 'customer admin',
    id: 'ann',
    name: 'ann',
    tenantSid,
    connectionSid,
    capabilities,
  } as const
}

async function openSetting(): Promise<Setting> {
  const customer = await createCustomer({ connection: { state: 'validated' } })
  const [userSid] = await customer.addPeople([EMAIL])
  return { customer, userSid: userSid! }
}

const rowOf = async (sid: string) => (await db.select().from(users).where(eq(users.sid, sid)))[0]!
const told = async (sid: string) =>
  db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))

/** A person out of an IdP’s reach: SCIM does not say why. */
const HIDDEN: Partial<Record<string, Partial<Record<Blocker, string>>>> = {
  'a new user of SCIM': { other_connection: 'taken' },
  'a change by SCIM': { other_connection: 'not_there', suspended: 'not_there' },
}

describe.each(Object.keys(DOORS))('%s', (name) => {
  const { knock, cures = {} } = DOORS[name]!
  for (const blocker of BLOCKERS)
    it(`${cures[blocker] ? 'is open' : 'is shut'} to ${blocker}`, async () => {
      const setting = await openSetting()
      await MADE[blocker](setting)
      const before = [await rowOf(setting.userSid), await told(setting.userSid)]
      const code = await knock(setting)
      if (cures[blocker]) {
        expect(code).toBeNull()
        expect((await rowOf(setting.userSid)).suspendedAt).toBe(blocker === 'suspended' ? 5 : null)
        return
      }
      expect(code).toBe(HIDDEN[name]?.[blocker] ?? blocker)
      expect([await rowOf(setting.userSid), await told(setting.userSid)]).toEqual(before)
    })

  it('is open to a person without one', async () => {
    expect(await knock(await openSetting())).toBeNull()
  })
})

describe('a rollout', () => {
  it.each(BLOCKERS)('does not include, and skips, a person with %s', async (blocker) => {
    const { customer, userSid } = await openSetting()
    const sid = await customer.select({ users: [userSid] })
    const version = await customer.reviewed(sid)
    await MADE[blocker]({ customer, userSid })
    await customer.finish(() => enable(customer.ask(), sid, { version }))
    const row = await customer.memberOf(sid, userSid, version)
    expect(row).toMatchObject({ included: false, enabledAt: null, skipped: blocker })
    const including = { included: true, reason: null }
    const decided = good(
      await decideMembers(customer.ask(), sid, version, { users: [userSid] }, including),
    )
    expect(decided).toMatchObject({ decided: 0, refused: [{ userSid }] })
    expect(blockerOf(decided.refused[0]!.findings)).toBe(blocker)
    expect((await rowOf(userSid)).connectionSid).not.toBe(customer.connectionSid)
  })
})

describe('the statements that write', () => {
  it.each(BLOCKERS)('repeat %s, in case it comes after the check', async (blocker) => {
    const setting = await openSetting()
    const { customer, userSid } = setting
    const { connectionSid, tenantSid } = customer
    const connection = good(await getConnection(customer.ask(), connectionSid))
    const user = await rowOf(userSid)
    await MADE[blocker](setting)
    expect(await insertTesters(customer.ask(), connection, [user])).toBe(false)
    expect(await switchOn(customer.ask(), user, connectionSid)).toBe(false)
    const alias = { emailKey: 'else@tenant.example', userSid }
    const mapped = await insertAlias(customer.ask(), { sid: connectionSid, tenantSid }, alias)
    expect(mapped).toBe(blocker === 'alias' ? 'mapped' : 'taken')
  })
})

describe('a single user', () => {
  const method = ({ connectionSid }: Customer) =>
    ({ signInMethod: 'sso_enabled', connectionSid }) as const

  it('user_enforced: does not get the password back beside SSO', async () => {
    const { customer, userSid } = await openSetting()
    const { connectionSid } = customer
    await db
      .update(users)
      .set({ signInMethod: 'sso_enforced', connectionSid })
      .where(eq(users.sid, userSid))
    const refused = await setSignInMethod(customer.ask(), userSid, method(customer))
    expect(codeOf(refused)).toEqual(['user_enforced'])
    expect((await rowOf(userSid)).signInMethod).toBe('sso_enforced')
    good(await setSignInMethod(customer.ask(), userSid, { signInMethod: 'password' }))
    good(await setSignInMethod(customer.ask(), userSid, method(customer)))
    expect((await rowOf(userSid)).signInMethod).toBe('sso_enabled')
  })

  it.each([
    ['connection_not_ready', 'draft'],
    ['connection_suspended', 'suspended'],
  ] as const)('%s: not through a connection that nobody can use', async (code, state) => {
    const { customer, userSid } = await openSetting()
    await db.update(connections).set({ state }).where(eq(connections.sid, customer.connectionSid))
    const refused = await setSignInMethod(customer.ask(), userSid, method(customer))
    expect(codeOf(refused)).toEqual([code])
    expect((await rowOf(userSid)).signInMethod).toBe('password')
  })
})
