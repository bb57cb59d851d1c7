// An app with Express, Passport and the strategy passport-openidconnect. The settings are those of
// docs/apps.md.
import { createHash, randomBytes } from 'node:crypto'
import passport from 'passport'
import OpenIDConnectStrategy from 'passport-openidconnect'
import { hasEnded } from './ended-sessions.mjs'
import { origin, serve } from './express-app.mjs'

// What the strategy has no other name for.
/* oxlint-disable no-underscore-dangle */

// docs: settings
const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env

/** PKCE (RFC 7636), which passport-openidconnect 0.1 does not have. */
class Strategy extends OpenIDConnectStrategy {
  authenticate(request, options) {
    // Passport makes a strategy for each request: what is set here is of this one alone.
    const { session, query } = request
    if (query.code) {
      const { verifier } = session
      delete session.verifier
      const oauth2 = this._oauth2
      this._oauth2 = Object.create(oauth2)
      this._oauth2.getOAuthAccessToken = (code, parameters, done) =>
        oauth2.getOAuthAccessToken(code, { ...parameters, code_verifier: verifier }, done)
    } else {
      session.verifier = randomBytes(32).toString('base64url')
      this.challenge = createHash('sha256').update(session.verifier).digest('base64url')
    }
    super.authenticate(request, options)
  }

  authorizationParams() {
    return { code_challenge: this.challenge, code_challenge_method: 'S256' }
  }
}

passport.use(
  'gatepost',
  new Strategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/oauth2/authorize`,
      tokenURL: `${ISSUER}/oauth2/token`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${origin}/callback`,
      scope: 'email profile',
      nonce: true,
    },
    (issuer, profile, context, idToken, done) => {
      const claims = JSON.parse(Buffer.from(idToken.split('.')[1], 'base64url').toString())
      const { sub, email, sid, iat, tenant_sid: tenantSid } = claims
      done(null, { sub, email, sid, iat, tenantSid })
    },
  ),
)
passport.serializeUser((user, done) => done(null, user))
// Runs at every use of the session; false ends it.
passport.deserializeUser((user, done) => done(null, hasEnded(user) ? false : user))
// docs: end

serve()
