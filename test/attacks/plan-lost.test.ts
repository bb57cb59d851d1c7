// A tenant that lost its plan after the request had left.
import { eq } from 'drizzle-orm'
import { tenants } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

attack('plan-lost', {
  meanwhile: ({ world }) =>
    db.update(tenants).set({ plan: 'standard' }).where(eq(tenants.sid, world.tenantSid)),
  code: 'plan_required',
})
