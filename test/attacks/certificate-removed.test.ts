// A certificate that was removed after the request had left.
import { eq } from 'drizzle-orm'
import { certificates } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

attack('certificate-removed', {
  meanwhile: ({ world }) =>
    db.delete(certificates).where(eq(certificates.connectionSid, world.connectionSid)),
  code: 'signature_no_key',
})
