// `node tools/db/check.ts`: whether migrations, schema.sql and drizzle tables of each database
// agree, and every migration is safe on D1.
import { checkSchema } from './check-schema.ts'
import { DATABASES, readSchema } from './project.ts'

for (const place of DATABASES) {
  const schema = await readSchema(process.cwd(), place)
  const start = performance.now()
  const { objects, faults } = checkSchema(schema)
  const milliseconds = Math.round(performance.now() - start)
  console.log(`${place.binding}: ${objects} objects, ${faults.length} wrong, ${milliseconds} ms`)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}
