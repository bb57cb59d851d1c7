// A connection that was taken back to a draft after the request had left.
import { eq } from 'drizzle-orm'
import { connections } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

attack('connection-back-to-draft', {
  meanwhile: ({ world }) =>
    db.update(connections).set({ state: 'draft' }).where(eq(connections.sid, world.connectionSid)),
  code: 'connection_not_ready',
})
