// A stolen setup link removes the last key of a connection in use, to lock everybody out.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { editConnection } from '../../src/connections/operations.ts'
import {
  acceptPendingChange,
  listPendingChanges,
} from '../../src/connections/pending/operations.ts'
import { certificates, connections } from '../../src/platform/db/schema.ts'
import { codeOf, good, request } from '../support/request.ts'
import { createWorld, db, fingerprintOf } from '../support/world.ts'

const EMAIL = 'alice@tenant.example'

describe('link-removes-last-key', () => {
  it('waits: the last key stays, and people keep signing in', async () => {
    const world = await createWorld({ pinned: ['idp', 'idpNext'] })
    const { connectionSid, tenantSid } = world
    await world.addUser(EMAIL, { signInMethod: 'sso_enforced' })
    const capabilities = ['configure', 'test'] as const
    const mallory = {
      kind: 'customer admin',
      id: 'm',
      name: 'm',
      tenantSid,
      connectionSid,
      capabilities,
    } as const
    const isHere = eq(certificates.connectionSid, connectionSid)
    expect((await world.login(EMAIL)).finished?.status).toBe(302)
    const remove = async (key: 'idp' | 'idpNext') =>
      good(
        await editConnection(
          request(mallory),
          connectionSid,
          { removeCertificates: [await fingerprintOf(key)] },
          { cutsOff: 1 },
        ),
      )
    expect(await remove('idp')).toMatchObject({ waits: true, cutsOff: 1 })
    expect((await world.login(EMAIL)).finished?.status).toBe(302)
    // A key that no login needs goes at once: it may have been stolen.
    expect(await remove('idpNext')).toMatchObject({ waits: false })
    expect(await db.$count(certificates, isHere)).toBe(1)
    const [{ sid } = { sid: '' }] = good(await listPendingChanges(request(), connectionSid))
    expect(codeOf(await acceptPendingChange(request(), connectionSid, sid))).toEqual([
      'edit_cuts_off',
      'cutsOff',
    ])
    good(await acceptPendingChange(request(), connectionSid, sid, { cutsOff: 1 }))
    const [row] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
    expect(row!.state).toBe('draft')
  })
})
