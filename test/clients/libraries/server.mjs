// What the apps of this folder share: the settings, an Express server with sessions, and the way
// out. Each app answers /login, /me (userinfo), /refresh and /logout.
import express from 'express'
import session from 'express-session'

export const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
export const origin = `http://localhost:${PORT}`
export const app = express()
app.use(session({ secret: 'of this run', resave: false, saveUninitialized: false, name: 'app' }))
app.get('/ready', (_, response) => response.json({}))
app.get('/bye', (_, response) => response.json({ left: true }))

/**
 * Where the browser signs out: for libraries that do not make this URL themselves. Without an ID
 * token Gatepost asks the person.
 */
export function endSessionURL(idToken) {
  const url = new URL(`${ISSUER}/oauth2/logout`)
  if (idToken) url.searchParams.set('id_token_hint', idToken)
  else url.searchParams.set('client_id', CLIENT_ID)
  url.searchParams.set('post_logout_redirect_uri', `${origin}/bye`)
  return url.href
}

export async function userinfo(accessToken) {
  const headers = { authorization: `Bearer ${accessToken}` }
  const response = await fetch(`${ISSUER}/oauth2/userinfo`, { headers })
  if (!response.ok) throw new Error(`userinfo answers ${response.status}`)
  return response.json()
}

export const listen = () => app.listen(Number(PORT), '127.0.0.1')
