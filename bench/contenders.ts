// Every library under measurement, each in a process of its own that measures itself.
import { execFileSync, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { NODE_LIBRARIES, type Setup } from './libraries.ts'
import type { Message } from './messages.ts'
import { identityProviderMetadata, serviceProviderMetadata } from './metadata.ts'

export type Pass = {
  /** Milliseconds of each message. */
  wall: number[]
  /** Milliseconds of CPU of one message, all threads of the process. */
  cpu: number
}

export type Contender = {
  name: string
  version: string
  start(setup: Setup): Promise<Running>
}

export type Running = {
  /** Milliseconds of CPU from the start of the process until the library was ready. */
  loaded: number
  /** Rejects if a message is refused, or if its NameID is not the expected one. */
  measure(messages: readonly Message[]): Promise<Pass>
  /** True if the message is refused. */
  refuses(message: Message): Promise<boolean>
  close(): void
}

/** A contender, or why it takes no part. */
export type Entry = { name: string; contender: Contender } | { name: string; absent: string }

type Answer = { ms: number; nameID: string } | { refused: string }

const require = createRequire(import.meta.url)
const PYTHONS = ['/usr/bin/python3', 'python3']

export function findContenders(): Entry[] {
  return [
    ...Object.entries(NODE_LIBRARIES).map(([name, { packageFile }]) => {
      const { version } = require(packageFile) as { version: string }
      const command = [process.execPath, join(import.meta.dirname, 'serve.ts'), name] as const
      return { name, contender: contenderOf(name, version, command) }
    }),
    python('Lasso (C)', 'lasso', 'lasso_verify.py', ['liblasso3']),
    python('python3-onelogin-saml2 (C)', 'onelogin.saml2', 'onelogin_verify.py', [
      'python3-onelogin-saml2',
      'python3-xmlsec',
    ]),
  ]
}

function python(name: string, module: string, script: string, packages: string[]): Entry {
  const found = PYTHONS.find((candidate) => canImport(candidate, module))
  if (!found) return { name, absent: `Python has no ${module}` }
  const versions = [...packages, 'libxml2', 'libxmlsec1'].map(debianVersion)
  const command = [found, join(import.meta.dirname, 'python', script)] as const
  return { name, contender: contenderOf(name, versions.join(', '), command) }
}

function canImport(interpreter: string, module: string): boolean {
  try {
    execFileSync(interpreter, ['-c', `import ${module}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** By the package manager: the bindings have no constant for it. */
function debianVersion(name: string): string {
  try {
    const version = execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { stdio: 'pipe' })
    return `${name} ${version.toString().replace(/^\d+:/, '')}`
  } catch {
    return `${name} of unknown version`
  }
}

function contenderOf(
  name: string,
  version: string,
  [command, ...options]: readonly [string, ...string[]],
): Contender {
  return {
    name,
    version,
    async start(setup) {
      const child = spawn(command, options, { stdio: ['pipe', 'pipe', 'ignore'] })
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const ask = async <T>(question: unknown): Promise<T> => {
        child.stdin.write(`${JSON.stringify(question)}\n`)
        const { value, done } = await lines.next()
        if (done) throw new Error(`${name} has ended`)
        return JSON.parse(value as string) as T
      }
      const verify = (messages: readonly Message[]) =>
        ask<{ answers: Answer[]; cpu: number }>(
          messages.map((message) => ({ ...message, bothSigned: message.kind === 'both signed' })),
        )
      const { loaded } = await ask<{ loaded: number }>({
        ...setup,
        spMetadata: serviceProviderMetadata(setup),
        idpMetadata: identityProviderMetadata(setup),
      })
      return {
        loaded,
        async measure(messages) {
          const { answers, cpu } = await verify(messages)
          const wall = answers.map((answer, index) => {
            if ('refused' in answer) throw new Error(`${name}: ${answer.refused}`)
            if (answer.nameID !== messages[index]!.nameID)
              throw new Error(`${name} read "${answer.nameID}"`)
            return answer.ms
          })
          return { wall, cpu: cpu / messages.length }
        },
        async refuses(message) {
          const { answers } = await verify([message])
          return 'refused' in answers[0]!
        },
        close: () => child.stdin.end(),
      }
    },
  }
}
