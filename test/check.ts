// `npm run check`: types, lint, format, architecture and the size of the upload. Stops at the first that fails.
import { execFileSync } from 'node:child_process'

const UPLOAD_LIMIT_KIB = 400

run('types', 'tsc', ['--noEmit', '-p', '.'])
run('lint', 'oxlint', ['.'])
run('format', 'prettier', ['--check', '--log-level', 'warn', '.'])
run('architecture', 'vitest', ['run', '--project', 'node', 'test/architecture.test.ts'])
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
