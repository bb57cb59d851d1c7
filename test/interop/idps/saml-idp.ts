// saml-idp of npm: a command, with a form of claims in place of a password.
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { start, waitFor } from '../../e2e/harness/processes.ts'
import type { Idp } from '../idp.ts'
import { PACKAGES } from '../packages.ts'
import { npmVersion } from './npm.ts'

export const samlIdp: Idp = {
  name: 'saml-idp',
  version: () => npmVersion('saml-idp', PACKAGES),
  cannot({ sign, encrypt, algorithm }) {
    if (algorithm !== 'rsa-sha256') return 'it signs with RSA-SHA256 alone'
    if (sign === 'response') return 'it signs the Assertion always'
    if (encrypt !== 'none' && encrypt !== 'aes256-cbc') return 'it encrypts with AES-256-CBC alone'
    return undefined
  },
  checks: [],
  cannotCancel: 'it writes no error response',
  isSingle: true,
  enter: ({ mail, givenName, sn, displayName }) => ({
    userName: mail,
    email: mail,
    firstName: givenName,
    lastName: sn,
    displayName,
  }),
  async start({ root, folder, port, key, certificate, spCertificate, providers }) {
    const [provider, ...others] = providers
    if (!provider || others.length > 0) throw new TypeError('saml-idp knows one service provider')
    const base = `http://127.0.0.1:${port}`
    const { entityID, acsURL, setting } = provider
    mkdirSync(folder, { recursive: true })
    const { publicKey } = new X509Certificate(readFileSync(spCertificate))
    writeFileSync(`${folder}/sp.pub`, publicKey.export({ type: 'spki', format: 'pem' }))
    const started = start({
      folder,
      cwd: root,
      command: process.execPath,
      arguments: [
        `${PACKAGES}/node_modules/saml-idp/bin/run.js`,
        '--host=127.0.0.1',
        `--port=${port}`,
        `--key=${key}`,
        `--cert=${certificate}`,
        `--issuer=${base}/metadata`,
        `--acsUrl=${acsURL}`,
        `--audience=${entityID}`,
        `--configFile=${PACKAGES}/node_modules/saml-idp/config.js`,
        `--signResponse=${setting.sign !== 'assertion'}`,
        `--encryptAssertion=${setting.encrypt !== 'none'}`,
        `--encryptionCert=${spCertificate}`,
        `--encryptionPublicKey=${folder}/sp.pub`,
      ],
    })
    await waitFor(`${base}/metadata`, started)
    return {
      metadataURL: `${base}/metadata`,
      unsolicitedURL: () => `${base}/idp`,
      stop: started.stop,
    }
  },
}
