// Key settings as a deployment may have them.
import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'
import { env } from 'cloudflare:workers'
import { readConfig, type Env, type KeySecrets } from '../../src/env.ts'
import { DEVELOPMENT_SUBJECT } from '../../src/keys/secrets.ts'
import { certificateOf, privateKeyOf, publicKeyOf, type KeyName } from '../support/keys.ts'
import { base64 } from '../support/sign-text.ts'

/** PKCS#8 in base64, as the setting has it. */
export function privateKeySetting(name: KeyName): string {
  return base64(privateKeyOf(name))
}

/** A pair's two settings. */
export function pair(stage: '' | 'NEXT_' | 'PREVIOUS_', name: KeyName): Partial<Env> {
  return {
    [`SP_${stage}PRIVATE_KEY`]: privateKeySetting(name),
    [`SP_${stage}CERTIFICATE`]: certificateOf(name),
  }
}

/** The tests' own environment has a current pair and a key-encryption key. */
export function deployed(...settings: Partial<Env>[]): Env {
  return Object.assign({ ...env }, ...settings)
}

export const NO_PAIR: Partial<Env> = { SP_PRIVATE_KEY: '', SP_CERTIFICATE: '' }
export const NO_ENCRYPTION: Partial<Env> = { KEY_ENCRYPTION_KEY: '' }
export const OTHER_ENCRYPTION: Partial<Env> = { KEY_ENCRYPTION_KEY: btoa('x'.repeat(32)) }

export function secretsOf(...settings: Partial<Env>[]): KeySecrets {
  return readConfig(deployed(...settings)).keySecrets
}

/** A pair as `npm start` makes them. */
export async function developmentPair(): Promise<Partial<Env>> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { subtle } = crypto
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: DEVELOPMENT_SUBJECT,
    serialNumber: '01',
    signingAlgorithm: algorithm,
    keys: {
      privateKey: await subtle.importKey('pkcs8', privateKeyOf('sp'), algorithm, true, ['sign']),
      publicKey: await subtle.importKey('spki', publicKeyOf('sp'), algorithm, true, ['verify']),
    },
  })
  return {
    SP_PRIVATE_KEY: privateKeySetting('sp'),
    SP_CERTIFICATE: base64(certificate.rawData),
  }
}
