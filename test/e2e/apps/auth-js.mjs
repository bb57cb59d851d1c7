// An app with Auth.js, whose framework is Node's own server. The settings are those of
// docs/apps.md.
import { Auth } from '@auth/core'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { endSession, hasEnded } from './ended-sessions.mjs'

const { APP_PORT, AUTH_SECRET } = process.env
const origin = `http://localhost:${APP_PORT}`

// docs: settings
const settings = {
  providers: [
    {
      id: 'gatepost',
      name: 'Gatepost',
      type: 'oidc',
      issuer: process.env.ISSUER,
      clientId: process.env.CLIENT_ID,
      clientSecret: process.env.CLIENT_SECRET,
      checks: ['pkce', 'state', 'nonce'],
      // Else Auth.js fetches a logo from authjs.dev.
      style: { logo: '' },
    },
  ],
  callbacks: {
    // Runs at every use of the session; null ends it.
    jwt({ token, profile }) {
      if (profile) {
        // Auth.js has a `sub` and an `iat` of its own in its token.
        const { sub, sid, iat, tenant_sid: tenantSid } = profile
        Object.assign(token, { login: { sub, sid, iat }, tenantSid })
      }
      return hasEnded(token.login) ? null : token
    },
    session({ session, token }) {
      session.user.tenantSid = token.tenantSid
      return session
    },
  },
}
// docs: end

const config = { ...settings, basePath: '/auth', secret: AUTH_SECRET, trustHost: true }

createServer(async (request, response) => {
  const body = request.method === 'POST' ? await text(request) : null
  if (request.url === '/backchannel-logout') {
    const status = await endSession(new URLSearchParams(body).get('logout_token')).then(
      () => 204,
      () => 400,
    )
    response.writeHead(status).end()
    return
  }
  const { method, headers } = request
  const isAuth = request.url.startsWith('/auth/')
  const url = isAuth ? `${origin}${request.url}` : `${origin}/auth/session`
  const answer = await Auth(new Request(url, { method, headers, body }), config)
  for (const one of answer.headers.getSetCookie()) response.appendHeader('set-cookie', one)
  answer.headers.delete('set-cookie')
  response.setHeaders(answer.headers)
  if (isAuth) {
    response.writeHead(answer.status).end(await answer.text())
    return
  }
  const session = await answer.json()
  const words = session
    ? `Signed in as ${session.user.email} of ${session.user.tenantSid}`
    : 'Nobody is signed in'
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><title>Auth.js</title><link rel="icon" href="data:,"><h1>${words}</h1>`)
}).listen(Number(APP_PORT), '127.0.0.1')
