// `npm run check`: types, lint, regular expressions, dead code, format, schema, architecture, the
// document of the API and the size of the upload. Stops at the first failure.
import { execFileSync } from 'node:child_process'
import { Validator } from '@seriousme/openapi-schema-validator'
import { createDocument } from '../src/api/engine/openapi.ts'
import { ROUTES } from '../src/api/routes.ts'

const UPLOAD_LIMIT_KIB = 800

run('types', 'tsc', ['--noEmit', '-p', '.'])
run('lint', 'oxlint', ['.'])
run('regular expressions', 'oxlint', ['-c', '.oxlintrc.redos.json', 'src'])
run('linear work', 'vitest', ['run', '--project', 'node', 'test/linear.test.ts'])
run('dead code', 'knip', [])
run('format', 'prettier', ['--check', '--log-level', 'warn', '.'])
run('schema', 'node', ['tools/db/check.ts'])
run('architecture', 'vitest', ['run', '--project', 'node', 'test/architecture.test.ts'])
await checkDocument()
checkUpload()

function run(name: string, command: string, args: string[]): void {
  console.log(`— ${name}`)
  try {
    execFileSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' })
  } catch {
    console.error(`check: ${name} failed`)
    process.exit(1)
  }
}

function checkUpload(): void {
  const output = execFileSync(
    'node_modules/.bin/wrangler',
    ['deploy', '--dry-run', '--outdir', 'dist'],
    { encoding: 'utf8', env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' } },
  )
  const kib = Number(/gzip: ([\d.]+) KiB/.exec(output)?.[1])
  console.log(`— upload: ${kib} KiB gzip of ${UPLOAD_LIMIT_KIB}`)
  if (!(kib <= UPLOAD_LIMIT_KIB)) process.exit(1)
}

/**
 * Valid OpenAPI 3.1, in which every route says what it takes and what it answers, also when it
 * refuses.
 */
async function checkDocument(): Promise<void> {
  const document = createDocument()
  const { valid, errors } = await new Validator().validate(document)
  const wrong = valid
    ? ROUTES.flatMap(({ path, method }) => incomplete(document, path, method))
    : []
  if (!valid) wrong.push(JSON.stringify(errors, null, 2))
  console.log(`— API document: ${ROUTES.length} routes, ${wrong.length} wrong`)
  if (wrong.length === 0) return
  console.error(wrong.join('\n'))
  process.exit(1)
}

type Operation = {
  requestBody?: { content: Record<string, { schema?: unknown }> }
  responses: Record<string, { $ref?: string; content?: Record<string, { schema?: unknown }> }>
}
type Responses = Operation['responses']

function incomplete(document: Record<string, unknown>, path: string, method: string): string[] {
  const { paths, components } = document as {
    paths: Record<string, Record<string, Operation>>
    components: { responses: Responses }
  }
  const operation = paths[path]?.[method.toLowerCase()]
  if (!operation) return [`${method} ${path} is missing`]
  const { requestBody, responses } = operation
  const has = (content: Record<string, { schema?: unknown }> | undefined, type: string) =>
    content?.[type]?.schema !== undefined
  const wrong = Object.entries(responses).filter(([status, response]) => {
    const { content } = response.$ref
      ? components.responses[response.$ref.split('/').at(-1)!]!
      : response
    if (status === '204' || status === '304') return content !== undefined
    const types =
      status < '400'
        ? ['application/json', 'text/csv', 'application/x-ndjson']
        : ['application/problem+json']
    return !types.some((type) => has(content, type))
  })
  const missing = ['2', '401', '5'].filter(
    (prefix) => !Object.keys(responses).some((status) => status.startsWith(prefix)),
  )
  const takesBody = method !== 'GET' && method !== 'DELETE' && requestBody !== undefined
  return [
    ...wrong.map(([status]) => `${method} ${path}: ${status} has no schema`),
    ...missing.map((status) => `${method} ${path}: no response ${status}`),
    ...(takesBody && !has(requestBody.content, 'application/json')
      ? [`${method} ${path}: the request has no schema`]
      : []),
  ]
}
