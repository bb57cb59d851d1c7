// The identity providers of a run, and the Debian packages that they need.
import { debianVersion } from './debian.ts'
import type { Idp } from './idp.ts'
import { boxyhq } from './idps/boxyhq.ts'
import { lasso } from './idps/lasso.ts'
import { lemonLDAP } from './idps/lemonldap.ts'
import { pysaml2 } from './idps/pysaml2.ts'
import { samlIdp } from './idps/saml-idp.ts'
import { samlify } from './idps/samlify.ts'
import { samlp } from './idps/samlp.ts'
import { simpleSAMLphp } from './idps/simplesamlphp.ts'

export const IDPS: readonly Idp[] = [
  simpleSAMLphp,
  lemonLDAP,
  pysaml2,
  lasso,
  samlp,
  samlify,
  samlIdp,
  boxyhq,
]

export function missingPackages(idps: Iterable<Idp>): string[] {
  const needed = new Set([...idps].flatMap(({ debian = [] }) => debian))
  return [...needed].filter((name) => debianVersion(name) === undefined)
}
