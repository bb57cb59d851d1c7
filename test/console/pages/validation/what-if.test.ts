// What-if by the form: judged before and after, taken over by the normal edit, and nothing kept or
// shown of a person.
import { describe, expect, it } from 'vitest'
import { getConnection } from '../../../../src/connections/operations.ts'
import { toField } from '../../../support/fake-idp.ts'
import { pemOf } from '../../../support/keys.ts'
import { good, request } from '../../../support/request.ts'
import { as } from '../../../support/world.ts'
import { hidden } from '../../operator/admins.ts'
import { ALICE, createStage, wordsOf } from './stage.ts'

const OPERATORS = { clockSkewSeconds: '60' }

describe('what-if', () => {
  it('judges an attempt, says what it cannot tell, and hands the settings to the normal edit', async () => {
    const { world, base, operator, test } = await createStage()
    const attempt = await test({ issuer: 'https://renamed.example' })
    const form = { attempt, entityID: 'https://renamed.example', ...OPERATORS }
    const asked = await operator.get(`${base}/what-if?attempt=${attempt}`)
    expect(await asked.text()).toContain(`value="${world.idpEntityID}"`)
    const judged = await operator.post(`${base}/what-if`, form)
    expect(judged.status).toBe(200)
    const words = wordsOf(await judged.text())
    expect(words).toContain('Original settings Refused The Response comes from another IdP')
    expect(words).toContain('Changed settings Accepted')
    expect(words).toMatch(/Issuer of the response Fails .* Passes /)
    expect(words).toContain('Signature and attribute values: an attempt does not store them.')
    const now = async () => good(await getConnection(request(), world.connectionSid))
    expect((await now()).entityID).toBe(world.idpEntityID)

    const preview = await operator.post(`${base}/what-if/preview`, form)
    const page = await preview.text()
    expect(page).toContain('Nothing is saved yet')
    expect(JSON.parse(hidden(page, 'change'))).toMatchObject({
      way: 'what-if',
      fields: { entityID: 'https://renamed.example' },
    })
    const saved = await operator.post(`${base}/save`, {
      change: hidden(page, 'change'),
      version: hidden(page, 'version'),
    })
    expect(saved.status).toBe(303)
    expect((await now()).entityID).toBe('https://renamed.example')
  })

  it('does not guess what an attempt does not keep', async () => {
    const { world, customer, test } = await createStage({ pinned: ['idpNext'] })
    const form = { attempt: await test(), entityID: world.idpEntityID, certificate: pemOf('idp') }
    const words = wordsOf(await (await customer.post('/setup/what-if', form)).text())
    expect(words).toContain('Original settings Refused')
    expect(words).toContain('Changed settings Unclear')
    expect(words).toMatch(/Signature Fails .* Not repeated/)
  })

  it('judges a pasted response, and shows no value of it, whether sent as XML or as the field', async () => {
    const { world, customer } = await createStage({ pinned: ['idpNext'] })
    const xml = await world.idp('_gone').respond(as(ALICE))
    for (const response of [xml, toField(xml)]) {
      const form = { response, entityID: world.idpEntityID, certificate: pemOf('idp') }
      const judged = await customer.post('/setup/what-if', form)
      expect(judged.status).toBe(200)
      const page = await judged.text()
      expect(wordsOf(page)).toContain('Current settings Refused')
      expect(wordsOf(page)).toContain('Changed settings Accepted')
      expect(wordsOf(page)).toContain('Adds 1 certificate.')
      expect(wordsOf(page)).toContain('InResponseTo: it was not compared')
      expect(page).not.toMatch(/alice@|Ämter/)
      // Carried along, so that it can be judged again.
      const again = await customer.post('/setup/what-if', {
        ...form,
        response: hidden(page, 'response'),
      })
      expect(wordsOf(await again.text())).toContain('Changed settings Accepted')
    }
    expect((await world.rows()).attempts).toEqual([])
  })

  it('leaves to operators what is theirs to set', async () => {
    const { world, base, operator, customer } = await createStage()
    const form = { response: 'bm9uZQ==', entityID: world.idpEntityID, 'allow-sha1': 'true' }
    const forms = { ...form, clockSkewSeconds: '300' }
    const theirs = await (await customer.post('/setup/what-if/preview', forms)).text()
    expect(theirs).toContain('No changes')
    const ours = await (await operator.post(`${base}/what-if/preview`, forms)).text()
    expect(JSON.parse(hidden(ours, 'change')).fields).toEqual({
      allow: ['sha1'],
      clockSkewSeconds: 300,
    })
    expect(await (await customer.get('/setup/what-if')).text()).not.toContain('name="allow-sha1"')
  })

  it('names the field that does not fit, and shows no private key again', async () => {
    const { world, customer } = await createStage()
    const send = (fields: Record<string, string>, path = '/setup/what-if') =>
      customer.post(path, { entityID: world.idpEntityID, response: 'bm9uZQ==', ...fields })
    const key = '-----BEGIN PRIVATE KEY-----\nMIIsecret\n-----END PRIVATE KEY-----'
    for (const [fields, field] of [
      [{ response: '' }, 'response'],
      [{ response: key }, 'response'],
      [{ entityID: '' }, 'entityID'],
      [{ certificate: 'nonsense' }, 'certificate'],
      [{ certificate: key }, 'certificate'],
    ] as const) {
      const response = await send(fields)
      expect([field, response.status]).toEqual([field, 400])
      const page = await response.text()
      expect(page).toContain(`id="${field}-error"`)
      expect(page).not.toContain('MIIsecret')
    }
    expect((await send({ certificate: key }, '/setup/what-if/preview')).status).toBe(400)
  })

  it('response_too_large: takes no more than a response can be', async () => {
    const { world, customer } = await createStage()
    const form = { entityID: world.idpEntityID, response: 'A'.repeat(600_000) }
    const long = await customer.post('/setup/what-if', form)
    expect(await long.text()).toContain('id="response-error"')
    const longer = { ...form, response: 'A'.repeat(1_100_000) }
    expect((await customer.post('/setup/what-if', longer)).status).toBe(413)
  })
})
