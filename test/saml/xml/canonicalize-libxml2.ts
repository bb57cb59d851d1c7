// Compares canonicalize with libxml2, octet for octet, over generated documents in both modes; with
// --write-sample it keeps some of libxml2's answers as a fixture. It never takes our answer for
// libxml2's.
//
//   node test/saml/xml/canonicalize-libxml2.ts [--count 5000] [--seed 1] [--write-sample]
//
// It needs /usr/bin/python3 (or PYTHON) and libxml2.so.2, which Debian's python3-lxml brings along.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { canonicalize } from '../../../src/saml/xml/canonicalize.ts'
import {
  elementAt,
  namespacedDocuments,
  parseDocument,
  type NamespacedDocument,
} from '../../support/namespaced-documents.ts'

interface Answer {
  exclusive: string
  inclusive: string
  error?: string
}

const SAMPLE = fileURLToPath(new URL('../../fixtures/canonicalize-libxml2.json', import.meta.url))
const SAMPLE_SIZE = 300

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    'write-sample': { type: 'boolean', default: false },
  },
})
const count = Number(values.count)
const seed = Number(values.seed)
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  throw new TypeError('--count and --seed are whole numbers')
}

const documents = [...namespacedDocuments(seed, count)]
const { version, answers } = askLibxml2(documents)
if (answers.length !== documents.length) {
  throw new Error(`libxml2 answered ${answers.length} of ${documents.length} documents`)
}

const equal = { exclusive: 0, inclusive: 0 }
let firstDifference: string | undefined
documents.forEach((document, index) => {
  const answer = answers[index]
  for (const mode of ['exclusive', 'inclusive'] as const) {
    const expected = answer?.[mode]
    const difference =
      expected === undefined
        ? (answer?.error ?? 'no answer')
        : differenceFrom(Buffer.from(expected, 'base64'), document, mode === 'exclusive')
    if (difference === undefined) {
      equal[mode] += 1
    } else {
      firstDifference ??= `document ${seed + index}, ${mode}: ${JSON.stringify(document, null, 2)}\n${difference}`
    }
  }
})

console.log(
  `${equal.exclusive} of ${count} equal to libxml2 in exclusive, ` +
    `${equal.inclusive} of ${count} in inclusive (libxml2 ${version}, seed ${seed})`,
)
if (firstDifference !== undefined) {
  console.error(firstDifference)
  process.exit(1)
}

if (values['write-sample']) {
  // Bundlers that turn JSON into a script take U+2028 for the end of a line.
  const sample = documents.slice(0, SAMPLE_SIZE).map((document) => ({
    ...document,
    text: document.text.replace(/\u2028|&#x2028;/g, '\u2030'),
  }))
  const answered = askLibxml2(sample).answers
  const content = {
    libxml2: version,
    seed,
    documents: sample.map((document, index) => ({
      ...document,
      exclusive: decode(answered[index]?.exclusive),
      inclusive: decode(answered[index]?.inclusive),
    })),
  }
  writeFileSync(SAMPLE, JSON.stringify(content, null, 1) + '\n')
  console.log(`${sample.length} documents written`)
}

function differenceFrom(
  expected: Buffer,
  document: NamespacedDocument,
  exclusive: boolean,
): string | undefined {
  let actual: Buffer
  try {
    const tree = parseDocument(document.text)
    actual = Buffer.from(
      canonicalize(elementAt(tree, document.apex), {
        exclusive,
        prefixList: document.prefixList,
        omit: document.omit === null ? undefined : elementAt(tree, document.omit),
      }),
    )
  } catch (error) {
    return String(error)
  }
  return actual.equals(expected)
    ? undefined
    : `libxml2: ${JSON.stringify(expected.toString())}\nours:    ${JSON.stringify(actual.toString())}`
}

function askLibxml2(cases: NamespacedDocument[]): { version: string; answers: Answer[] } {
  const program = fileURLToPath(new URL('canonicalize-libxml2.py', import.meta.url))
  const run = spawnSync(process.env.PYTHON ?? '/usr/bin/python3', [program], {
    input: JSON.stringify({ documents: cases }),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  if (run.error) {
    throw run.error
  }
  if (run.status !== 0) {
    throw new Error(`python3 ended with ${run.status ?? run.signal}`)
  }
  return JSON.parse(run.stdout) as { version: string; answers: Answer[] }
}

function decode(octets: string | undefined): string {
  if (octets === undefined) {
    throw new Error('libxml2 gave no answer for the sample')
  }
  return Buffer.from(octets, 'base64').toString()
}
