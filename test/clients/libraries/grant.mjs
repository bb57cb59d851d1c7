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
import grant from 'grant'

app.use(
  grant.express({
    defaults: { origin, transport: 'session', state: true, nonce: true },
    gatepost: {
      oauth: 2,
      authorize_url: `${ISSUER}/oauth2/authorize`,
      access_url: `${ISSUER}/oauth2/token`,
      profile_url: `${ISSUER}/oauth2/userinfo`,
      key: CLIENT_ID,
      secret: CLIENT_SECRET,
      scope: ['openid', 'email', 'profile', 'offline_access'],
      scope_delimiter: ' ',
      pkce: true,
      response: ['tokens', 'profile'],
      callback: '/me',
    },
  }),
)
// docs: end

app.get('/login', (_, response) => response.redirect('/connect/gatepost'))
app.get('/me', async ({ session }, response) =>
  response.json(await userinfo(session.grant.response.access_token)),
)
app.get('/logout', ({ session }, response) =>
  response.redirect(endSessionURL(session.grant.response.id_token)),
)
listen()
