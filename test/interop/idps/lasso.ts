// Lasso of Debian.
import { DEBIAN, debianVersion } from '../debian.ts'
import type { Idp } from '../idp.ts'
import { enterPassword, startPythonLibrary } from './library.ts'

export const lasso: Idp = {
  name: 'Lasso',
  debian: DEBIAN.Lasso,
  version: () => debianVersion('python3-lasso')!,
  cannot({ sign, encrypt, algorithm }) {
    if (!algorithm.startsWith('rsa-sha')) return 'it signs with RSA PKCS#1 v1.5 alone'
    if (sign === 'response') return 'it signs the Assertion always'
    return encrypt.endsWith('-gcm') ? 'it has no AES-GCM' : undefined
  },
  checks: ['redirect', 'post'],
  enter: enterPassword,
  start: (order) => startPythonLibrary(order, 'lasso'),
}
