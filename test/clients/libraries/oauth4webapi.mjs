import { app, CLIENT_ID, CLIENT_SECRET, endSessionURL, ISSUER, listen, origin } from './server.mjs'
// docs: settings
import * as oauth from 'oauth4webapi'

// Plain http is for a developer's machine alone.
const http = { [oauth.allowInsecureRequests]: ISSUER.startsWith('http://localhost:') }
const issuer = new URL(ISSUER)
const found = await oauth.discoveryRequest(issuer, http)
const server = await oauth.processDiscoveryResponse(issuer, found)
const client = { client_id: CLIENT_ID }
const secret = oauth.ClientSecretPost(CLIENT_SECRET)
const redirectURI = `${origin}/callback`

app.get('/login', async (request, response) => {
  const verifier = oauth.generateRandomCodeVerifier()
  request.session.checks = {
    verifier,
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
  }
  const { state, nonce } = request.session.checks
  const url = new URL(server.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: CLIENT_ID,
    redirect_uri: redirectURI,
    response_type: 'code',
    scope: 'openid email profile offline_access',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  response.redirect(url.href)
})

app.get('/callback', async (request, response) => {
  const { verifier, state, nonce } = request.session.checks
  const current = new URL(request.url, origin)
  const parameters = oauth.validateAuthResponse(server, client, current, state)
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    secret,
    parameters,
    redirectURI,
    verifier,
    http,
  )
  const checks = { expectedNonce: nonce, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, checks)
  request.session.sub = oauth.getValidatedIdTokenClaims(tokens).sub
  request.session.tokens = tokens
  response.redirect('/me')
})
// docs: end

async function userinfoOf(accessToken, sub) {
  const answer = await oauth.userInfoRequest(server, client, accessToken, http)
  return oauth.processUserInfoResponse(server, client, sub, answer)
}
app.get('/me', async ({ session }, response) =>
  response.json(await userinfoOf(session.tokens.access_token, session.sub)),
)
app.get('/refresh', async ({ session }, response) => {
  const { refresh_token: token } = session.tokens
  const answer = await oauth.refreshTokenGrantRequest(server, client, secret, token, http)
  const tokens = await oauth.processRefreshTokenResponse(server, client, answer)
  response.json(await userinfoOf(tokens.access_token, session.sub))
})
app.get('/logout', ({ session }, response) =>
  response.redirect(endSessionURL(session.tokens.id_token)),
)
listen()
