// Does what the settings of spring.properties ask for, by discovery alone: the code flow with state
// and nonce, the secret in the Authorization header, no PKCE. It is openid-client, not Spring.
import { readFileSync } from 'node:fs'
import * as openid from 'openid-client'
import { app, ISSUER, listen, origin } from './server.mjs'

const CLIENT = 'spring.security.oauth2.client.'
const settings = Object.fromEntries(
  readFileSync(new URL('spring.properties', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(CLIENT))
    .map((line) => line.replaceAll(/\$\{(\w+)\}/g, (_, name) => process.env[name]))
    .map((line) => [
      line.slice(CLIENT.length, line.indexOf('=')),
      line.slice(line.indexOf('=') + 1),
    ]),
)
const of = (name) => settings[`registration.gatepost.${name}`]
const issuer = new URL(settings['provider.gatepost.issuer-uri'])
const secret = of('client-secret')
const config = await openid.discovery(
  issuer,
  of('client-id'),
  secret,
  openid.ClientSecretBasic(secret),
  { execute: ISSUER.startsWith('http://localhost:') ? [openid.allowInsecureRequests] : [] },
)
const callback = '/login/oauth2/code/gatepost'

app.get('/login', (request, response) => {
  const checks = { state: openid.randomState(), nonce: openid.randomNonce() }
  request.session.checks = checks
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: origin + callback,
    scope: of('scope').replaceAll(',', ' '),
    ...checks,
  })
  response.redirect(url.href)
})
app.get(callback, async (request, response) => {
  const { state, nonce } = request.session.checks
  const tokens = await openid.authorizationCodeGrant(config, new URL(request.url, origin), {
    expectedState: state,
    expectedNonce: nonce,
  })
  request.session.sub = tokens.claims().sub
  request.session.tokens = tokens
  response.redirect('/me')
})
app.get('/me', async ({ session }, response) =>
  response.json(await openid.fetchUserInfo(config, session.tokens.access_token, session.sub)),
)
app.get('/logout', ({ session }, response) => {
  const url = openid.buildEndSessionUrl(config, {
    id_token_hint: session.tokens.id_token,
    post_logout_redirect_uri: `${origin}/bye`,
  })
  response.redirect(url.href)
})
listen()
