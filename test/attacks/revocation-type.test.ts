// revocation-type: an ID token of the same org, which has the same keys.
import { it } from 'vitest'
import { forge } from '../revocation/forge.ts'

it('refuses a token of another type', async () => {
  await forge({ header: { typ: 'JWT' } }, 'type')
})
