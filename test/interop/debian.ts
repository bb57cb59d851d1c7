// Packages of Debian: those that each IdP needs, and their versions.
import { spawnSync } from 'node:child_process'

export const DEBIAN = {
  SimpleSAMLphp: [
    'simplesamlphp',
    'php-cli',
    'php-xml',
    'php-mbstring',
    'php-curl',
    'curl',
    'procps',
  ],
  'LemonLDAP::NG': [
    'lemonldap-ng',
    'starman',
    'libplack-perl',
    'liblasso-perl',
    'libdbd-sqlite3-perl',
    'libxml-simple-perl',
    'libxml-libxml-perl',
    'libio-string-perl',
  ],
  pysaml2: ['python3-pysaml2', 'xmlsec1'],
  Lasso: ['python3-lasso'],
} as const satisfies Record<string, readonly string[]>

const QUERY_MILLISECONDS = 10_000

/** Of an installed package; undefined: it is not installed. */
export function debianVersion(name: string): string | undefined {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Status} ${Version}', name], {
    encoding: 'utf8',
    timeout: QUERY_MILLISECONDS,
  })
  return /^install ok installed (.*)$/.exec(stdout ?? '')?.[1]
}
