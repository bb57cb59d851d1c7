// pysaml2 of Debian, whose signatures and encryption are those of xmlsec1.
import { DEBIAN, debianVersion } from '../debian.ts'
import type { Idp } from '../idp.ts'
import { enterPassword, startPythonLibrary } from './library.ts'

export const pysaml2: Idp = {
  name: 'pysaml2',
  debian: DEBIAN.pysaml2,
  version: () => debianVersion('python3-pysaml2')!,
  cannot: ({ algorithm }) =>
    algorithm === 'rsa-pss-sha256' ? 'its xmlsec1 does not sign with RSA-PSS' : undefined,
  checks: ['redirect', 'post'],
  enter: enterPassword,
  start: (order) => startPythonLibrary(order, 'pysaml2'),
}
