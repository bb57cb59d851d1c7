// Serves one library of libraries.ts to the benchmark: one JSON request a line in, one answer a
// line out. It measures itself: the time of each message, and the CPU time of all threads of the
// process, garbage collection included.
import { createInterface } from 'node:readline'
import { NODE_LIBRARIES, type Setup } from './libraries.ts'
import type { Message } from './messages.ts'

// Some libraries print what they refuse.
console.error = () => {}

const library = NODE_LIBRARIES[process.argv[2]!]!
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const next = async <T>() => {
  const { value, done } = await lines.next()
  return done ? undefined : (JSON.parse(value as string) as T)
}
const say = (answer: unknown) => process.stdout.write(`${JSON.stringify(answer)}\n`)

const verify = await library.prepare((await next<Setup>())!)
say({ loaded: milliseconds(process.cpuUsage()) })
for (let messages = await next<Message[]>(); messages; messages = await next<Message[]>()) {
  const answers: unknown[] = []
  const cpu = process.cpuUsage()
  for (const message of messages) {
    const start = performance.now()
    try {
      const nameID = await verify(message)
      answers.push({ ms: performance.now() - start, nameID })
    } catch (error) {
      answers.push({ refused: String(error) })
    }
  }
  say({ answers, cpu: milliseconds(process.cpuUsage(cpu)) })
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000
}
