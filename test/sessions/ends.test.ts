// What ends sessions besides a suspension of the user or tenant: what the connection says. Triggers
// of the database do it, so that no way to an event can forget it.
import { and, eq, isNull } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createSid } from '../../src/ids.ts'
import type { ConnectionFields } from '../../src/connections/field.ts'
import {
  changeState,
  editConnection,
  getConnection,
  type Edit,
} from '../../src/connections/operations.ts'
import { editTenant, setSignInMethod } from '../../src/directory/operations.ts'
import {
  appSessions,
  connections,
  loginCodes,
  logoutDeliveries,
  sessions,
  tenants,
  users,
} from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import type { AfterResponse } from '../../src/platform/http/after-response.ts'
import type { Session } from '../../src/sessions/operations.ts'
import { hidden, openOperator } from '../console/operator/admins.ts'
import { good, request } from '../support/request.ts'
import { openBrowser } from '../support/browser.ts'
import type { KeyName } from '../support/keys.ts'
import { as, createWorld, db, fingerprintOf, type World } from '../support/world.ts'
import { addClient, addGrant, deliveriesOf, grantRow, sessionRow, signIn } from './stage.ts'

type Cause = ConnectionFields['endSessionsOn'][number]
type Stage = { world: World; userSid: string }

const CAUSES: Record<
  Cause,
  {
    isDefault: boolean
    because: NonNullable<Session['endedBecause']>
    ways: Record<string, (stage: Stage) => Promise<unknown>>
  }
> = {
  suspension: {
    isDefault: true,
    because: 'connection_suspended',
    ways: {
      'by an operator': async ({ world }) =>
        good(await changeState(request(), world.connectionSid, 'suspend')),
      'by whatever writes the row': ({ world }) => setState(world, 'suspended'),
    },
  },
  draft: {
    isDefault: true,
    because: 'connection_withdrawn',
    ways: {
      'by an operator': async ({ world }) => {
        await setState(world, 'validated')
        good(await changeState(request(), world.connectionSid, 'withdraw'))
      },
      'by whatever writes the row': ({ world }) => setState(world, 'draft'),
    },
  },
  certificate: {
    isDefault: true,
    because: 'certificate_removed',
    ways: {
      'by an edit': async ({ world }) => {
        const removeCertificates = [await fingerprintOf('idp')]
        good(await editConnection(request(), world.connectionSid, { removeCertificates }))
      },
    },
  },
  password: {
    isDefault: false,
    because: 'sso_turned_off',
    ways: {
      'by an operator': async ({ userSid }) =>
        good(await setSignInMethod(request(), userSid, { signInMethod: 'password' })),
      'by whatever writes the row': ({ userSid }) =>
        db
          .update(users)
          .set({ signInMethod: 'password', connectionSid: null, updatedAt: Date.now() })
          .where(eq(users.sid, userSid)),
    },
  },
  move: {
    isDefault: false,
    because: 'moved',
    ways: {
      // Moves and their way back are such writes: test/rollout/moves.
      'by whatever writes the row': async ({ world, userSid }) => {
        const connectionSid = createSid('CN')
        const [like] = await db
          .select()
          .from(connections)
          .where(eq(connections.sid, world.connectionSid))
        await db.insert(connections).values({ ...like!, sid: connectionSid })
        await db
          .update(users)
          .set({ connectionSid, updatedAt: Date.now() })
          .where(eq(users.sid, userSid))
      },
    },
  },
  plan: {
    isDefault: false,
    because: 'plan_lost',
    ways: {
      'by an operator': async ({ world }) =>
        good(await editTenant(request(), world.tenantSid, { plan: 'standard' })),
      'by whatever writes the row': ({ world }) =>
        db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, world.tenantSid)),
    },
  },
}

const ALL = Object.keys(CAUSES) as Cause[]
const WAYS = ALL.flatMap((cause) =>
  Object.entries(CAUSES[cause].ways).map(([name, happen]) => ({ cause, name, happen })),
)

function setState({ connectionSid }: World, state: 'draft' | 'validated' | 'suspended') {
  return db
    .update(connections)
    .set({ state, updatedAt: Date.now() })
    .where(eq(connections.sid, connectionSid))
}

async function openStage(endSessionsOn?: Cause[]) {
  const world = await createWorld({
    connection: { state: 'live', ...(endSessionsOn && { endSessionsOn }) },
    // Without the second one, the connection has no certificate left and becomes a draft.
    pinned: ['idp', 'idpNext'],
  })
  const { browser, session } = await signIn(world, 'ann@tenant.example')
  const grantSid = await addGrant(session, await addClient())
  const isIn = async () => (await (await browser.get('/')).text()).includes('Signed in as')
  return { world, userSid: session.userSid, session, grantSid, isIn }
}

describe.each(WAYS)('$cause, $name', ({ cause, happen }) => {
  it('ends sessions where the connection says so, and tells apps', async () => {
    const stage = await openStage([cause])
    expect(await stage.isIn()).toBe(true)
    await happen(stage)
    const { endedAt, endedBecause } = await sessionRow(stage.session.sid)
    expect([endedAt !== null, endedBecause]).toEqual([true, CAUSES[cause].because])
    expect((await grantRow(stage.grantSid)).endedAt).toBe(endedAt)
    expect(await deliveriesOf(stage.session.sid)).toHaveLength(1)
    expect(await stage.isIn()).toBe(false)
  })

  it('ends none where it does not', async () => {
    const stage = await openStage(ALL.filter((one) => one !== cause))
    await happen(stage)
    expect(await sessionRow(stage.session.sid)).toMatchObject({ endedAt: null, endedBecause: null })
    expect(await stage.isIn()).toBe(true)
  })
})

describe.each(ALL.filter((cause) => cause !== 'certificate'))('%s', (cause) => {
  it.each([true, false])(
    'ends apps’ own sessions that outlived ours where set: %s',
    async (isSet) => {
      const stage = await openStage(isSet ? [cause] : [])
      const { connectionSid } = stage.world
      const clientSid = await addClient({ sessionDays: 30 })
      const row = { connectionSid, userSid: stage.userSid, clientSid, expiresAt: Date.now() + 1e9 }
      await db.insert(appSessions).values(row)
      for (const happen of Object.values(CAUSES[cause].ways).slice(0, 1)) await happen(stage)
      const told = await db
        .select()
        .from(logoutDeliveries)
        .where(and(eq(logoutDeliveries.clientSid, clientSid), isNull(logoutDeliveries.sessionSid)))
      expect(told).toHaveLength(isSet ? 1 : 0)
    },
  )
})

describe('a connection', () => {
  it('begins with safe settings', async () => {
    const { world } = await openStage()
    const { endSessionsOn } = good(await getConnection(request(), world.connectionSid))
    expect(endSessionsOn.toSorted()).toEqual(ALL.filter((one) => CAUSES[one].isDefault).toSorted())
  })

  it('ends what its suspension had left, once it is set so', async () => {
    const { world, session, isIn } = await openStage([])
    good(await changeState(request(), world.connectionSid, 'suspend'))
    expect(await isIn()).toBe(true)
    const fields: Partial<ConnectionFields> = { endSessionsOn: ['suspension'] }
    good(await editConnection(request(), world.connectionSid, { fields }))
    expect((await sessionRow(session.sid)).endedBecause).toBe('connection_suspended')
    expect(await isIn()).toBe(false)
  })

  it('leaves the sessions of another one of the same tenant', async () => {
    const first = await openStage(ALL)
    const second = await openStage(ALL)
    await CAUSES.suspension.ways['by an operator']!(first)
    expect((await sessionRow(second.session.sid)).endedAt).toBeNull()
  })

  it('leaves, in a move, the person’s sessions of every connection but the one before', async () => {
    const stage = await openStage(ALL)
    const elsewhere = await openStage(ALL)
    const { userSid } = stage
    const ofOther = eq(sessions.sid, elsewhere.session.sid)
    await db.update(sessions).set({ userSid }).where(ofOther)
    await CAUSES.move.ways['by whatever writes the row']!(stage)
    expect((await sessionRow(stage.session.sid)).endedBecause).toBe('moved')
    expect((await sessionRow(elsewhere.session.sid)).endedAt).toBeNull()
  })
})

describe('a removed certificate', () => {
  const remove = async ({ connectionSid }: World, key: KeyName) => {
    const removeCertificates = [await fingerprintOf(key)]
    good(await editConnection(request(), connectionSid, { removeCertificates }))
  }

  it('ends only the sessions that its key has opened', async () => {
    const world = await createWorld({ pinned: ['idp', 'idpNext', 'p256'] })
    const { session } = await signIn(world, 'ann@tenant.example')
    await remove(world, 'idpNext')
    expect((await sessionRow(session.sid)).endedAt).toBeNull()
    await remove(world, 'idp')
    expect((await sessionRow(session.sid)).endedBecause).toBe('certificate_removed')
  })

  it.each([
    { endSessionsOn: ['certificate'], left: 0, opened: 0 },
    { endSessionsOn: [], left: 1, opened: 1 },
  ] as const)('ends logins on their way: $left left of $endSessionsOn', async (expected) => {
    const connection = { endSessionsOn: [...expected.endSessionsOn] }
    const world = await createWorld({ connection, pinned: ['idp', 'idpNext'] })
    await world.addUser('ann@tenant.example')
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world.idp(requestID).respond(as('ann@tenant.example'))
    const arrived = await world.deliver(browser, message, relayState)
    expect(arrived.status).toBe(303)
    await remove(world, 'idp')
    expect((await world.rows()).loginCodes).toHaveLength(expected.left)
    await browser.get(arrived.headers.get('location')!)
    expect((await world.rows()).sessions).toHaveLength(expected.opened)
  })

  it('as compromised ends its sessions whatever the connection says, and says how many', async () => {
    const connection = { endSessionsOn: [] }
    const world = await createWorld({ connection, pinned: ['idp', 'idpNext'] })
    const ann = (await signIn(world, 'ann@tenant.example')).session
    const ben = (await signIn(world, 'ben@tenant.example')).session
    const gone = (await signIn(world, 'cyn@tenant.example')).session
    await db.update(sessions).set({ expiresAt: 1 }).where(eq(sessions.sid, gone.sid))
    const { connectionSid } = world
    const removeCertificates = [await fingerprintOf('idp')]
    const preview = async (edit: Edit) =>
      good(await editConnection(request(), connectionSid, edit, { preview: true }))
    expect(await preview({ removeCertificates })).toMatchObject({
      openSessions: 2,
      endsSessions: false,
    })
    expect(await preview({ removeCertificates: [await fingerprintOf('idpNext')] })).toMatchObject({
      openSessions: 0,
    })
    const edit = { removeCertificates, compromised: true }
    expect(await preview(edit)).toMatchObject({ openSessions: 2, endsSessions: true })
    const afterResponse: AfterResponse = new Set()
    good(await editConnection({ ...request(), afterResponse }, connectionSid, edit))
    for (const { sid } of [ann, ben])
      expect((await sessionRow(sid)).endedBecause).toBe('certificate_removed')
    expect([...afterResponse]).toEqual(['send_logout_tokens'])
    const told = await db
      .select()
      .from(recordedEvents)
      .where(eq(recordedEvents.subjectSid, connectionSid))
    expect(told.at(-1)!.after).toMatchObject({ compromised: true })
  })

  it('as compromised ends logins on their way, and sessions of no other key', async () => {
    const connection = { endSessionsOn: [] }
    const world = await createWorld({ connection, pinned: ['idp', 'idpNext'] })
    const { session } = await signIn(world, 'ann@tenant.example')
    await db.update(sessions).set({ certificate: '0123456789abcdef' })
    await world.addUser('ben@tenant.example')
    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const message = await world.idp(requestID).respond(as('ben@tenant.example'))
    await world.deliver(browser, message, relayState)
    const isUnspent = and(
      isNull(loginCodes.spentBy),
      eq(loginCodes.connectionSid, world.connectionSid),
    )
    expect(await db.select().from(loginCodes).where(isUnspent)).toHaveLength(1)
    const removeCertificates = [await fingerprintOf('idp')]
    const edit = { removeCertificates, compromised: true }
    good(await editConnection(request(), world.connectionSid, edit))
    expect(await db.select().from(loginCodes).where(isUnspent)).toHaveLength(0)
    expect((await sessionRow(session.sid)).endedAt).toBeNull()
  })

  it('says on the page how many sessions end, or asks', async () => {
    for (const { endSessionsOn, words, isAsked } of [
      { endSessionsOn: ['certificate' as const], words: 'Ends 1 open session', isAsked: false },
      { endSessionsOn: [], words: 'end 1 open session', isAsked: true },
    ]) {
      const world = await createWorld({ connection: { endSessionsOn }, pinned: ['idp', 'idpNext'] })
      const { session } = await signIn(world, 'ann@tenant.example')
      const operator = await openOperator()
      const path = `/console/connections/${world.connectionSid}/certificates/${await fingerprintOf('idp')}`
      const page = await (await operator.get(path)).text()
      expect(page).toContain(words)
      expect(page.includes('name="compromised"')).toBe(isAsked)
      const form = { version: hidden(page, 'version'), compromised: 'true' }
      expect((await operator.post(`${path}/remove`, form)).status).toBe(303)
      expect((await sessionRow(session.sid)).endedBecause).toBe('certificate_removed')
    }
  })
})
