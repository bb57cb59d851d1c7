// `npm run cli:generate`: writes verbs.json, the table that the CLI reads instead of the routes.
import { writeFileSync } from 'node:fs'
import { ROUTES } from '../../api/routes.ts'
import { deriveVerbs, renderVerbs } from './derive.ts'

writeFileSync(new URL('verbs.json', import.meta.url), renderVerbs(deriveVerbs(ROUTES)))
