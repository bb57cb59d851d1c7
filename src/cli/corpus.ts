// `npm run corpus -- DIR`: judges a labelled corpus (DIR/cases.json) and prints where the verdicts
// differ from the labels.
import { z } from 'zod'
import { explain, readBatch, type Explanation } from './explain.ts'

const labelSchema = z.object({
  family: z.string(),
  why: z.string().default(''),
  expected: z.enum(['accept', 'reject']),
  principal: z.object({ nameID: z.string().optional() }).optional(),
})

const directory = process.argv[2]
if (!directory) {
  console.error('usage: npm run corpus -- DIR')
  process.exit(2)
}

const families = new Map<string, { cases: number; disagreements: number }>()
const disagreements: string[] = []
for (const { raw, case: input } of readBatch(`${directory}/cases.json`)) {
  const label = labelSchema.parse(raw)
  const explanation = await explain(input)
  const family = families.get(label.family) ?? { cases: 0, disagreements: 0 }
  families.set(label.family, family)
  family.cases++
  const difference = disagreement(label, explanation)
  if (difference === undefined) continue
  family.disagreements++
  disagreements.push(`${label.family}  ${input.id}: ${difference} (${label.why})`)
}

console.log('family        cases  disagreements')
for (const [family, count] of [...families].toSorted())
  console.log(`${family.padEnd(13)} ${String(count.cases).padStart(5)}  ${count.disagreements}`)
for (const line of disagreements) console.log(line)
process.exitCode = disagreements.length > 0 ? 1 : 0

function disagreement(
  label: z.infer<typeof labelSchema>,
  { verdict, code, principal }: Explanation,
): string | undefined {
  if (verdict !== label.expected) return `${verdict} ${code ?? ''}, expected ${label.expected}`
  const nameID = label.principal?.nameID
  if (verdict === 'accept' && nameID !== undefined && nameID !== principal?.nameID)
    return `nameID ${String(principal?.nameID)}, expected ${nameID}`
  return undefined
}
