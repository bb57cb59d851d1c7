// `node tools/db/check.ts`: whether migrations, schema.sql and drizzle tables agree, and every
// migration is safe on D1.
import { checkSchema } from './check-schema.ts'
import { readSchema } from './project.ts'

const schema = await readSchema(process.cwd())
const start = performance.now()
const { objects, faults } = checkSchema(schema)
const milliseconds = Math.round(performance.now() - start)
console.log(`${objects} objects, ${faults.length} wrong, ${milliseconds} ms`)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
