// Apps that sign their users in through Gatepost, as a case sees them: one process each, registered
// as any app is.
import { randomBytes, randomUUID } from 'node:crypto'
import { createClient, type ClientFields } from '../../../src/clients/operations.ts'
import { findFreePort } from './ports.ts'
import { start, waitFor } from './processes.ts'
import type { World } from './world.ts'

export type AppKind = keyof typeof APPS

export type App = {
  kind: AppKind
  origin: string
  clientSid: string
  /** Where a login begins. */
  loginURL: string
  stop(): Promise<void>
}

type Kind = {
  fields(origin: string): Partial<ClientFields> & { redirectURIs: string[] }
  /** Of node. */
  command(port: number, settings: Record<string, string>): string[]
  login: string
  /** What it answers to clients other than browsers. */
  status?: number
}

const backChannel = (origin: string) => ({ backchannelLogoutURI: `${origin}/backchannel-logout` })

const passport = (file: string) => ({
  fields: (origin: string) => ({
    redirectURIs: [`${origin}/callback`],
    ...backChannel(origin),
  }),
  command: () => [`test/e2e/apps/${file}`],
  login: '/login',
})

const APPS = {
  node: {
    fields: (origin) => ({
      redirectURIs: [`${origin}/callback`],
      postLogoutRedirectURIs: [`${origin}/`],
      passwordLoginURL: `${origin}/password`,
      initiateLoginURI: `${origin}/login`,
      returnOrigins: [origin],
      ...backChannel(origin),
    }),
    command: () => ['examples/node-app/app.ts'],
    login: '/login',
  },
  edge: {
    fields: (origin) => ({
      clientType: 'public',
      redirectURIs: [`${origin}/signed-in`],
      postLogoutRedirectURIs: [`${origin}/`],
    }),
    // So old a token may be: cases wait for it.
    command: (port, { ISSUER, CLIENT_ID }) =>
      `node_modules/wrangler/bin/wrangler.js dev --local --config examples/edge-worker/wrangler.toml
       --ip 127.0.0.1 --port ${port} --inspector-port 0 --show-interactive-dev-session=false
       --var ISSUER:${ISSUER} CLIENT_ID:${CLIENT_ID} SESSION_SECONDS:2`.split(/\s+/),
    login: '/some/page?x=1',
    status: 401,
  },
  authJs: {
    fields: (origin) => ({
      redirectURIs: [`${origin}/auth/callback/gatepost`],
      ...backChannel(origin),
    }),
    command: () => ['test/e2e/apps/auth-js.mjs'],
    login: '/auth/signin',
  },
  passport: passport('passport.mjs'),
  passportOpenIDConnect: passport('passport-openidconnect.mjs'),
} satisfies Record<string, Kind>

/** `more` goes before what the kind is registered with. */
export async function startApp(
  world: World,
  kind: AppKind,
  more: Partial<ClientFields> = {},
): Promise<App> {
  const { fields, command, login, status }: Kind = APPS[kind]
  const port = await findFreePort()
  const origin = `http://localhost:${port}`
  const made = await createClient(world.database.ask(), {
    name: `Example app ${port}`,
    ...fields(origin),
    ...more,
  })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  const { client, secret } = made.value
  const settings = {
    ISSUER: world.origin,
    CLIENT_ID: client.sid,
    CLIENT_SECRET: secret ?? '',
    APP_PORT: String(port),
    AUTH_SECRET: randomBytes(32).toString('base64url'),
  }
  const started = start({
    folder: `${world.runFolder}/${randomUUID()}`,
    cwd: world.root,
    command: process.execPath,
    arguments: command(port, settings),
    environment: settings,
  })
  await waitFor(origin, started, status)
  return { kind, origin, clientSid: client.sid, loginURL: origin + login, stop: started.stop }
}
