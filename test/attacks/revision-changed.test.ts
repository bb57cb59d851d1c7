// A connection whose trust was changed after the request had left.
import { eq } from 'drizzle-orm'
import { connections } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

attack('revision-changed', {
  meanwhile: ({ world }) =>
    db.update(connections).set({ revision: 2 }).where(eq(connections.sid, world.connectionSid)),
  code: 'connection_changed',
})
