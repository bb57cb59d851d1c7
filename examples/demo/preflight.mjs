// Says in one line what this machine lacks for the demo. Plain JavaScript, importing nothing that
// `npm ci` brings: a Node.js too old to run TypeScript, and a clone without node_modules, must be
// able to say so.
import { existsSync } from 'node:fs'

const missing = ['wrangler', 'samlp', '@peculiar/x509', 'drizzle-orm', 'zod'].filter(
  (name) => !existsSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url)),
)
if (missing.length > 0) {
  console.error(`npm start: ${missing.join(', ')} not installed. Run "npm ci" first.`)
  process.exit(1)
}
if (!process.features.typescript) {
  console.error(
    `npm start: Node.js ${process.versions.node} is too old to run TypeScript. Use "npm start" after "npm ci", which brings its own Node.js.`,
  )
  process.exit(1)
}
