// samlp of npm.
import type { Idp } from '../idp.ts'
import { enterPassword, startNodeLibrary } from './library.ts'
import { npmVersion } from './npm.ts'

export const samlp: Idp = {
  name: 'samlp',
  version: () => npmVersion('samlp'),
  cannot: ({ algorithm }) =>
    /^rsa-sha(1|256)$/.test(algorithm) ? undefined : 'it signs with RSA-SHA1 and RSA-SHA256 alone',
  checks: ['redirect', 'post'],
  enter: enterPassword,
  start: (order) => startNodeLibrary(order, 'samlp'),
}
