// The domain in other letters is the same domain.
import { harmless } from './harness.ts'

harmless('email-domain-case', {
  message: ({ respond }) =>
    respond({
      attributes: {
        email: 'alice@TENANT.Example',
        firstName: 'Alice',
        lastName: 'Ämter & Söhne',
      },
    }),
})
