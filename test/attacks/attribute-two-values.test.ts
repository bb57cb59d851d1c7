// Two values of one Attribute.
import { attack } from './harness.ts'

const NAME = { firstName: 'Alice', lastName: 'Adams' }

attack('attribute-two-values, e-mail', {
  message: ({ respond }) =>
    respond({ attributes: { ...NAME, email: ['alice@tenant.example', 'bob@tenant.example'] } }),
  code: 'attribute_duplicate',
})

attack('attribute-two-values, the same e-mail', {
  message: ({ respond }) =>
    respond({ attributes: { ...NAME, email: ['alice@tenant.example', 'alice@tenant.example'] } }),
  code: 'attribute_duplicate',
})

attack('attribute-two-values, an empty one first', {
  message: ({ respond }) =>
    respond({ attributes: { ...NAME, email: ['', 'alice@tenant.example'] } }),
  code: 'attribute_duplicate',
})

attack('attribute-two-values, name', {
  message: ({ respond }) =>
    respond({
      attributes: { email: 'alice@tenant.example', firstName: ['Alice', 'Bob'], lastName: 'Adams' },
    }),
  code: 'attribute_duplicate',
})
