import { app, CLIENT_ID, CLIENT_SECRET, ISSUER, listen, origin } from './server.mjs'
// docs: settings
import { generators, Issuer } from 'openid-client5'

const issuer = await Issuer.discover(ISSUER)
const client = new issuer.Client({
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  redirect_uris: [`${origin}/callback`],
  response_types: ['code'],
})

app.get('/login', (request, response) => {
  const verifier = generators.codeVerifier()
  request.session.checks = {
    code_verifier: verifier,
    state: generators.state(),
    nonce: generators.nonce(),
    response_type: 'code',
  }
  const { state, nonce } = request.session.checks
  const url = client.authorizationUrl({
    scope: 'openid email profile offline_access',
    code_challenge: generators.codeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  response.redirect(url)
})

app.get('/callback', async (request, response) => {
  const parameters = client.callbackParams(request)
  const { checks } = request.session
  request.session.tokens = await client.callback(`${origin}/callback`, parameters, checks)
  response.redirect('/me')
})
// docs: end

app.get('/me', async ({ session }, response) =>
  response.json(await client.userinfo(session.tokens.access_token)),
)
app.get('/refresh', async ({ session }, response) =>
  response.json(await client.userinfo(await client.refresh(session.tokens.refresh_token))),
)
app.get('/logout', async ({ session }, response) => {
  await client.revoke(session.tokens.refresh_token)
  const url = client.endSessionUrl({
    id_token_hint: session.tokens.id_token,
    post_logout_redirect_uri: `${origin}/bye`,
  })
  response.redirect(url)
})
listen()
