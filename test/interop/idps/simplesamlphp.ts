// SimpleSAMLphp of Debian, under PHP's own web server.
import { mkdirSync, writeFileSync } from 'node:fs'
import { run } from '../../e2e/harness/processes.ts'
import type { Idp } from '../idp.ts'
import { enterPassword } from './library.ts'
import { DEBIAN, debianVersion } from '../debian.ts'

const RSA_SHA1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'

export const simpleSAMLphp: Idp = {
  name: 'SimpleSAMLphp',
  debian: DEBIAN.SimpleSAMLphp,
  version: () => debianVersion('simplesamlphp')!,
  cannot({ encrypt, algorithm }) {
    if (!algorithm.startsWith('rsa-sha')) return 'it signs with RSA PKCS#1 v1.5 alone'
    if (encrypt !== 'none' && encrypt !== 'aes128-cbc') return 'it encrypts with AES-128-CBC alone'
    return undefined
  },
  authenticatedBy: 'Password',
  checks: ['redirect', 'post'],
  cannotCancel: 'its form has no such button',
  // Its NameID names the service too.
  misdirected: 'sp_name_qualifier',
  enter: enterPassword,
  async start({ root, folder, port, key, certificate, providers, people }) {
    mkdirSync(folder, { recursive: true })
    const list = providers.map(({ metadata, setting: { sign, encrypt, algorithm } }) => {
      const uri = `http://www.w3.org/2001/04/xmldsig-more#${algorithm}`
      return { metadata, sign, encrypt, algorithm: algorithm === 'rsa-sha1' ? RSA_SHA1 : uri }
    })
    writeFileSync(`${folder}/providers.json`, JSON.stringify(list))
    const script = (verb: 'start' | 'stop') =>
      run({
        folder: `${folder}/${verb}`,
        cwd: root,
        command: 'test/e2e/idp/simplesamlphp.sh',
        arguments: [verb],
        environment: {
          RUN: folder,
          PORT: String(port),
          PEOPLE: JSON.stringify(people),
          IDP_KEY: key,
          IDP_CERTIFICATE: certificate,
          SERVICE_PROVIDERS: `${folder}/providers.json`,
        },
      })
    const { entityID, sso } = JSON.parse(await script('start')) as { entityID: string; sso: string }
    return {
      metadataURL: entityID,
      unsolicitedURL: (provider) =>
        `${sso}?${new URLSearchParams({ spentityid: provider.entityID })}`,
      async stop() {
        await script('stop')
      },
    }
  },
}
