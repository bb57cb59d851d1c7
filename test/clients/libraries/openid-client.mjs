import { app, CLIENT_ID, CLIENT_SECRET, ISSUER, listen, origin } from './server.mjs'
// docs: settings
import * as openid from 'openid-client'

// Plain http is for a developer's machine alone.
const execute = ISSUER.startsWith('http://localhost:') ? [openid.allowInsecureRequests] : []
const config = await openid.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, {
  execute,
})

app.get('/login', async (request, response) => {
  const verifier = openid.randomPKCECodeVerifier()
  const checks = { verifier, state: openid.randomState(), nonce: openid.randomNonce() }
  request.session.checks = checks
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: `${origin}/callback`,
    scope: 'openid email profile offline_access',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.state,
    nonce: checks.nonce,
  })
  response.redirect(url.href)
})

app.get('/callback', async (request, response) => {
  const { verifier, state, nonce } = request.session.checks
  const tokens = await openid.authorizationCodeGrant(config, new URL(request.url, origin), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
  })
  request.session.sub = tokens.claims().sub
  request.session.tokens = tokens
  response.redirect('/me')
})
// docs: end

app.get('/me', async ({ session }, response) =>
  response.json(await openid.fetchUserInfo(config, session.tokens.access_token, session.sub)),
)
app.get('/refresh', async ({ session }, response) => {
  const tokens = await openid.refreshTokenGrant(config, session.tokens.refresh_token)
  response.json(await openid.fetchUserInfo(config, tokens.access_token, session.sub))
})
app.get('/logout', ({ session }, response) => {
  const url = openid.buildEndSessionUrl(config, {
    id_token_hint: session.tokens.id_token,
    post_logout_redirect_uri: `${origin}/bye`,
  })
  response.redirect(url.href)
})
listen()
