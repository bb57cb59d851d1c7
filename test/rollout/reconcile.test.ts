import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { tenantAdmin } from '../../src/events/actor.ts'
import { findBlocker } from '../../src/directory/store/switch-on.ts'
import { aliases, idpUsers, proofs, users } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { editDistance } from '../../src/edit-distance.ts'
import { nearestMatch } from '../../src/rollout/reconcile/nearest-match.ts'
import {
  listAliases,
  mapAlias,
  createIdpUserListReader,
  readIdpUserList,
  suggestMatches,
  unmapAlias,
  uploadIdpUsers,
} from '../../src/rollout/operations.ts'
import { seeded } from '../support/random.ts'
import { codeOf, createCustomer, createReadyCustomer, db, good } from './customer.ts'

it('replaces the IdP’s list whole, and says which lines are no addresses', async () => {
  const c = await createCustomer()
  const put = (upload: string, emails: string[], isLast: boolean) =>
    uploadIdpUsers(c.ask(c.admin), c.connectionSid, { upload, emails, isLast })
  const first = good(
    await put('one', ['Ann@tenant.example', 'no address', 'ann@tenant.example'], false),
  )
  expect(first).toMatchObject({ done: false, taken: 1 })
  expect(first.problems).toEqual([
    { index: 1, code: 'malformed' },
    { index: 2, code: 'duplicate' },
  ])
  expect(good(await put('one', ['ben@tenant.example'], true))).toMatchObject({
    done: true,
    listed: 2,
  })
  expect(good(await put('two', ['ben@tenant.example', 'cyn@tenant.example'], true)).listed).toBe(2)
  // A file in which nothing is understood takes nobody off the list.
  expect(codeOf(await put('three', ['no address'], true))).toEqual(['input', 'emails'])
  const rows = await db
    .select({ emailKey: idpUsers.emailKey })
    .from(idpUsers)
    .where(eq(idpUsers.connectionSid, c.connectionSid))
    .orderBy(idpUsers.emailKey)
  expect(rows.map(({ emailKey }) => emailKey)).toEqual([
    '',
    'ben@tenant.example',
    'cyn@tenant.example',
  ])
  const uploads = await db
    .select({ after: recordedEvents.after, actor: recordedEvents.actor })
    .from(recordedEvents)
    .where(eq(recordedEvents.type, 'connection.idp_users_uploaded'))
  expect(uploads.at(-1)).toEqual({
    after: { users: 2, in: 0, out: 0 },
    actor: 'customer admin carla',
  })
})

it('counts no address of an upload that is not finished, and all of the list before it', async () => {
  const c = await createReadyCustomer(['ann@tenant.example', 'ben@tenant.example'])
  const [ann = '', ben = ''] = c.people
  const { tenantSid, connectionSid } = c
  const put = async (upload: string, emails: string[], isLast: boolean, excludes = 0) =>
    good(await uploadIdpUsers(c.ask(c.admin), connectionSid, { upload, emails, isLast, excludes }))
  const blocked = () =>
    Promise.all(
      [ann, ben].map(
        async (sid) => (await findBlocker(db, sid, { tenantSid, connectionSid })) ?? '',
      ),
    )
  const map = async (email: string) =>
    codeOf(await mapAlias(c.ask(), connectionSid, { email, user: ben }))
  // A first upload says nothing before its end.
  await put('one', ['ann@tenant.example'], false)
  expect(await blocked()).toEqual(['', ''])
  await put('one', ['cyn@tenant.example'], true)
  expect(await blocked()).toEqual(['', 'alias'])
  // The next one has Ben, and Ann's address again; it is not at its end.
  await put('two', ['ben@tenant.example', 'ben.b@tenant.example', 'ann@tenant.example'], false)
  await put('two', ['ann@tenant.example'], false)
  expect(await blocked()).toEqual(['', 'alias'])
  expect(await map('ben.b@tenant.example')).toEqual(['input', 'email'])
  const sid = await c.select({ accounts: [c.account] })
  await c.frozen(sid)
  const matches = good(await suggestMatches(c.ask(), sid, [ben]))
  expect(JSON.stringify(matches)).not.toContain('ben.b@tenant.example')
  // Another one begins and takes over; the saved list counts as before.
  await put('three', ['ben@tenant.example', 'ann@tenant.example'], false)
  expect(await blocked()).toEqual(['', 'alias'])
  await put('three', ['ben@tenant.example'], true, 1)
  expect(await blocked()).toEqual(['', ''])
  expect(await map('cyn@tenant.example')).toEqual(['input', 'email'])
})

it('takes no list from strangers, without a name, or with nothing in it', async () => {
  const c = await createCustomer()
  const put = (input: object, actor = c.admin) =>
    uploadIdpUsers(c.ask(actor), c.connectionSid, {
      upload: 'one',
      emails: ['ann@tenant.example'],
      isLast: true,
      ...input,
    })
  expect(codeOf(await put({ upload: 'one two' }))).toEqual(['input', 'upload'])
  expect(codeOf(await put({ emails: Array<string>(1001).fill('a@b.example') }))).toEqual([
    'input',
    'emails',
  ])
  expect(codeOf(await put({ emails: ['nothing'] }))).toEqual(['input', 'emails'])
  expect(codeOf(await put({}, tenantAdmin({ id: 'eve', name: 'eve' }, 'TN0')))).toEqual([
    'not_there',
  ])
  const looks = { ...c.admin, capabilities: ['configure'] } as typeof c.admin
  expect(codeOf(await put({}, looks))).toEqual(['forbidden'])
})

it('reads no list with a line that does not end, and no more addresses than asked for', async () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const open = `mail,name\nann@x.example,"${'x\n'.repeat(50_000)}`
  expect(codeOf(await readIdpUserList(bytes(open)))).toEqual(['file_row', 'file'])
  const three = bytes('a@x.example\nb@x.example\nc@x.example\n')
  expect(good(await readIdpUserList(three, { most: 3 })).addresses).toHaveLength(3)
  expect(codeOf(await readIdpUserList(three, { most: 2 }))).toEqual(['input', 'file'])
})

it('reads the exports of IdPs: any usual header, any separator, or one address a line', async () => {
  const read = async (text: string) =>
    good(await readIdpUserList(new TextEncoder().encode(text))).addresses
  expect(
    await read('\ufeffdisplayName;userPrincipalName\r\n"Berg; Ann";ann@x.example\r\n'),
  ).toEqual(['ann@x.example'])
  expect(
    await read(
      'Username,Primary Email,Status\nann,ann@x.example,ACTIVE\nben,ben@x.example,ACTIVE\n',
    ),
  ).toEqual(['ann@x.example', 'ben@x.example'])
  // Read by pieces of 64 KiB: rows, quotes, line ends and characters that go on in the next one.
  const row = (n: number) => `"Zoë\r\n""${n}""",Berne,zoë${n}@x.example\r\n`
  const many = Array.from({ length: 20_000 }, (_, n) => n)
  expect(await read(`name,city,mail\r\n${many.map(row).join('')}`)).toEqual(
    many.map((n) => `zoë${n}@x.example`),
  )
  expect(await read('ann@x.example\n\nben@x.example')).toEqual(['ann@x.example', 'ben@x.example'])
  expect(codeOf(await readIdpUserList(new TextEncoder().encode('name,city\nann,Berne\n')))).toEqual(
    ['input', 'file'],
  )
})

it('reads a list that comes in pieces of any size as the whole file', async () => {
  const text = `mail;name\r\n${Array.from({ length: 9000 }, (_, n) => `zoë${n}@x.example;"a\r\nb"`).join('\r\n')}`
  const bytes = new TextEncoder().encode(text)
  const whole = good(await readIdpUserList(bytes))
  expect(whole.addresses).toHaveLength(9000)
  for (const size of [1000, 65_536, 65_537, 200_000]) {
    const reader = createIdpUserListReader()
    const piece = new Uint8Array(size)
    for (let at = 0; at < bytes.length; at += size) {
      piece.set(bytes.subarray(at, at + size))
      await reader.push(piece.subarray(0, Math.min(size, bytes.length - at)))
      piece.fill(0)
    }
    const { columns, take } = good(await reader.end())
    expect(await take(columns[0]!)).toEqual(whole)
  }
  const other = good(await readIdpUserList(new TextEncoder().encode(`${text}\r\n`)))
  expect(other.name).not.toBe(whole.name)
})

it('suggests the nearest address of the IdP’s list', async () => {
  const c = await createReadyCustomer([
    'anna.berg+app@tenant.example',
    'ben.olsen@tenant.example',
    'cyntia.diaz@tenant.example',
    'dora.ek@tenant.example',
    'erik.falk@tenant.example',
    'zed@tenant.example',
    'cid@tenant.example',
  ])
  await db
    .update(users)
    .set({ firstName: 'Cid', lastName: 'Hall' })
    .where(eq(users.sid, c.people[6]!))
  good(
    await uploadIdpUsers(c.ask(c.admin), c.connectionSid, {
      upload: 'one',
      isLast: true,
      emails: [
        'anna.berg@tenant.example',
        'ben.olsen@corp.example',
        'cynthia.diaz@tenant.example',
        'ek.dora@tenant.example',
        'someone.else@tenant.example',
        'hall.c@corp.example',
      ],
    }),
  )
  const sid = await c.select({ accounts: [c.account] })
  await c.frozen(sid)
  const matches = good(await suggestMatches(c.ask(c.admin), sid, c.people))
  expect(c.people.map((userSid) => matches[userSid])).toEqual([
    { emailKey: 'anna.berg@tenant.example', because: 'plus_address' },
    { emailKey: 'ben.olsen@corp.example', because: 'other_domain' },
    { emailKey: 'cynthia.diaz@tenant.example', because: 'similar' },
    { emailKey: 'ek.dora@tenant.example', because: 'swapped_names' },
    undefined,
    undefined,
    { emailKey: 'hall.c@corp.example', because: 'name' },
  ])
  // Of nobody who is not on the list.
  const other = await createCustomer()
  const [stranger = ''] = await other.addPeople(['anna.berg@other.example'])
  expect(good(await suggestMatches(c.ask(c.admin), sid, [stranger]))).toEqual({})
})

it('measures distances like the textbook, up to the bound', () => {
  const random = seeded(7)
  for (let round = 0; round < 300; round++) {
    const text = () =>
      Array.from({ length: random.below(8) }, () => random.pick(['a', 'b', 'c'])).join('')
    const [left, right] = [text(), text()]
    const full = textbook(left, right)
    expect(editDistance(left, right, 2), `${left} ${right}`).toBe(full <= 2 ? full : undefined)
  }
})

it.each([
  // [login e-mail, first name, last name, the IdP's addresses, the suggestion]
  ['cid@x.example', 'Cid', 'Hall', ['cit@x.example', 'cid.hall@x.example'], 'cid.hall@x.example'],
  ['c.hall@x.example', 'Cid', 'Hall', ['cid@x.example', 'zoe@x.example'], 'cid@x.example'],
  ['b2@x.example', 'Bob', 'Builder', ['bob.builder@x.example'], 'bob.builder@x.example'],
  ['bob.builder@x.example', null, null, ['bbuilder@x.example'], 'bbuilder@x.example'],
  ['jm@x.example', 'Jörg', 'Müller', ['mueller.joerg@y.example'], 'mueller.joerg@y.example'],
  ['jm@x.example', 'Jörg', 'Müller', ['jorg_muller@x.example'], 'jorg_muller@x.example'],
  // Both names come before one, an address of the own domain before another.
  ['ch@x.example', 'Cid', 'Hall', ['cid@x.example', 'chall@y.example'], 'chall@y.example'],
  ['ch@x.example', 'Cid', 'Hall', ['chall@y.example', 'chall@x.example'], 'chall@x.example'],
  // One name of two is not made of parts of the address: many people are called Bob.
  ['bob.builder@x.example', null, null, ['bob@x.example'], undefined],
  ['al@x.example', null, null, ['bo@x.example'], undefined],
  ['al@x.example', '田中', '', ['@x.example', 'bo@x.example'], undefined],
])('compares names too: %s, %s %s', (emailKey, firstName, lastName, candidates, expected) => {
  const match = nearestMatch({ emailKey, firstName, lastName }, candidates)
  expect(match).toEqual(expected && { emailKey: expected, because: 'name' })
})

function textbook(left: string, right: string): number {
  const table = Array.from({ length: left.length + 1 }, (_, row) =>
    Array.from({ length: right.length + 1 }, (__, column) => (row === 0 ? column : row)),
  )
  for (let i = 1; i <= left.length; i++)
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1
      let best = Math.min(
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + cost,
      )
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1])
        best = Math.min(best, table[i - 2]![j - 2]! + 1)
      table[i]![j] = best
    }
  return table[left.length]![right.length]!
}

it('logs a user in by a mapped address, at that connection alone, and not after it is taken back', async () => {
  const c = await createReadyCustomer(['ann@tenant.example'])
  const [ann = ''] = c.people
  await db
    .update(users)
    .set({ signInMethod: 'sso_enabled', connectionSid: c.connectionSid })
    .where(eq(users.sid, ann))
  const code = async (email: string) => (await c.world.login(email)).finished?.status
  expect(await code('a.berg@corp.example')).toBeUndefined()
  // Ann signs in here, so a customer's alias for her would wait for an operator.
  good(await mapAlias(c.ask(), c.connectionSid, { email: 'A.Berg@corp.example', user: ann }))
  expect(await code('a.berg@corp.example')).toBe(302)
  const { sessions, attempts } = await c.world.rows()
  expect(sessions).toMatchObject([{ userSid: ann }])
  expect(attempts.map((attempt) => attempt.code)).toEqual(['user_unknown', null])
  const listed = good(await listAliases(c.ask(), c.connectionSid, { limit: 10 }))
  expect(listed.items).toMatchObject([
    { emailKey: 'a.berg@corp.example', email: 'ann@tenant.example' },
  ])
  good(await unmapAlias(c.ask(), c.connectionSid, 'a.berg@corp.example'))
  expect(await code('a.berg@corp.example')).toBeUndefined()
  const told = await db
    .select({ type: recordedEvents.type, after: recordedEvents.after })
    .from(recordedEvents)
    .where(eq(recordedEvents.subjectSid, ann))
  expect(told).toMatchObject([
    { type: 'user.alias_mapped', after: { email: 'a.berg@corp.example' } },
    { type: 'user.alias_removed' },
  ])
})

it('an alias of another connection, or of a user of another tenant, logs nobody in', async () => {
  const other = await createCustomer()
  const [foreign = ''] = await other.addPeople(['foreign@other.example'])
  const c = await createReadyCustomer(['ann@tenant.example'])
  const [ann = ''] = c.people
  await db
    .update(users)
    .set({ signInMethod: 'sso_enabled', connectionSid: c.connectionSid })
    .where(eq(users.sid, ann))
  const alias = { emailKey: 'x@corp.example', createdBy: 'test', createdAt: 1 }
  await db.insert(aliases).values({ ...alias, connectionSid: other.connectionSid, userSid: ann })
  const map = (email: string, user: string) =>
    mapAlias(c.ask(c.admin), c.connectionSid, { email, user })
  expect((await c.world.login('x@corp.example')).finished).toBeUndefined()
  expect(codeOf(await map('y@corp.example', foreign))).toEqual(['not_there', 'user'])
  // Even where such a row has got in.
  await db.insert(aliases).values({ ...alias, connectionSid: c.connectionSid, userSid: foreign })
  expect((await c.world.login('x@corp.example')).finished).toBeUndefined()
  expect((await c.world.rows()).sessions).toEqual([])
})

it('maps no address that is somebody’s login e-mail, is mapped, or the IdP does not have', async () => {
  const c = await createReadyCustomer(['ann@tenant.example', 'ben@tenant.example'])
  const map = (email: string, user = 'ann@tenant.example') =>
    mapAlias(c.ask(c.admin), c.connectionSid, { email, user })
  expect(codeOf(await map('ben@tenant.example'))).toEqual(['already_there', 'email'])
  expect(codeOf(await map('ann@tenant.example'))).toEqual(['input', 'email'])
  expect(codeOf(await map('no address'))).toEqual(['input', 'email'])
  expect(codeOf(await map('x@corp.example', 'nobody@tenant.example'))).toEqual([
    'not_there',
    'user',
  ])
  good(await map('x@corp.example'))
  expect(codeOf(await map('x@corp.example', 'ben@tenant.example'))).toEqual([
    'already_there',
    'email',
  ])
  const list = { upload: 'one', emails: ['ann@tenant.example'], isLast: true }
  good(await uploadIdpUsers(c.ask(c.admin), c.connectionSid, list))
  expect(codeOf(await map('y@corp.example'))).toEqual(['input', 'email'])
  const eve = tenantAdmin({ id: 'eve', name: 'eve' }, 'TN0')
  expect(codeOf(await unmapAlias(c.ask(eve), c.connectionSid, 'x@corp.example'))).toEqual([
    'not_there',
  ])
  expect(codeOf(await unmapAlias(c.ask(), c.connectionSid, 'z@corp.example'))).toEqual([
    'not_there',
  ])
})

it('a login proves its user, once an IdP; a refused one proves nobody', async () => {
  const c = await createCustomer()
  const ann = await c.world.addUser('ann@tenant.example')
  const ben = await c.world.addUser('ben@tenant.example', { suspendedAt: 1 })
  await c.world.login('ann@tenant.example')
  await c.world.login('ben@tenant.example')
  const proven = () => db.select().from(proofs).where(eq(proofs.connectionSid, c.connectionSid))
  const [first, ...others] = await proven()
  expect(others).toEqual([])
  expect(first).toMatchObject({ userSid: ann, entityID: c.world.idpEntityID })
  expect(ben).toBeDefined()
  await c.world.login('ann@tenant.example')
  expect(await proven()).toEqual([first])
})
