// A customer imports metadata in the name of another customer's IdP, with a key of its own: it gets
// a connection that trusts that key, and nothing at the other's.
import { describe, expect, it } from 'vitest'
import { importMetadata } from '../../src/connections/metadata/import-metadata.ts'
import {
  bytesOf,
  entityDescriptor,
  keyDescriptor,
  ssoService,
} from '../saml/metadata/metadata-text.ts'
import { openBrowser } from '../support/browser.ts'
import { certificateOf } from '../support/keys.ts'
import { good, request } from '../support/request.ts'
import { as, createWorld } from '../support/world.ts'
import { freeze } from './harness.ts'
import { draft } from './metadata-harness.ts'

describe('metadata-other-tenant', () => {
  freeze()
  it('is refused: signature_invalid, at the connection of the other', async () => {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    const { sid, rows } = await draft()
    const xml = entityDescriptor({
      entityID: world.idpEntityID,
      content:
        keyDescriptor('signing', certificateOf('attacker')) +
        ssoService('https://attacker.example/sso'),
    })
    good(await importMetadata(request(), sid, bytesOf(xml)))
    expect(await rows()).toMatchObject({
      connection: [{ entityID: world.idpEntityID }],
      certificates: [certificateOf('attacker')],
    })

    const browser = openBrowser()
    const { requestID, relayState } = await world.begin(browser)
    const forged = await world.idp(requestID, 'attacker').respond(as('alice@tenant.example'))
    expect((await world.deliver(browser, forged, relayState)).status).toBe(403)
    expect(await world.rows()).toMatchObject({
      attempts: [{ code: 'signature_invalid' }],
      sessions: [],
      loginCodes: [],
      spent: [],
    })
    await world.login('alice@tenant.example')
    expect((await world.rows()).sessions).toHaveLength(1)
  })
})
