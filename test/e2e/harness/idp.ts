// The identity providers, as a case sees them: one process each, made for one connection.
import { mkdirSync, writeFileSync } from 'node:fs'
import { people } from '../../../examples/demo/customer.ts'
import { toPEM, type KeyPair } from './keys.ts'
import { findFreePort } from './ports.ts'
import { run, start, waitFor } from './processes.ts'

export type IdpKind = 'demo' | 'simplesamlphp'

export type IdpOptions = {
  sign?: 'response' | 'assertion' | 'both'
  encrypt?: 'none' | 'aes256-gcm' | 'aes128-cbc'
}

export type Idp = {
  kind: IdpKind
  name: string
  entityID: string
  /** DER in base64. */
  certificate: string
  /** Takes requests by both bindings. */
  ssoURL: string
  /** Where a login begins that nobody has asked for. */
  unsolicitedURL: string
  stop(): Promise<void>
}

type Order = {
  root: string
  folder: string
  keys: KeyPair
  sp: { entityID: string; acsURL: string; certificate: string }
} & IdpOptions

/** Both refuse requests that the SP has not signed. */
export function startIdp(kind: IdpKind, order: Order): Promise<Idp> {
  return kind === 'demo' ? startDemo(order) : startSimpleSAMLphp(order)
}

async function startDemo(order: Order): Promise<Idp> {
  const port = await findFreePort()
  const base = `http://127.0.0.1:${port}`
  const { sp, sign = 'both', encrypt = 'none' } = order
  const config = { port, entityID: `${base}/metadata`, ...order.keys, sp, sign, encrypt }
  mkdirSync(order.folder)
  writeFileSync(`${order.folder}/config.json`, JSON.stringify(config), { mode: 0o600 })
  const started = start({
    folder: order.folder,
    cwd: order.root,
    command: process.execPath,
    arguments: ['examples/demo/idp.ts', `${order.folder}/config.json`],
  })
  await waitFor(config.entityID, started)
  return {
    kind: 'demo',
    name: 'Demo identity provider',
    entityID: config.entityID,
    certificate: order.keys.certificate,
    ssoURL: `${base}/sso`,
    unsolicitedURL: `${base}/unsolicited`,
    stop: started.stop,
  }
}

async function startSimpleSAMLphp(order: Order): Promise<Idp> {
  const { root, folder, keys, sp } = order
  mkdirSync(folder)
  writeFileSync(`${folder}/idp.key`, toPEM('PRIVATE KEY', keys.privateKey), { mode: 0o600 })
  writeFileSync(`${folder}/idp.crt`, toPEM('CERTIFICATE', keys.certificate))
  const environment = {
    RUN: folder,
    PORT: String(await findFreePort()),
    SP_ENTITY_ID: sp.entityID,
    SP_ACS_URL: sp.acsURL,
    SP_CERTIFICATE: sp.certificate,
    PEOPLE: JSON.stringify(people),
    SIGN: order.sign ?? 'both',
    ENCRYPT: order.encrypt ?? 'none',
  }
  const script = (verb: 'start' | 'stop') =>
    run({
      folder: `${folder}/${verb}`,
      cwd: root,
      command: 'test/e2e/idp/simplesamlphp.sh',
      arguments: [verb],
      environment,
    })
  const { entityID, sso } = JSON.parse(await script('start')) as { entityID: string; sso: string }
  return {
    kind: 'simplesamlphp',
    name: 'SimpleSAMLphp',
    entityID,
    certificate: keys.certificate,
    ssoURL: sso,
    unsolicitedURL: `${sso}?spentityid=${encodeURIComponent(sp.entityID)}`,
    async stop() {
      await script('stop')
    },
  }
}
