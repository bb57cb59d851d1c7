// @boxyhq/saml-jackson on Express, with its store in memory or in Postgres: set up as its guide for
// the npm library says.
import express from 'express'
import jackson from '@boxyhq/saml-jackson'
import { createServer } from 'node:net'

const { idp, certificate, app: client, postgres } = JSON.parse(process.env.BENCH_SERVICE)
const port = await findFreePort()
const origin = `http://localhost:${port}`
const entityID = `${origin}/entity`
const { apiController, oauthController } = await jackson.controllers({
  externalUrl: origin,
  samlAudience: entityID,
  samlPath: '/acs',
  noAnalytics: true,
  db: postgres
    ? { engine: 'sql', type: 'postgres', url: postgres, ttl: 300 }
    : { engine: 'mem', ttl: 300 },
  openid: {},
  logger: { info() {}, warn() {}, error: console.error },
})
const base64 = certificate.replaceAll(/-----[^-]+-----|\s/g, '')
const connection = await apiController.createSAMLConnection({
  tenant: 'tenant.example',
  product: 'bench',
  defaultRedirectUrl: client.redirectURI,
  redirectUrl: JSON.stringify([client.redirectURI]),
  rawMetadata: `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${idp.entityID}">
  <IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${base64}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${idp.ssoURL}"/>
  </IDPSSODescriptor>
</EntityDescriptor>`,
})

const app = express()
app.use(express.urlencoded({ extended: false, limit: '1mb' }))
const show = (handler) => (request, response) =>
  handler(request, response).catch((error) =>
    response.status(error.statusCode ?? 500).send(String(error.message)),
  )
const goTo = (response, { redirect_url: url, error }) =>
  url ? response.redirect(302, url) : response.status(400).send(String(error))
app.get(
  '/authorize',
  show(async ({ query }, response) => goTo(response, await oauthController.authorize(query))),
)
app.post(
  '/acs',
  show(async ({ body }, response) => goTo(response, await oauthController.samlResponse(body))),
)
app.post(
  '/token',
  show(async ({ body }, response) => response.json(await oauthController.token(body))),
)
app.get(
  '/userinfo',
  show(async ({ headers }, response) =>
    response.json(await oauthController.userInfo(headers.authorization.split(' ')[1])),
  ),
)
app.listen(port, '127.0.0.1', () => {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: connection.clientID,
    redirect_uri: client.redirectURI,
    state: 'the-state-of-the-app',
  })
  process.send({
    kind: 'oidc',
    origin,
    startURL: `${origin}/authorize?${query}`,
    sp: { entityID, acsURL: `${origin}/acs` },
    tokenURL: `${origin}/token`,
    userinfoURL: `${origin}/userinfo`,
    clientID: connection.clientID,
    clientSecret: connection.clientSecret,
  })
})

function findFreePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address()
      server.close(() => resolve(free))
    })
  })
}
process.once('disconnect', () => process.exit())
