import {
  app,
  CLIENT_ID,
  CLIENT_SECRET,
  endSessionURL,
  ISSUER,
  listen,
  origin,
  userinfo,
} from './server.mjs'
import express from 'express'
import nextAuth from 'next-auth'
import { getToken } from 'next-auth/jwt'

process.env.NEXTAUTH_URL = origin
const NextAuth = nextAuth.default ?? nextAuth
// docs: settings
/** New tokens a minute before the access token ends. */
async function refresh(tokens) {
  if (Date.now() < (tokens.expiresAt - 60) * 1000) return tokens
  const response = await fetch(`${ISSUER}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      grant_type: 'refresh_token',
      refresh_token: tokens.refreshToken,
    }),
  })
  if (!response.ok) return { error: response.status }
  const { access_token, expires_in } = await response.json()
  const expiresAt = Math.floor(Date.now() / 1000) + expires_in
  return { ...tokens, accessToken: access_token, expiresAt }
}

// pages/api/auth/[...nextauth].js: the redirect URI is …/api/auth/callback/gatepost.
const settings = {
  secret: process.env.SESSION_SECRET,
  providers: [
    {
      id: 'gatepost',
      name: 'Gatepost',
      type: 'oauth',
      wellKnown: `${ISSUER}/.well-known/openid-configuration`,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authorization: { params: { scope: 'openid email profile offline_access' } },
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      profile: ({ sub, email, name }) => ({ id: sub, email, name }),
    },
  ],
  callbacks: {
    async jwt({ token, account }) {
      if (!account) return { ...token, tokens: await refresh(token.tokens) }
      const { access_token, refresh_token, expires_at, id_token } = account
      const tokens = {
        accessToken: access_token,
        refreshToken: refresh_token,
        expiresAt: expires_at,
        idToken: id_token,
      }
      return { ...token, tokens }
    },
    session({ session, token }) {
      session.tokens = token.tokens
      return session
    },
  },
}
// docs: end

// What Next.js does for a page of pages/api.
app.use('/api/auth', express.urlencoded({ extended: false }), (request, response) => {
  Object.defineProperty(request, 'query', {
    value: { ...request.query, nextauth: request.path.slice(1).split('/') },
  })
  const { cookie = '' } = request.headers
  request.cookies = Object.fromEntries(
    cookie
      .split('; ')
      .map((pair) => [pair.split('=')[0], decodeURIComponent(pair.slice(pair.indexOf('=') + 1))]),
  )
  request.body ??= {}
  return NextAuth(request, response, settings)
})
app.get('/login', (_, response) => response.redirect('/api/auth/signin?callbackUrl=/me'))
const me = async (request, response) => {
  const { cookie } = request.headers
  const session = await fetch(`${origin}/api/auth/session`, { headers: { cookie } })
  const { tokens } = await session.json()
  response.json(await userinfo(tokens.accessToken))
}
app.get('/me', me)
app.get('/refresh', me)
app.get('/logout', async (req, response) => {
  const { cookie = '' } = req.headers
  req.cookies = Object.fromEntries(cookie.split('; ').map((pair) => pair.split(/=(.*)/s)))
  const token = await getToken({ req, secret: process.env.SESSION_SECRET })
  response.redirect(endSessionURL(token.tokens.idToken))
})
listen()
