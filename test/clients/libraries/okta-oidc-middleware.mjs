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
import okta from '@okta/oidc-middleware'

const oidc = new okta.ExpressOIDC({
  issuer: ISSUER,
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  appBaseUrl: origin,
  // It sends no PKCE: register the app with `--pkce optional`.
  scope: 'openid email profile offline_access',
  routes: { loginCallback: { path: '/callback', afterCallback: '/me' } },
  // Plain http is for a developer's machine alone.
  testing: { disableHttpsCheck: ISSUER.startsWith('http://localhost:') },
})
app.use(oidc.router)
// docs: end

oidc.on('ready', listen)
app.get('/me', async ({ userContext }, response) =>
  response.json(await userinfo(userContext.tokens.access_token)),
)
app.get('/logout', async ({ userContext }, response) =>
  response.redirect(endSessionURL(userContext.tokens.id_token)),
)
