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
import passport from 'passport'
import OpenIDConnectStrategy from 'passport-openidconnect'

passport.use(
  'gatepost',
  new OpenIDConnectStrategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/oauth2/authorize`,
      tokenURL: `${ISSUER}/oauth2/token`,
      userInfoURL: `${ISSUER}/oauth2/userinfo`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${origin}/callback`,
      scope: 'email profile',
      // It sends no PKCE: register the app with `--pkce optional`.
      nonce: true,
    },
    (issuer, profile, context, idToken, accessToken, refreshToken, done) =>
      done(null, { sub: profile.id, email: profile.emails[0].value, idToken, accessToken }),
  ),
)
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user, done) => done(null, user))
app.use(passport.session())
app.get('/login', passport.authenticate('gatepost'))
app.get('/callback', passport.authenticate('gatepost', { successRedirect: '/me' }))
// docs: end

app.get('/me', async ({ user }, response) => response.json(await userinfo(user.accessToken)))
app.get('/logout', ({ user }, response) => response.redirect(endSessionURL(user.idToken)))
listen()
