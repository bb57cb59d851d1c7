// What a service under measurement is to the runner: a process that says where it listens.
export type Service = {
  /** `saml`: a login ends with the service's own session. `oidc`: with userinfo at an app. */
  kind: 'saml' | 'oidc'
  origin: string
  /** Begins a login. */
  startURL: string
  /** As the IdP knows the service provider. */
  sp: { entityID: string; acsURL: string }
  /** True where it gives its cookies SameSite=None, so that the IdP's form brings them. */
  sendsCookies?: boolean
  /** Of `oidc`. */
  tokenURL?: string
  userinfoURL?: string
  /** Where the service makes them itself. */
  clientID?: string
  /** Of a service that asks for PKCE beside the secret. */
  codeVerifier?: string
  clientSecret?: string
}

/** The app of `oidc` logins. Nothing listens there: the browser stops at the redirect. */
export const APP = {
  redirectURI: 'http://localhost:1/callback',
  clientSid: `CL${'4'.repeat(32)}`,
  clientSecret: 'c'.repeat(43),
  codeVerifier: 'v'.repeat(43),
}

/** Where `saml` logins want to go. */
export const DONE = '/done'

export const IDP = {
  entityID: 'https://idp.tenant.example/metadata',
  ssoURL: 'https://idp.tenant.example/sso',
}
