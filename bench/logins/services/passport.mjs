// passport-saml on Express, with sessions in memory: set up as its README says.
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy } from '@node-saml/passport-saml'

const { idp, certificate, done } = JSON.parse(process.env.BENCH_SERVICE)
const app = express()
const server = app.listen(0, '127.0.0.1', () => {
  const origin = `http://localhost:${server.address().port}`
  const sp = { entityID: `${origin}/metadata`, acsURL: `${origin}/acs` }
  passport.use(
    'saml',
    new Strategy(
      {
        callbackUrl: sp.acsURL,
        issuer: sp.entityID,
        entryPoint: idp.ssoURL,
        idpCert: certificate,
        idpIssuer: idp.entityID,
        audience: sp.entityID,
        wantAssertionsSigned: true,
        wantAuthnResponseSigned: false,
        // Replay and unsolicited responses are refused, as by the others.
        validateInResponseTo: 'always',
        acceptedClockSkewMs: 60_000,
      },
      (profile, next) => next(null, { id: profile.nameID }),
      (profile, next) => next(null, { id: profile.nameID }),
    ),
  )
  process.send({ kind: 'saml', origin, startURL: `${origin}/login`, sp })
})
app.use(session({ secret: 'bench', resave: false, saveUninitialized: false }))
app.use(passport.initialize())
app.use(passport.session())
passport.serializeUser((user, next) => next(null, user))
passport.deserializeUser((user, next) => next(null, user))
app.get('/login', passport.authenticate('saml'))
app.post(
  '/acs',
  express.urlencoded({ extended: false, limit: '1mb' }),
  passport.authenticate('saml', { failureRedirect: '/failed' }),
  (_request, response) => response.redirect(done),
)
process.once('disconnect', () => process.exit())
