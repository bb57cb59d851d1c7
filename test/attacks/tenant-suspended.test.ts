// A tenant that was suspended after the request had left.
import { eq } from 'drizzle-orm'
import { tenants } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

attack('tenant-suspended', {
  meanwhile: ({ world }) =>
    db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, world.tenantSid)),
  code: 'connection_suspended',
})
