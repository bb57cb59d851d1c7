// Hundreds of attributes.
import { attack } from './harness.ts'

attack('attribute-many', {
  message: ({ respond }) =>
    respond({
      attributes: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`a${index}`, 'b'])),
    }),
  code: 'assertion_structure',
})
