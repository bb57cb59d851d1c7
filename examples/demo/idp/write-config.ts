// Writes the demo IdP's configuration file for `npm start`: keys kept, everything else as this run
// wants it.
import { connectionSid } from '../customer.ts'
import { ensureIdpKey, writePrivately } from '../secrets.ts'
import { readIdpConfig } from './config.ts'

type Run = {
  /** The origin of the Worker. */
  origin: string
  idpPort: number
  /** Where a login begins. */
  startURL: string
  /** DER in base64. */
  spCertificate: string
}

/**
 * SIGN and ENCRYPT in the environment choose how responses are made. Throws an Error of one line.
 */
export async function writeIdpConfig(path: string, run: Run): Promise<void> {
  const { privateKey, certificate } = await ensureIdpKey(path)
  const sp = `${run.origin}/saml/${connectionSid}`
  const config = {
    port: run.idpPort,
    entityID: `http://127.0.0.1:${run.idpPort}/metadata`,
    privateKey,
    certificate,
    sp: { entityID: `${sp}/metadata`, acsURL: `${sp}/acs`, certificate: run.spCertificate },
    sign: process.env.SIGN || 'both',
    encrypt: process.env.ENCRYPT || 'none',
    startURL: run.startURL,
  }
  writePrivately(path, `${JSON.stringify(config, null, 2)}\n`)
  readIdpConfig(path)
}
