// A leaver's address is given to somebody else. Neither SCIM, nor an import, nor a login hands the
// leaver's account to the newcomer.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { putUser } from '../../src/directory/user-operations.ts'
import { users } from '../../src/platform/db/schema.ts'
import { openService } from '../scim/service.ts'
import { codeOf, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const EMAIL = 'ann@tenant.example'
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

describe('recycled-address', () => {
  it('is refused by SCIM: another externalId after a deletion', async () => {
    const { ask } = await openService()
    const person = (externalId: string) => ({ userName: EMAIL, externalId, active: true })
    const { id } = (await ask('POST', '/Users', person('leaver'))).body
    await ask('DELETE', `/Users/${id}`)
    expect((await ask('POST', '/Users', person('joiner'))).status).toBe(409)
    const [leaver] = await db.select().from(users).where(eq(users.sid, id))
    expect(leaver!.suspendedAt).not.toBeNull()
  })

  it('is refused: address_waits, another external id of the vendor', async () => {
    const world = await createWorld()
    await world.addUser(EMAIL, { externalID: 'leaver' })
    const record = { email: EMAIL, externalID: 'joiner', suspended: false }
    const put = await putUser(request(), world.tenantSid, record)
    expect(codeOf(put)).toEqual(['address_waits', 'email'])
  })

  it('is refused: name_id_changed, a login of the newcomer', async () => {
    const world = await createWorld()
    await world.addUser(EMAIL)
    await world.login(EMAIL, { nameID: 'leaver', nameIDFormat: PERSISTENT })
    const { arrived } = await world.login(EMAIL, { nameID: 'joiner', nameIDFormat: PERSISTENT })
    expect(arrived.status).toBe(403)
    const { attempts, sessions } = await world.rows()
    expect(attempts.at(-1)!.code).toBe('name_id_changed')
    expect(sessions).toHaveLength(1)
  })
})
