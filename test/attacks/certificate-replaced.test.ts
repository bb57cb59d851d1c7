// A certificate that was replaced after the request had left: the key that signed is not trusted
// any more.
import { eq } from 'drizzle-orm'
import { certificates } from '../../src/platform/db/schema.ts'
import { certificateOf } from '../support/keys.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

attack('certificate-replaced', {
  meanwhile: ({ world }) =>
    db
      .update(certificates)
      .set({ certificate: certificateOf('idpNext') })
      .where(eq(certificates.connectionSid, world.connectionSid)),
  code: 'signature_invalid',
})
