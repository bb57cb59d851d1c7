// What the apps with Passport have in common: everything but the strategy.
import express from 'express'
import expressSession from 'express-session'
import passport from 'passport'
import { endSession } from './ended-sessions.mjs'

const { APP_PORT, AUTH_SECRET } = process.env
export const origin = `http://localhost:${APP_PORT}`

/** Serves an app whose strategy is `gatepost`. */
export function serve() {
  const app = express()
  app.post('/backchannel-logout', express.urlencoded(), (request, response) =>
    endSession(request.body.logout_token).then(
      () => response.sendStatus(204),
      () => response.sendStatus(400),
    ),
  )
  app.use(expressSession({ secret: AUTH_SECRET, resave: false, saveUninitialized: false }))
  app.use(passport.session())
  app.get('/login', passport.authenticate('gatepost'))
  app.get('/callback', passport.authenticate('gatepost', { successRedirect: '/' }))
  app.get('/', ({ user }, response) => {
    const words = user ? `Signed in as ${user.email} of ${user.tenantSid}` : 'Nobody is signed in'
    response.send(
      `<!doctype html><title>Passport</title><link rel="icon" href="data:,"><h1>${words}</h1>`,
    )
  })
  app.listen(Number(APP_PORT), '127.0.0.1')
}
