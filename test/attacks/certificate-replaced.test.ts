// A certificate that was replaced after the request had left: the key that signed is not trusted
// any more.
import { eq } from 'drizzle-orm'
import { certificates } from '../../src/platform/db/schema.ts'
import { certificateOf } from '../support/keys.ts'
import { storedCertificate } from '../support/stored-certificate.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

attack('certificate-replaced', {
  meanwhile: async ({ world }) =>
    db
      .update(certificates)
      .set(await storedCertificate(certificateOf('idpNext')))
      .where(eq(certificates.connectionSid, world.connectionSid)),
  code: 'signature_invalid',
})
