// A confirmation by a key that nobody here can check.
import { attack } from './harness.ts'

for (const method of ['holder-of-key', 'sender-vouches'])
  attack(`subject-holder-of-key, ${method}`, {
    message: ({ respond }) =>
      respond({ confirmations: [{ method: `urn:oasis:names:tc:SAML:2.0:cm:${method}` }] }),
    code: 'bearer',
  })
