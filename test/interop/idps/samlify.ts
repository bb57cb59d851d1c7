// samlify of npm.
import type { Idp } from '../idp.ts'
import { enterPassword, startNodeLibrary } from './library.ts'
import { npmVersion } from './npm.ts'

export const samlify: Idp = {
  name: 'samlify',
  version: () => npmVersion('samlify'),
  cannot({ algorithm }) {
    if (algorithm === 'ecdsa-sha256') return 'it signs with RSA alone'
    return undefined
  },
  checks: ['redirect', 'post'],
  encryptsLast: true,
  cannotCancel: 'it writes no error response',
  enter: enterPassword,
  start: (order) => startNodeLibrary(order, 'samlify'),
}
