// The server of an app that runs in the browser: one page for each path, and the library's files.
import express from 'express'
import { join } from 'node:path'

const { ISSUER, CLIENT_ID, PORT } = process.env
const folderOf = (name) => join(import.meta.dirname, 'node_modules', name)
const imports = {
  'oidc-client-ts': '/lib/oidc-client-ts.js',
  'jwt-decode': '/lib/jwt-decode.js',
}
const page = `<!doctype html><html data-issuer="${ISSUER}" data-client-i-d="${CLIENT_ID}">
<script type="importmap">${JSON.stringify({ imports })}</script>
<body></body><script type="module" src="/app.mjs"></script>`

const app = express()
const send = (path, file) =>
  app.get(path, (_, response) => response.sendFile(file, { dotfiles: 'allow' }))
send('/lib/oidc-client-ts.js', join(folderOf('oidc-client-ts'), 'dist/esm/oidc-client-ts.js'))
send('/lib/jwt-decode.js', join(folderOf('jwt-decode'), 'build/esm/index.js'))
send('/app.mjs', join(import.meta.dirname, process.argv[2]))
app.get('/ready', (_, response) => response.json({}))
app.get('/{*path}', (_, response) => response.type('html').send(page))
app.listen(Number(PORT), '127.0.0.1')
