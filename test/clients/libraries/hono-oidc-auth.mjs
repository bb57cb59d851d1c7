import { serve } from '@hono/node-server'
import { endSessionURL, ISSUER, origin, PORT } from './server.mjs'
// docs: settings
import { Hono } from 'hono'
import {
  getAuth,
  initOidcAuthMiddleware,
  oidcAuthMiddleware,
  processOAuthCallback,
} from '@hono/oidc-auth'

const app = new Hono()
app.use(
  initOidcAuthMiddleware({
    OIDC_ISSUER: ISSUER,
    OIDC_CLIENT_ID: process.env.CLIENT_ID,
    OIDC_CLIENT_SECRET: process.env.CLIENT_SECRET,
    OIDC_REDIRECT_URI: `${origin}/callback`,
    OIDC_SCOPES: 'openid email profile offline_access',
    OIDC_AUTH_SECRET: process.env.SESSION_SECRET,
    // Seconds until a session refreshes: 900 in production.
    OIDC_AUTH_REFRESH_INTERVAL: '1',
  }),
)
app.get('/callback', (c) => processOAuthCallback(c))
app.use('/me', oidcAuthMiddleware())
app.use('/refresh', oidcAuthMiddleware())
// docs: end

const me = async (c) => c.json(await getAuth(c))
app.get('/login', oidcAuthMiddleware(), (c) => c.redirect('/me'))
app.get('/me', me)
app.get('/refresh', me)
app.get('/ready', (c) => c.json({}))
app.get('/bye', (c) => c.json({ left: true }))
app.get('/logout', (c) => c.redirect(endSessionURL()))
serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' })
