import { app, CLIENT_ID, CLIENT_SECRET, ISSUER, listen, origin } from './server.mjs'
// docs: settings
import openid from 'express-openid-connect'

app.use(
  openid.auth({
    issuerBaseURL: ISSUER,
    baseURL: origin,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: process.env.SESSION_SECRET,
    authRequired: false,
    idpLogout: true,
    routes: { postLogoutRedirect: '/bye' },
    authorizationParams: {
      response_type: 'code',
      scope: 'openid email profile offline_access',
    },
  }),
)
// docs: end

app.get('/me', async ({ oidc }, response) => response.json(await oidc.fetchUserInfo()))
app.get('/refresh', async ({ oidc }, response) => {
  await oidc.accessToken.refresh()
  response.json(await oidc.fetchUserInfo())
})
listen()
