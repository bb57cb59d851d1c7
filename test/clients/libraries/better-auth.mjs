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
// docs: settings
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import { genericOAuth } from 'better-auth/plugins'

const auth = betterAuth({
  baseURL: origin,
  secret: process.env.SESSION_SECRET,
  // Your own database in production.
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  plugins: [
    genericOAuth({
      config: [
        {
          providerId: 'gatepost',
          discoveryUrl: `${ISSUER}/.well-known/openid-configuration`,
          clientId: CLIENT_ID,
          clientSecret: CLIENT_SECRET,
          scopes: ['openid', 'email', 'profile', 'offline_access'],
          pkce: true,
        },
      ],
    }),
  ],
})
// The redirect URI is …/api/auth/callback/gatepost.
app.all('/api/auth/{*path}', toNodeHandler(auth))
// docs: end

/** The person's account at Gatepost. */
async function accountOf(request) {
  const headers = fromNodeHeaders(request.headers)
  const accounts = await auth.api.listUserAccounts({ headers })
  const { id } = accounts.find(({ providerId }) => providerId === 'gatepost')
  return { headers, body: { accountId: id } }
}
app.get('/login', async (_, response) => {
  const answer = await auth.api.signInSocial({
    body: { provider: 'gatepost', callbackURL: '/me' },
    asResponse: true,
  })
  for (const cookie of answer.headers.getSetCookie()) response.append('set-cookie', cookie)
  response.redirect((await answer.json()).url)
})
app.get('/me', async (request, response) => {
  const { accessToken } = await auth.api.getAccessToken(await accountOf(request))
  response.json(await userinfo(accessToken))
})
app.get('/refresh', async (request, response) => {
  const { accessToken } = await auth.api.refreshToken(await accountOf(request))
  response.json(await userinfo(accessToken))
})
app.get('/logout', async (request, response) => {
  const { idToken } = await auth.api.getAccessToken(await accountOf(request))
  response.redirect(endSessionURL(idToken))
})
listen()
