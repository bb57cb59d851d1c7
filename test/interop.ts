// Real IdPs against the real Worker: what is signed × encryption × algorithm × where the login
// begins, and what each IdP must not get past us.
//
//   node test/interop.ts [--short] [--write] [PART OF A NAME]
//
// `--short`: a few cases of the IdPs from npm and of SimpleSAMLphp. `--write` writes
// docs/interop.md. Exits 0 when all passed, 1 when one did not, 2 when the machine lacks a package:
// test/interop/debian.ts lists them.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { forgetAccounts } from './e2e/harness/preflight.ts'
import { casesOf, nameOf, type Case } from './interop/case.ts'
import { keyKindOf } from './interop/combinations.ts'
import { gather, movePeople, personOf, type Crowd, type Member } from './interop/crowd.ts'
import { openGround, type Ground } from './interop/ground.ts'
import { impossible } from './interop/idp.ts'
import { IDPS, missingPackages } from './interop/idps.ts'
import { installPackages } from './interop/packages.ts'
import { play } from './interop/play.ts'
import { isShort } from './interop/short.ts'
import { renderTable, type Result } from './interop/table.ts'

const CASE_MILLISECONDS = 60_000
/** Of a whole run. */
const RUN_MILLISECONDS = 45 * 60_000
const SHORT_MILLISECONDS = 3.5 * 60_000
const CLOSING_MILLISECONDS = 20_000

const { values: options, positionals } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
if (options.write && (options.short || positionals.length > 0)) {
  console.error('--write needs a whole run: leave --short and the name out')
  process.exit(1)
}
const filter = new RegExp(positionals[0] ?? '', 'i')
const chosen = IDPS.flatMap(casesOf).filter(
  (one) => (!options.short || isShort(one)) && filter.test(nameOf(one)),
)
if (chosen.length === 0) {
  console.error('No case has such a name')
  process.exit(1)
}
const missing = missingPackages(new Set(chosen.map(({ idp }) => idp)))
if (missing.length > 0) {
  console.error(`Packages are missing. Debian, as root: apt-get install ${missing.join(' ')}`)
  process.exit(2)
}

forgetAccounts()
installPackages()
const results: Result[] = []
// The guard ends what is left, should even the closing hang.
const exitAfter = (milliseconds: number) => setTimeout(() => process.exit(1), milliseconds).unref()
const late = () => console.error('The run takes too long.')
const limit = options.short ? SHORT_MILLISECONDS : RUN_MILLISECONDS
setTimeout(late, limit - 1000).unref()
exitAfter(limit)
const ground = await openGround()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    exitAfter(CLOSING_MILLISECONDS)
    void ground.close().then(() => process.exit(1))
  })

for (const idp of new Set(chosen.map((one) => one.idp)))
  for (const [reason, count] of impossible(idp))
    console.log(`–    ${idp.name} cannot do ${count} settings: ${reason}`)
let failure: unknown
try {
  for (const group of groupsOf(chosen)) await runGroup(ground, group)
} catch (error) {
  failure = error
  console.error(error)
} finally {
  await ground.close()
}
if (options.write && !failure) await write()
const passed = results.filter((one) => one.problem === undefined).length
const failed = results.length - passed + (failure ? 1 : 0)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)

/** The cases that share a process of an IdP. */
function groupsOf(cases: readonly Case[]): Case[][] {
  const groups = new Map<string, Case[]>()
  for (const one of cases) {
    const key = one.idp.isSingle ? nameOf(one) : `${one.idp.name} ${keyKindOf(one.setting)}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

async function runGroup(on: Ground, cases: Case[]): Promise<void> {
  let crowd: Crowd
  try {
    crowd = await gather(on, cases)
  } catch (error) {
    for (const one of cases) report(one, error, 0)
    return
  }
  try {
    for (const member of crowd.members) await runMember(on, crowd, member)
  } finally {
    await crowd.close()
  }
}

async function runMember(on: Ground, { running }: Crowd, member: Member): Promise<void> {
  const { connectionSid, provider } = member
  const began = performance.now()
  try {
    const scene = { ground: on, running, connectionSid, provider, ...personOf(results.length) }
    await withinTime(movePeople(on, connectionSid).then(() => play(member.case, scene)))
    report(member.case, undefined, performance.now() - began)
  } catch (error) {
    report(member.case, error, performance.now() - began)
  }
}

function report(one: Case, error: unknown, milliseconds: number): void {
  const problem = error === undefined ? undefined : messageOf(error)
  console.log(
    `${problem === undefined ? 'ok  ' : 'FAIL'} ${nameOf(one)} (${Math.round(milliseconds)} ms)`,
  )
  if (problem !== undefined) console.log(problem.replaceAll(/^/gm, '       '))
  results.push({ case: one, problem })
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause ? `${error.message} (${String(error.cause)})` : error.message
}

async function withinTime(playing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The case takes too long')), CASE_MILLISECONDS)
  })
  try {
    await Promise.race([playing, timeout])
  } finally {
    clearTimeout(timer)
  }
}

async function write(): Promise<void> {
  const file = fileURLToPath(new URL('../docs/interop.md', import.meta.url))
  const style = { ...(await resolveConfig(file)), parser: 'markdown', proseWrap: 'always' } as const
  writeFileSync(file, await format(renderTable(results), style))
}
