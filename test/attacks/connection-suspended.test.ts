// A connection that was suspended after the request had left.
import { eq } from 'drizzle-orm'
import { connections } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

attack('connection-suspended', {
  meanwhile: ({ world }) =>
    db
      .update(connections)
      .set({ state: 'suspended' })
      .where(eq(connections.sid, world.connectionSid)),
  code: 'connection_suspended',
})
