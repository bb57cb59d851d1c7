// The set-up of a case: a new connection and a new IdP for it. Cases share neither sessions nor
// settings.
import { randomUUID } from 'node:crypto'
import { createSid } from '../../../src/ids.ts'
import type { ConnectionFields } from './database.ts'
import { startIdp, type Idp, type IdpKind, type IdpOptions } from './idp.ts'
import type { World } from './world.ts'

export type Scene = {
  origin: string
  connectionSid: string
  /** Where a login begins. */
  startURL: string
  idp: Idp
  /** Stops the IdP. */
  end(): Promise<void>
}

export type Setting = {
  idp?: IdpOptions | ((kind: IdpKind) => IdpOptions)
  connection?: ConnectionFields | ((idp: Idp) => ConnectionFields)
}

/** Starts an IdP of a connection. */
export async function openIdp(
  world: World,
  kind: IdpKind,
  connectionSid: string,
  options: IdpOptions = {},
): Promise<Idp> {
  const { origin, root, runFolder, serviceProvider } = world
  const base = `${origin}/saml/${connectionSid}`
  const idp = await startIdp(kind, {
    root,
    folder: `${runFolder}/${randomUUID()}`,
    keys: world.idpKeys,
    sp: {
      entityID: `${base}/metadata`,
      acsURL: `${base}/acs`,
      certificate: serviceProvider.certificate,
    },
    ...options,
  })
  world.closers.add(idp.stop)
  return idp
}

export async function setScene(world: World, kind: IdpKind, setting: Setting): Promise<Scene> {
  const { origin } = world
  const connectionSid = createSid('CN')
  const options = typeof setting.idp === 'function' ? setting.idp(kind) : setting.idp
  const idp = await openIdp(world, kind, connectionSid, options)
  const { connection = {} } = setting
  const fields = typeof connection === 'function' ? connection(idp) : connection
  await world.database.addConnection(connectionSid, idp, fields)
  return {
    origin,
    connectionSid,
    startURL: `${origin}/sso/${connectionSid}`,
    idp,
    async end() {
      world.closers.delete(idp.stop)
      await Promise.all([idp.stop(), world.database.closeConnection(connectionSid)])
    },
  }
}
