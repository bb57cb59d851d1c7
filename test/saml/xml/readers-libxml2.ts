// Compares the strict reader with xmldom and libxml2 over generated and changed documents. What it
// accepts the others must accept and read alike, the second reader of its canonical form too, and
// the rules of strict XML must hold for it.
//
//   node test/saml/xml/readers-libxml2.ts [--count 60000] [--seed 1]
//
// It needs /usr/bin/python3 (or PYTHON) with lxml, Debian's python3-lxml.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { outlineOf } from '../../support/dom-tree.ts'
import { hostileDocument } from '../../support/hostile-documents.ts'
import { genuineMessages, readByAll } from '../../support/readers.ts'

const BATCH = 250
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '60000' },
    seed: { type: 'string', default: '1' },
  },
})
const [count, first] = [Number(values.count), Number(values.seed)]

const program = fileURLToPath(new URL('readers-libxml2.py', import.meta.url))
const python = spawn(process.env['PYTHON'] ?? '/usr/bin/python3', [program], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]()

type Answer = { version: string; outlines: (string | { refusal: string })[] }

async function askLibxml2(texts: string[]): Promise<Answer> {
  python.stdin.write(`${JSON.stringify({ texts })}\n`)
  const { value, done } = await lines.next()
  if (done) throw new Error('python3 has ended')
  return JSON.parse(value as string) as Answer
}

const messages = await genuineMessages()
const codes = new Map<string, number>()
const faults: string[] = []
let accepted = 0
let urls = 0
let version = ''
for (let start = 0; start < count; start += BATCH) {
  const seeds = Array.from(
    { length: Math.min(BATCH, count - start) },
    (_, at) => first + start + at,
  )
  const texts = seeds.map((seed) => hostileDocument(seed, messages))
  const answer = await askLibxml2(texts)
  version = answer.version
  texts.forEach((text, at) => {
    const read = readByAll(text)
    const code = read.code ?? 'accepted'
    codes.set(code, (codes.get(code) ?? 0) + 1)
    if (!read.root) return
    accepted++
    const outline = answer.outlines[at]!
    // It tries to read a namespace name as a URL: `urn:a` passes, `ftp://a:b/` does not.
    if (typeof outline !== 'string' && /xmlns.* is not a valid URI/.test(outline.refusal)) {
      urls++
      return
    }
    const fault =
      read.fault ??
      (typeof outline !== 'string'
        ? `libxml2 refuses: ${outline.refusal}`
        : outline === outlineOf(read.root)
          ? undefined
          : 'libxml2 differs')
    if (fault !== undefined)
      faults.push(`seed ${seeds[at]}: ${fault}\n${JSON.stringify(text).slice(0, 2000)}`)
  })
}
python.stdin.end()

console.log(`${count} documents from seed ${first}; libxml2 ${version}`)
for (const [code, times] of [...codes].toSorted(([, one], [, other]) => other - one))
  console.log(String(times).padStart(8), code)
console.log(`${accepted - urls - faults.length} of ${accepted} accepted ones are read alike by all`)
console.log(`${urls} have a namespace name that libxml2 takes for a bad URL`)
for (const fault of faults.slice(0, 5)) console.error(fault)
process.exitCode = faults.length > 0 || accepted < count / 10 ? 1 : 0
