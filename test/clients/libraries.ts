// The OpenID Connect libraries that `node test/clients.ts` runs: how each is started, and how its
// app is registered.
import type { ClientFields } from '../../src/clients/fields.ts'

export type Library = {
  /** As in the table of docs/apps.md. */
  name: string
  /**
   * The package whose version the table shows: of npm, or of Debian. `with`: what Debian does not
   * install by itself.
   */
  package: { npm: string } | { debian: string; with?: readonly string[] }
  /** In test/clients/libraries: its settings are in docs/apps.md. */
  file: string
  /** By the kind of file. `folder` is the app's own. */
  command: (folder: string) => string[]
  /** The path of its redirect URI. */
  callback: string
  /** What its registration needs beside the defaults. */
  fields?: Partial<ClientFields>
  /** A button on the library's own page that begins the login. */
  button?: string
  /** How six refreshes at once come about; `none`: the library does not refresh. */
  refreshes: 'six requests' | 'one page' | 'none'
  /** Seconds after which it refreshes by itself. */
  wait?: number
  /** What no setting can change. */
  limit?: string
  /** In the short run of CI. */
  isShort?: true
}

/** Of files that Node runs. */
const node = (file: string) => ({ file, command: () => [process.execPath, file] })
/** Libraries that cannot send PKCE. */
const NO_PKCE = { pkce: 'optional' } as const

export const LIBRARIES: readonly Library[] = [
  {
    name: 'openid-client 6',
    package: { npm: 'openid-client' },
    ...node('openid-client.mjs'),
    callback: '/callback',
    refreshes: 'six requests',
    isShort: true,
  },
  {
    name: 'openid-client 5',
    package: { npm: 'openid-client5' },
    ...node('openid-client-5.mjs'),
    callback: '/callback',
    refreshes: 'six requests',
  },
  {
    name: 'oauth4webapi',
    package: { npm: 'oauth4webapi' },
    ...node('oauth4webapi.mjs'),
    callback: '/callback',
    refreshes: 'six requests',
  },
  {
    name: 'Auth.js',
    package: { npm: '@auth/express' },
    ...node('auth-express.mjs'),
    callback: '/auth/callback/gatepost',
    fields: { accessTokenSeconds: 60 },
    button: 'Gatepost',
    refreshes: 'six requests',
  },
  {
    name: 'next-auth 4',
    package: { npm: 'next-auth' },
    ...node('next-auth-4.mjs'),
    callback: '/api/auth/callback/gatepost',
    fields: { accessTokenSeconds: 60 },
    button: 'Gatepost',
    refreshes: 'six requests',
    isShort: true,
  },
  {
    name: 'express-openid-connect',
    package: { npm: 'express-openid-connect' },
    ...node('express-openid-connect.mjs'),
    callback: '/callback',
    refreshes: 'six requests',
  },
  {
    name: 'passport-openidconnect',
    package: { npm: 'passport-openidconnect' },
    ...node('passport-openidconnect.mjs'),
    callback: '/callback',
    fields: NO_PKCE,
    refreshes: 'none',
    limit: 'sends no PKCE, does not refresh',
  },
  {
    name: '@okta/oidc-middleware',
    package: { npm: '@okta/oidc-middleware' },
    ...node('okta-oidc-middleware.mjs'),
    callback: '/callback',
    fields: NO_PKCE,
    refreshes: 'none',
    limit: 'sends neither PKCE nor a nonce, does not refresh',
  },
  {
    name: 'better-auth',
    package: { npm: 'better-auth' },
    ...node('better-auth.mjs'),
    callback: '/api/auth/callback/gatepost',
    refreshes: 'six requests',
  },
  {
    name: 'grant',
    package: { npm: 'grant' },
    ...node('grant.mjs'),
    callback: '/connect/gatepost/callback',
    refreshes: 'none',
    limit: 'does not refresh, does not verify the signature of the ID token',
  },
  {
    name: '@hono/oidc-auth',
    package: { npm: '@hono/oidc-auth' },
    ...node('hono-oidc-auth.mjs'),
    callback: '/callback',
    refreshes: 'six requests',
    wait: 3,
    limit: 'keeps no ID token: at a logout Gatepost asks the person',
  },
  {
    name: '@fastify/oauth2',
    package: { npm: '@fastify/oauth2' },
    ...node('fastify-oauth2.mjs'),
    callback: '/callback',
    refreshes: 'six requests',
    limit: 'does not verify the ID token',
  },
  {
    name: 'oidc-client-ts',
    package: { npm: 'oidc-client-ts' },
    file: 'oidc-client-ts.mjs',
    command: () => [process.execPath, 'browser-app.mjs', 'oidc-client-ts.mjs'],
    callback: '/callback',
    fields: { clientType: 'public' },
    refreshes: 'one page',
  },
  {
    name: 'settings of Spring Boot',
    package: { npm: 'openid-client' },
    file: 'spring.properties',
    command: () => [process.execPath, 'spring-settings.mjs'],
    callback: '/login/oauth2/code/gatepost',
    fields: NO_PKCE,
    refreshes: 'none',
    limit: 'run by openid-client: Spring itself was not run',
    isShort: true,
  },
  {
    name: 'mod_auth_openidc',
    package: { debian: 'libapache2-mod-auth-openidc', with: ['apache2'] },
    file: 'mod_auth_openidc.conf',
    command: (folder) => ['./apache.sh', folder],
    callback: '/callback',
    fields: { accessTokenSeconds: 60 },
    refreshes: 'six requests',
    wait: 3,
    isShort: true,
  },
  {
    name: 'Authlib (Flask)',
    package: { debian: 'python3-authlib', with: ['python3-flask', 'python3-requests'] },
    file: 'authlib_app.py',
    command: () => ['/usr/bin/python3', 'authlib_app.py'],
    callback: '/callback',
    refreshes: 'six requests',
  },
  {
    name: 'requests-oauthlib',
    package: { debian: 'python3-requests-oauthlib', with: ['python3-flask', 'python3-requests'] },
    file: 'requests_oauthlib_app.py',
    command: () => ['/usr/bin/python3', 'requests_oauthlib_app.py'],
    callback: '/callback',
    fields: NO_PKCE,
    refreshes: 'six requests',
    limit: 'sends no PKCE, does not verify the ID token',
  },
  {
    name: 'omniauth_openid_connect',
    package: { debian: 'ruby-omniauth-openid-connect', with: ['ruby-webrick'] },
    file: 'omniauth.rb',
    command: () => ['/usr/bin/ruby', 'omniauth.rb'],
    callback: '/auth/gatepost/callback',
    fields: NO_PKCE,
    refreshes: 'none',
    limit: 'sends no PKCE, does not refresh',
  },
  {
    name: 'go-oidc',
    package: { debian: 'golang-github-coreos-go-oidc-dev', with: ['golang-go'] },
    file: 'go-oidc.go',
    command: (folder) => ['./go.sh', folder],
    callback: '/callback',
    refreshes: 'six requests',
  },
]
