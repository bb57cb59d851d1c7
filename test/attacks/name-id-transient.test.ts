// A transient NameID says nothing about who comes. It must not be a way round a binding.
import { describe, expect, it } from 'vitest'
import { createWorld } from '../support/world.ts'
import { freeze } from './harness.ts'

const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

describe('name-id-transient', () => {
  freeze()

  async function open() {
    const world = await createWorld()
    await world.addUser('alice@tenant.example')
    await world.addUser('bob@tenant.example')
    await world.login('alice@tenant.example', { nameID: 'A', nameIDFormat: PERSISTENT })
    await world.login('bob@tenant.example', { nameID: 'B', nameIDFormat: PERSISTENT })
    return world
  }

  it('is refused: name_id_transient, a new value with the e-mail of a bound user', async () => {
    const world = await open()
    const login = { nameID: 'fresh', nameIDFormat: TRANSIENT }
    const { arrived } = await world.login('alice@tenant.example', login)
    expect(arrived.status).toBe(403)
    const { attempts, sessions } = await world.rows()
    expect(attempts.at(-1)!.code).toBe('name_id_transient')
    expect(sessions).toHaveLength(2)
  })

  it('is refused: name_id_of_other, a colleague’s value with the e-mail of a bound user', async () => {
    const world = await open()
    const login = { nameID: 'B', nameIDFormat: TRANSIENT }
    const { arrived } = await world.login('alice@tenant.example', login)
    expect(arrived.status).toBe(403)
    expect((await world.rows()).attempts.at(-1)!.code).toBe('name_id_of_other')
  })

  it('is refused: name_id_transient, the very value that is bound', async () => {
    const world = await open()
    const login = { nameID: 'A', nameIDFormat: TRANSIENT }
    const { arrived } = await world.login('alice@tenant.example', login)
    expect(arrived.status).toBe(403)
    expect((await world.rows()).attempts.at(-1)!.code).toBe('name_id_transient')
  })
})
