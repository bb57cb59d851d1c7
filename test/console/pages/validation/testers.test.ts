// Nominating testers by the form: who cannot be one is named with the reason, and the others are.
import { describe, expect, it } from 'vitest'
import { getConnection } from '../../../../src/connections/operations.ts'
import { listTesters } from '../../../../src/rollout/validation/tester-operations.ts'
import { createConnection } from '../../../../src/connections/operations.ts'
import { good, request } from '../../../support/request.ts'
import { landedAt } from '../../../support/landed-at.ts'
import { createStage, wordsOf } from './stage.ts'

const emailsOf = async (connectionSid: string) =>
  good(await listTesters(request(), connectionSid)).map(({ user }) => user.email)

describe('a nomination', () => {
  it('takes whom it can, and names the others with the reason', async () => {
    const foreign = await createStage()
    await foreign.world.addUser('foreign@elsewhere.example')
    const { world, customer } = await createStage()
    const other = good(await createConnection(request(), world.tenantSid, { name: 'Other' }))
    await world.addUser('ben@tenant.example', { signInMethod: 'password' })
    await world.addUser('away@tenant.example', { suspendedAt: 1 })
    await world.addUser('moved@tenant.example', { connectionSid: other.sid })
    const response = await customer.post('/setup/testers', {
      emails: [
        ' ben@tenant.example',
        'Ben@TENANT.example',
        'away@tenant.example',
        'moved@tenant.example',
        'foreign@elsewhere.example',
        '<script>@tenant.example',
      ].join('\r\n'),
    })
    expect(response.status).toBe(200)
    const page = await response.text()
    const words = wordsOf(page)
    expect(words).toContain('1 tester nominated, 5 addresses refused')
    expect(words).toContain('Ben@TENANT.example Entered twice, or already a tester.')
    expect(words).toContain('away@tenant.example This user is suspended.')
    expect(words).toContain('moved@tenant.example This user signs in through another connection.')
    // Another tenant's looks like nobody.
    for (const email of ['foreign@elsewhere.example', '<script>@tenant.example'])
      expect(words).toContain(`${email} No user has that login e-mail.`)
    expect(page).not.toContain('<script>@')
    const [, kept] = /<textarea[^>]*name="emails"[^>]*>([^<]*)</.exec(page)!
    expect(kept).not.toContain('Ben@TENANT')
    expect(kept).toContain('away@tenant.example')
    expect(await emailsOf(world.connectionSid)).toEqual(['ben@tenant.example'])
  })

  it('leads back to the page of the connection when all are taken', async () => {
    const { world, operator, base } = await createStage()
    const taken = await operator.post(`${base}/testers`, { emails: 'alice@tenant.example' })
    expect(landedAt(taken)).toBe(`${base}#test (testers_nominated)`)
    const page = await (await operator.get(base)).text()
    expect(page).toContain('alice@tenant.example')
    expect(page).toContain(`/sso/${world.connectionSid}?test`)
    expect(page).toContain(`href="${base}/room"`)
    const [action] = /[^"]*\/testers\/US[0-9a-f]{32}\/withdraw/.exec(page)!
    expect((await operator.post(action)).status).toBe(303)
    expect(await emailsOf(world.connectionSid)).toEqual([])
    expect((await operator.post(action)).status).toBe(404)
  })

  it('lifecycle: is refused before testing, and by an empty form', async () => {
    const draft = await createStage({ connection: { state: 'draft' } })
    const early = await draft.operator.post(`${draft.base}/testers`, { emails: 'a@tenant.example' })
    expect(early.status).toBe(409)
    expect(await early.text()).toContain('The state of the connection does not allow this')
    const { operator, base } = await createStage()
    const empty = await operator.post(`${base}/testers`, { emails: ' \n ' })
    expect(empty.status).toBe(400)
    expect(await empty.text()).toContain('id="emails-error"')
    const many = Array.from({ length: 51 }, (_, index) => `p${index}@tenant.example`).join('\n')
    expect((await operator.post(`${base}/testers`, { emails: many })).status).toBe(400)
  })

  it('forbidden: is not for a link that may not test', async () => {
    const { world, linkOf } = await createStage()
    const onlooker = await linkOf(['configure'])
    for (const path of ['/setup', '/setup/testers']) {
      const page = await (await onlooker.get(path)).text()
      expect([path, page.includes('action="/setup/testers')]).toEqual([path, false])
    }
    const refused = await onlooker.post('/setup/testers', { emails: 'alice@tenant.example' })
    expect(refused.status).toBe(403)
    expect(await emailsOf(world.connectionSid)).toEqual([])
    expect(good(await getConnection(request(), world.connectionSid)).state).toBe('testing')
  })
})
