// The pages of a move: begun from the connection's page, both connections on one page, in console
// and portal.
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { connections, rollouts } from '../../../../src/platform/db/schema.ts'
import { createMover } from '../../../rollout/moves/mover.ts'
import { openLink, openOperator } from '../../operator/admins.ts'
import { db } from '../../../support/world.ts'
import { actionsOf, textOf, wordsOf } from './stage.ts'

async function open() {
  const m = await createMover({ enforced: ['ann', 'ben', 'cyn'] })
  const sid = await m.createMove()
  const operator = await openOperator()
  const console = `/console/connections/${m.to}/rollouts/${sid}`
  return { m, sid, operator, console }
}

it('begins from the connection’s page, and leads to the page of both', async () => {
  const { m, operator } = await open()
  const page = await textOf(operator, `/console/connections/${m.from}`)
  expect(page).toContain(`href="/console/connections/${m.from}/move"`)
  const form = await textOf(operator, `/console/connections/${m.from}/move`)
  // The one that is there already.
  expect(wordsOf(form)).toContain('Moves from this connection Move')
  const path = `/console/connections/${m.from}/move`
  const again = await operator.post(path, { which: 'entityID', entityID: '', name: 'New' })
  expect(again.status).toBe(400)
  const made = await operator.post(path, { which: 'idp', entityID: 'x', name: 'New IdP' })
  expect(made.status).toBe(303)
  const location = made.headers.get('location')!
  const both = wordsOf(await textOf(operator, location.split('#')[0]!))
  expect(both).toContain('Move to New IdP')
  expect(both).toContain('Next: test the new connection')
  const [rollout] = await db
    .select()
    .from(rollouts)
    .where(eq(rollouts.sid, /RO[0-9a-f]{32}/.exec(location)![0]))
  const [draft] = await db
    .select()
    .from(connections)
    .where(eq(connections.sid, rollout!.connectionSid))
  expect(draft).toMatchObject({ name: 'New IdP', entityID: '', state: 'draft' })
})

it('shows both connections, who would be locked out, and moves and takes back by the list', async () => {
  const { m, sid, operator, console } = await open()
  const version = await m.approved(sid)
  await m.proveAt('ann')
  const both = await textOf(operator, `${console}/move`)
  const words = wordsOf(both)
  for (const one of [
    'Next: move people who have signed in',
    '1 person can be moved now',
    'Would be moved 3 people',
    'Would be locked out 2 people',
    'ben@tenant.example',
    'cyn@tenant.example',
  ])
    expect(words).toContain(one)
  expect(words).not.toContain('ann@tenant.example')
  const locked = wordsOf(await textOf(operator, `${console}/list?lockedOut=yes`))
  expect([locked.includes('ben@tenant.example'), locked.includes('ann@tenant.example')]).toEqual([
    true,
    false,
  ])
  const decide = (what: string, name: string) =>
    operator.post(`${console}/decide`, {
      version: `${version}`,
      here: '',
      do: what,
      users: m.people[name]!,
      reason: '',
    })
  expect((await decide('move', 'ann')).status).toBe(303)
  expect(await m.standings()).toMatchObject({
    ann: 'to sso_enforced',
    ben: 'from sso_enforced +way',
  })
  const refused = await operator.post(`${console}/enforce`, {
    version: `${version}`,
    scope: 'all',
    when: 'now',
    lockedOut: '1',
    at: '',
  })
  expect(refused.status).toBe(409)
  const moved = await operator.post(`${console}/enforce`, {
    version: `${version}`,
    scope: 'all',
    when: 'now',
    lockedOut: '2',
    at: '',
  })
  expect(moved.status).toBe(303)
  expect((await m.standing('cyn')).at).toBe('to')
  expect((await decide('earlier', 'ann')).status).toBe(303)
  expect(await m.standings()).toMatchObject({ ann: 'from sso_enforced', ben: 'to sso_enforced' })
  const back = wordsOf(await textOf(operator, `${console}/roll-back?to=earlier`))
  expect(back).toContain('As before the move, at the connection before')
  const confirm = await textOf(operator, `${console}/roll-back/confirm?who=all&to=earlier`)
  expect(wordsOf(confirm)).toContain('Take 2 people back')
  const done = await operator.post(`${console}/roll-back`, { who: 'all', to: 'earlier' })
  expect(done.status).toBe(303)
  expect(await m.standings()).toEqual({
    ann: 'from sso_enforced',
    ben: 'from sso_enforced',
    cyn: 'from sso_enforced',
  })
})

it('shows the customer both connections, and what the customer may do', async () => {
  const { m, sid, operator, console } = await open()
  await m.enabled(sid)
  const link = await openLink({ connectionSid: m.to }, ['configure', 'test'])
  const portal = `/setup/rollouts/${sid}`
  const page = await textOf(link, `${portal}/move`)
  expect(wordsOf(page)).toContain('Both connections')
  expect(wordsOf(page)).toContain('ask support to take them back')
  expect(actionsOf(page)).toEqual(['/setup/end'])
  expect(page).not.toContain('/console/')
  expect((await link.get('/setup/move')).status).toBe(403)
  // The move is no business of the other connection's links.
  const other = await openLink({ connectionSid: m.from }, ['configure', 'test'])
  expect((await other.get(`${portal}/move`)).status).toBe(404)
  const trusted = await openLink({ connectionSid: m.to }, ['test', 'rollBack'])
  expect(await textOf(trusted, `${portal}/move`)).toContain(`${portal}/roll-back?to=earlier`)
  const steps = wordsOf(await textOf(operator, console))
  for (const one of ['Open the second way', 'Both connections', 'Take people back'])
    expect(steps).toContain(one)
})
