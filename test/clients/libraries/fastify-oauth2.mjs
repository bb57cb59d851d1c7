import { randomUUID } from 'node:crypto'
import { CLIENT_ID, CLIENT_SECRET, endSessionURL, ISSUER, origin, PORT } from './server.mjs'
// docs: settings
import oauth2 from '@fastify/oauth2'
import Fastify from 'fastify'

const fastify = Fastify()
await fastify.register(oauth2, {
  name: 'gatepost',
  discovery: { issuer: ISSUER },
  credentials: { client: { id: CLIENT_ID, secret: CLIENT_SECRET } },
  scope: ['openid', 'email', 'profile', 'offline_access'],
  pkce: 'S256',
  startRedirectPath: '/login',
  callbackUri: `${origin}/callback`,
})

/** Use a table in production. */
const sessions = new Map()

fastify.get('/callback', async (request, reply) => {
  const { token } = await fastify.gatepost.getAccessTokenFromAuthorizationCodeFlow(request, reply)
  const session = randomUUID()
  sessions.set(session, token)
  return reply.setCookie('app', session, { httpOnly: true, path: '/' }).redirect('/me')
})
// docs: end

const tokenOf = ({ cookies }) => sessions.get(cookies.app)
fastify.get('/me', (request) => fastify.gatepost.userinfo(tokenOf(request).access_token))
fastify.get('/refresh', async (request) => {
  const { token } = await fastify.gatepost.getNewAccessTokenUsingRefreshToken(tokenOf(request), {})
  return fastify.gatepost.userinfo(token.access_token)
})
fastify.get('/logout', async (request, reply) => {
  const token = tokenOf(request)
  // Its HTTP client takes JSON alone.
  await fastify.gatepost.revokeToken(token, 'refresh_token', {})
  return reply.redirect(endSessionURL(token.id_token))
})
fastify.get('/ready', () => ({}))
fastify.get('/bye', () => ({ left: true }))
await fastify.listen({ port: Number(PORT), host: '127.0.0.1' })
