// An app with Express and Passport. The settings are those of docs/apps.md.
import { hasEnded } from './ended-sessions.mjs'
import { origin, serve } from './express-app.mjs'
// docs: settings
import * as openid from 'openid-client'
import { Strategy } from 'openid-client/passport'
import passport from 'passport'

const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env
const secret = openid.ClientSecretBasic(CLIENT_SECRET)
// Plain http is for a developer's machine alone.
const execute = ISSUER.startsWith('http://localhost:') ? [openid.allowInsecureRequests] : []
const config = await openid.discovery(new URL(ISSUER), CLIENT_ID, {}, secret, { execute })

passport.use(
  'gatepost',
  new Strategy(
    { config, scope: 'openid email profile', callbackURL: `${origin}/callback` },
    (tokens, done) => {
      const { sub, email, sid, iat, tenant_sid: tenantSid } = tokens.claims()
      done(null, { sub, email, sid, iat, tenantSid })
    },
  ),
)
passport.serializeUser((user, done) => done(null, user))
// Runs at every use of the session; false ends it.
passport.deserializeUser((user, done) => done(null, hasEnded(user) ? false : user))
// docs: end

serve()
