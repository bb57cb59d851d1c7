// A suspension ends sessions at once, however it happens: triggers of the database do it.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { changeState } from '../../src/connections/operations.ts'
import { users } from '../../src/platform/db/schema.ts'
import { createImport, takeRows } from '../../src/directory/import/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { editUser, putUser } from '../../src/directory/user-operations.ts'
import { endSession } from '../../src/sessions/store/session.ts'
import { revokeSessions } from '../../src/sessions/operations.ts'
import { readLocatedSecret } from '../../src/platform/located-secret.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'
import { addClient, addGrant, deliveriesOf, grantRow, openPeople, sessionRow } from './stage.ts'

type Stage = Awaited<ReturnType<typeof openStage>>

async function openStage() {
  const { world, people } = await openPeople('ann@tenant.example', 'bob@tenant.example')
  const clientSid = await addClient()
  const [ann, bob] = people
  return {
    world,
    ann: { ...ann!, grantSid: await addGrant(ann!.session, clientSid) },
    bob: { ...bob!, grantSid: await addGrant(bob!.session, clientSid) },
    clientSid,
  }
}

const WAYS: Record<
  string,
  {
    suspend: (stage: Stage) => Promise<unknown>
    resume: (stage: Stage) => Promise<unknown>
    because: string
    /** Who is out besides Ann. */
    everybody: boolean
  }
> = {
  'a user, by API': {
    suspend: async ({ ann }) =>
      good(await editUser(request(), ann.session.userSid, { suspended: true })),
    resume: async ({ ann }) =>
      good(await editUser(request(), ann.session.userSid, { suspended: false })),
    because: 'user_suspended',
    everybody: false,
  },
  'a user, by a record of the vendor’s': {
    suspend: async ({ world }) =>
      good(
        await putUser(request(), world.tenantSid, { email: 'ann@tenant.example', suspended: true }),
      ),
    resume: async ({ world }) =>
      good(
        await putUser(request(), world.tenantSid, {
          email: 'ann@tenant.example',
          suspended: false,
        }),
      ),
    because: 'user_suspended',
    everybody: false,
  },
  'a user, by import': {
    suspend: ({ world }) =>
      importRow(world.tenantSid, { email: 'ann@tenant.example', suspended: true }),
    resume: ({ world }) =>
      importRow(world.tenantSid, { email: 'ann@tenant.example', suspended: false }),
    because: 'user_suspended',
    everybody: false,
  },
  'a user, by whatever writes the row': {
    suspend: ({ ann }) => setSuspended(ann.session.userSid, Date.now()),
    resume: ({ ann }) => setSuspended(ann.session.userSid, null),
    because: 'user_suspended',
    everybody: false,
  },
  'a connection': {
    suspend: async ({ world }) =>
      good(await changeState(request(), world.connectionSid, 'suspend')),
    resume: async ({ world }) => good(await changeState(request(), world.connectionSid, 'resume')),
    because: 'connection_suspended',
    everybody: true,
  },
  'a tenant': {
    suspend: async ({ world }) =>
      good(await editTenant(request(), world.tenantSid, { suspended: true })),
    resume: async ({ world }) =>
      good(await editTenant(request(), world.tenantSid, { suspended: false })),
    because: 'tenant_suspended',
    everybody: true,
  },
}

async function importRow(tenantSid: string, row: Record<string, unknown>) {
  const { sid } = good(await createImport(request(), tenantSid, { name: 'people.csv' }))
  const taken = good(await takeRows(request(), sid, 0, [row], { createAccounts: false }))
  expect(taken.verdicts).toMatchObject([{ result: 'updated' }])
}

function setSuspended(sid: string, suspendedAt: number | null) {
  return db.update(users).set({ suspendedAt }).where(eq(users.sid, sid))
}

const isIn = async ({ browser }: Pick<Stage['ann'], 'browser'>) =>
  (await (await browser.get('/')).text()).includes('Signed in as')

describe.each(Object.entries(WAYS))(
  'suspending %s',
  (_, { suspend, resume, because, everybody }) => {
    it('ends sessions at once with a reason, and their grants', async () => {
      const stage = await openStage()
      await suspend(stage)
      const { ann, bob, clientSid } = stage
      for (const [person, isOut] of [
        [ann, true],
        [bob, everybody],
      ] as const) {
        expect(await isIn(person)).toBe(!isOut)
        const { endedAt, endedBecause } = await sessionRow(person.session.sid)
        expect([endedAt !== null, endedBecause]).toEqual(isOut ? [true, because] : [false, null])
        expect((await grantRow(person.grantSid)).endedAt).toBe(endedAt)
        expect(await deliveriesOf(person.session.sid)).toMatchObject(
          isOut
            ? [
                {
                  clientSid,
                  userSid: person.session.userSid,
                  dueAt: endedAt,
                  tries: 0,
                  sentAt: null,
                },
              ]
            : [],
        )
      }
    })

    it('and lifting it does not bring them back', async () => {
      const stage = await openStage()
      await suspend(stage)
      await resume(stage)
      expect(await isIn(stage.ann)).toBe(false)
      expect((await sessionRow(stage.ann.session.sid)).endedBecause).toBe(because)
      const again = await stage.world.login('ann@tenant.example', {}, stage.ann.browser)
      expect(again.finished?.status).toBe(302)
      expect(await isIn(stage.ann)).toBe(true)
    })
  },
)

describe('the end of a session', () => {
  it('is sent once to each app that was used and has a logout URI', async () => {
    const { people } = await openPeople('ann@tenant.example')
    const { session } = people[0]!
    const [used, silent, unused] = [
      await addClient(),
      await addClient({ backchannelLogoutURI: null }),
      await addClient(),
    ]
    await addGrant(session, used)
    await addGrant(session, used)
    await addGrant(session, silent)
    const open = await addGrant(session, unused, { spentAt: null })
    good(await revokeSessions(request(), { userSid: session.userSid }))
    expect(await deliveriesOf(session.sid)).toMatchObject([{ clientSid: used }])
    // A code that is on its way is worth nothing either.
    expect((await grantRow(open)).endedAt).toEqual(expect.any(Number))
  })

  it('is told to an app whose grant had ended before it', async () => {
    const { people } = await openPeople('ann@tenant.example')
    const { session } = people[0]!
    const clientSid = await addClient()
    const earlier = session.createdAt + 1
    const grantSid = await addGrant(session, clientSid, { endedAt: earlier })
    good(await revokeSessions(request(), { userSid: session.userSid }))
    expect(await deliveriesOf(session.sid)).toHaveLength(1)
    expect((await grantRow(grantSid)).endedAt).toBe(earlier)
  })

  it('has one reason: the first', async () => {
    const { ann } = await openStage()
    const { session, browser } = ann
    const key = await readLocatedSecret('SE', browser.cookies.get('__Host-session')!)
    await endSession(db, key!, Date.now())
    await setSuspended(session.userSid, Date.now())
    good(await revokeSessions(request(), { userSid: session.userSid }))
    expect((await sessionRow(session.sid)).endedBecause).toBe('logout')
    expect(await deliveriesOf(session.sid)).toHaveLength(1)
  })
})
