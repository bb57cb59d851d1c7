// A person whom the IdP deactivates is out: the session has ended, and a logout token is queued.
import { describe, expect, it } from 'vitest'
import {
  addClient,
  addGrant,
  deliveriesOf,
  grantRow,
  openPeople,
  sessionRow,
} from '../sessions/stage.ts'
import { filtered, openService, patch, type Service, userRow } from './service.ts'

async function openStage() {
  const { world, people } = await openPeople('ann@tenant.example', 'bob@tenant.example')
  const service = await openService(world)
  const clientSid = await addClient()
  const [ann, bob] = people
  const grantSid = await addGrant(ann!.session, clientSid)
  await addGrant(bob!.session, clientSid)
  const { body } = await service.ask('GET', filtered('userName eq "ann@tenant.example"'))
  return { service, clientSid, grantSid, ann: ann!, bob: bob!, id: body.Resources[0].id as string }
}

const WAYS: Readonly<Record<string, (service: Service, id: string) => Promise<unknown>>> = {
  'by Entra ID’s PATCH': ({ ask }, id) =>
    ask('PATCH', `/Users/${id}`, patch({ op: 'Replace', path: 'active', value: 'False' })),
  'by Okta’s PATCH': ({ ask }, id) =>
    ask('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } })),
  'by Okta’s PUT': ({ ask }, id) =>
    ask('PUT', `/Users/${id}`, { userName: 'ann@tenant.example', active: false }),
  'by DELETE': ({ ask }, id) => ask('DELETE', `/Users/${id}`),
}

describe('a session', () => {
  for (const [way, deactivate] of Object.entries(WAYS))
    it(`ends when the user is deactivated ${way}`, async () => {
      const { service, clientSid, grantSid, ann, bob, id } = await openStage()
      expect(id).toBe(ann.session.userSid)
      expect(await deliveriesOf(ann.session.sid)).toEqual([])
      await deactivate(service, id)
      const { suspendedAt } = await userRow(id)
      expect(await sessionRow(ann.session.sid)).toMatchObject({
        endedAt: suspendedAt,
        endedBecause: 'user_suspended',
      })
      // Tried once, after the response: no app answers here.
      expect(await deliveriesOf(ann.session.sid)).toMatchObject([
        { clientSid, userSid: id, tries: 1, sentAt: null },
      ])
      expect((await grantRow(grantSid)).endedAt).toBe(suspendedAt)
      // The browser is out, and nobody else is.
      expect(await (await ann.browser.get('/')).text()).not.toContain('ann@tenant.example')
      expect(await sessionRow(bob.session.sid)).toMatchObject({ endedAt: null })
      expect(await deliveriesOf(bob.session.sid)).toEqual([])
    })

  it('stays when anything else is changed', async () => {
    const { service, ann, id } = await openStage()
    const value = { displayName: 'Ann', 'name.givenName': 'Anna', active: true }
    const changed = await service.ask('PATCH', `/Users/${id}`, patch({ op: 'replace', value }))
    expect(changed.status).toBe(200)
    expect(await sessionRow(ann.session.sid)).toMatchObject({ endedAt: null })
  })
})
