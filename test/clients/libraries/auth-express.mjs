import {
  app,
  CLIENT_ID,
  CLIENT_SECRET,
  endSessionURL,
  ISSUER,
  listen,
  userinfo,
} from './server.mjs'
// docs: settings
import { ExpressAuth, getSession } from '@auth/express'

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
  if (!response.ok) return null
  const { access_token, expires_in } = await response.json()
  const expiresAt = Math.floor(Date.now() / 1000) + expires_in
  return { ...tokens, accessToken: access_token, expiresAt }
}

const settings = {
  trustHost: true,
  secret: process.env.SESSION_SECRET,
  providers: [
    {
      id: 'gatepost',
      name: 'Gatepost',
      type: 'oidc',
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authorization: { params: { scope: 'openid email profile offline_access' } },
      checks: ['pkce', 'state', 'nonce'],
      // Else Auth.js fetches a logo from authjs.dev.
      style: { logo: '' },
    },
  ],
  callbacks: {
    // Runs at every use of the session; null ends it.
    async jwt({ token, account, profile }) {
      if (!account) return (await refresh(token.tokens)) && token
      token.sub = profile.sub
      token.tokens = {
        accessToken: account.access_token,
        refreshToken: account.refresh_token,
        expiresAt: account.expires_at,
        idToken: account.id_token,
      }
      return token
    },
    session({ session, token }) {
      session.tokens = token.tokens
      return session
    },
  },
}
// The redirect URI is …/auth/callback/gatepost.
app.use('/auth', ExpressAuth(settings))
// docs: end

app.get('/login', (_, response) => response.redirect('/auth/signin?callbackUrl=/me'))
const me = async (request, response) => {
  const { tokens } = await getSession(request, settings)
  response.json(await userinfo(tokens.accessToken))
}
app.get('/me', me)
app.get('/refresh', me)
app.get('/logout', async (request, response) => {
  const { tokens } = await getSession(request, settings)
  response.redirect(endSessionURL(tokens.idToken))
})
listen()
