// People who leave a list by themselves: they say why and by which upload, come back when the cause
// is gone, and no review passes over them silently.
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import {
  decideMembers,
  enable,
  enforce,
  freeze,
  getRollout,
  mapAlias,
  membersCSV,
  previewUpload,
  refreshFindings,
  review,
  rollBack,
  summarizeMembers,
  uploadIdpUsers,
} from '../../src/rollout/operations.ts'
import { codeOf, createReadyCustomer, db, good } from './customer.ts'

const THREE = ['ann', 'ben', 'cyn'].map((name) => `${name}@tenant.example`)

async function prepare() {
  const c = await createReadyCustomer(THREE)
  const sid = await c.select({ accounts: [c.account] })
  let uploads = 0
  const upload = async (emails: readonly string[]) => {
    const name = `list-${++uploads}`
    const input = { upload: name, emails, isLast: true, excludes: 3 }
    return good(await uploadIdpUsers(c.ask(c.admin), c.connectionSid, input))
  }
  const refresh = () => c.finish(() => refreshFindings(c.ask(c.admin), sid))
  const included = async () => {
    const { version } = good(await getRollout(c.ask(), sid))
    const rows = await Promise.all(c.people.map((user) => c.memberOf(sid, user, version)))
    return rows.map((row) => row!.included)
  }
  const row = async () => good(await getRollout(c.ask(), sid))
  return { c, sid, upload, refresh, included, row }
}

it('says by which upload a row went out, and the right upload brings it back', async () => {
  const { c, sid, upload, refresh, included, row } = await prepare()
  await upload(THREE)
  const version = await c.approved(sid)
  await upload(['somebody@else.example'])
  await refresh()
  expect(await included()).toEqual([false, false, false])
  const ann = await c.memberOf(sid, c.people[0]!, version)
  expect(ann).toMatchObject({
    reason: null,
    blockedBy: { blocker: 'alias', upload: { by: 'customer admin carla', users: 1 } },
  })
  const csv = []
  for await (const line of membersCSV(c.ask(), sid, {})) csv.push(line)
  expect(csv.join('')).toMatch(/automatic: alias, upload of \S+ by customer admin carla, 1 addr/)
  await upload(THREE)
  await refresh()
  expect(await included()).toEqual([true, true, true])
  expect(await c.memberOf(sid, c.people[0]!, version)).toMatchObject({ blockedBy: null })
  // The steps were made for a list without them.
  expect(await row()).toMatchObject({
    reviewedVersion: null,
    enabledVersion: null,
    informedVersion: null,
    approvedVersion: null,
  })
  const told = await db.select().from(recordedEvents).where(eq(recordedEvents.subjectSid, sid))
  const refreshed = told.filter(({ type }) => type === 'rollout.refreshed')
  expect(refreshed.map(({ after }) => after)).toEqual([
    { version, out: 3, in: 0 },
    { version, out: 0, in: 3 },
  ])
  // A look that changes nothing says nothing, and takes nothing back.
  good(await review(c.ask(c.admin), sid, { version, includedExistInIdP: true }))
  await refresh()
  expect((await row()).reviewedVersion).toBe(version)
})

it('idp_list_excludes: says the difference before it is saved, and saves it for that number', async () => {
  const { c, sid, upload, refresh, included } = await prepare()
  await upload(THREE)
  await c.frozen(sid)
  const put = (emails: readonly string[], excludes?: number) =>
    uploadIdpUsers(c.ask(c.admin), c.connectionSid, {
      upload: `put-${emails.length}`,
      emails,
      isLast: true,
      excludes,
    })
  const wrong = ['somebody@else.example']
  for (const number of [undefined, 0, 2]) {
    const refused = await put(wrong, number)
    expect(codeOf(refused)).toEqual(['idp_list_excludes', 'excludes'])
    expect(refused).toMatchObject({ error: { expected: '+0 / −3: 3 accepted' } })
  }
  const preview = () => previewUpload(c.ask(c.admin), c.connectionSid, 'put-1')
  expect(good(await preview())).toEqual({ in: 0, out: 3 })
  await refresh()
  expect(await included()).toEqual([true, true, true])
  expect(good(await put(wrong, 3))).toMatchObject({ done: true, difference: { in: 0, out: 3 } })
  await refresh()
  expect(await included()).toEqual([false, false, false])
  // Bringing people back needs no number, and one with another blocker does not come.
  await db.update(users).set({ suspendedAt: 1 }).where(eq(users.sid, c.people[0]!))
  expect(good(await put(THREE))).toMatchObject({ difference: { in: 2, out: 0 } })
  await refresh()
  expect(await included()).toEqual([false, true, true])
  const stored = await db
    .select()
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, c.connectionSid))
  const uploads = stored.filter(({ type }) => type === 'connection.idp_users_uploaded')
  expect(uploads.at(-1)!.after).toEqual({ users: 3, in: 2, out: 0 })
})

it('brings back nobody whom a person left out, before or since', async () => {
  const { c, sid, upload, refresh, included } = await prepare()
  const version = await c.frozen(sid)
  const [ann = '', ben = '', cyn = ''] = c.people
  const leaveOut = async (user: string) => {
    const out = { included: false, reason: 'has left' }
    good(await decideMembers(c.ask(c.admin), sid, version, { users: [user] }, out))
  }
  await leaveOut(ann)
  await upload(['somebody@else.example'])
  await refresh()
  await leaveOut(ben)
  await upload(THREE)
  await refresh()
  expect(await included()).toEqual([false, false, true])
  // Nor whom support gave the password back meanwhile.
  await upload(['somebody@else.example'])
  await refresh()
  good(await rollBack(c.ask(), sid, { to: 'password', users: [cyn] }))
  await upload(THREE)
  await refresh()
  expect(await included()).toEqual([false, false, false])
})

it('judges the same of a list that is frozen beside the wrong upload', async () => {
  const { c, sid, upload, refresh, included } = await prepare()
  const [ann = ''] = c.people
  const first = await c.frozen(sid)
  const out = { included: false, reason: 'has left' }
  good(await decideMembers(c.ask(c.admin), sid, first, { users: [ann] }, out))
  await upload(['somebody@else.example'])
  await c.finish(() => freeze(c.ask(), sid))
  expect(await included()).toEqual([false, false, false])
  await upload(THREE)
  await refresh()
  expect(await included()).toEqual([false, true, true])
})

it('a step lets nobody back whom no review has seen in', async () => {
  const { c, sid, included } = await prepare()
  const [ann = ''] = c.people
  const suspend = (suspendedAt: number | null) =>
    db.update(users).set({ suspendedAt }).where(eq(users.sid, ann))
  await c.prove(c.people)
  await suspend(1)
  const version = await c.approved(sid)
  await suspend(null)
  await c.finish(() => enable(c.ask(), sid, { version }))
  await c.finish(() => enforce(c.ask(), sid, { version }))
  expect(await included()).toEqual([false, true, true])
  expect(await c.methodsOf(c.people)).toEqual(['password', 'sso_enforced', 'sso_enforced'])
})

it('an alias brings its person back', async () => {
  const { c, sid, upload, refresh, included, row } = await prepare()
  await c.reviewed(sid)
  await upload(['ann.berg@tenant.example', ...THREE.slice(1)])
  await refresh()
  expect(await included()).toEqual([false, true, true])
  const alias = { email: 'ann.berg@tenant.example', user: c.people[0]! }
  good(await mapAlias(c.ask(c.admin), c.connectionSid, alias))
  expect(await included()).toEqual([true, true, true])
  expect((await row()).reviewedVersion).toBeNull()
})

it('a review with people who went out by themselves wants a word about them', async () => {
  const { c, sid, upload, refresh, row } = await prepare()
  const version = await c.frozen(sid)
  await upload(THREE.slice(1))
  await refresh()
  expect(good(await summarizeMembers(c.ask(c.admin), sid))).toMatchObject({ automatic: 1 })
  const say = (automaticStayOut?: boolean) =>
    review(c.ask(c.admin), sid, { version, includedExistInIdP: true, automaticStayOut })
  for (const word of [undefined, false])
    expect(codeOf(await say(word))).toEqual(['input', 'automaticStayOut'])
  expect((await row()).reviewedVersion).toBeNull()
  good(await say(true))
  expect((await row()).reviewedVersion).toBe(version)
  // A decision about each is the other way.
  const out = { included: false, reason: 'has no account at the IdP' }
  good(await decideMembers(c.ask(c.admin), sid, version, { finding: 'alias' }, out))
  expect(good(await summarizeMembers(c.ask(c.admin), sid))).toMatchObject({ automatic: 0 })
  good(await say())
})
