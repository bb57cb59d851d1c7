// `npm run docs:events`: writes docs/events.md.
import { writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { renderEvents } from './render.ts'

writeFileSync(
  'docs/events.md',
  await format(renderEvents(), { parser: 'markdown', printWidth: 100 }),
)
