// @boxyhq/saml20 of npm.
import type { Idp } from '../idp.ts'
import { enterPassword, startNodeLibrary } from './library.ts'
import { npmVersion } from './npm.ts'

export const boxyhq: Idp = {
  name: '@boxyhq/saml20',
  version: () => npmVersion('@boxyhq/saml20'),
  cannot({ sign, encrypt, algorithm }) {
    if (encrypt !== 'none') return 'it does not encrypt'
    if (algorithm !== 'rsa-sha256') return 'it signs with RSA-SHA256 alone'
    return sign === 'both' ? undefined : 'it signs Response and Assertion always'
  },
  checks: ['post'],
  cannotCancel: 'it writes no error response',
  enter: enterPassword,
  start: (order) => startNodeLibrary(order, 'boxyhq'),
}
