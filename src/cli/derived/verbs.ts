// The verbs that routes describe, from the table that `npm run cli:generate` derives from ROUTES.
// The CLI does not import ROUTES, because handlers import operations, stores, drizzle and the SAML
// core: Node takes a second to load them, and milliseconds for the table. A test compares both.
import type { Verbs } from '../verb.ts'
import { fieldsToSet, toVerb } from './call.ts'
import type { DerivedVerb } from './derived-verb.ts'
import table from './verbs.json' with { type: 'json' }

const VERBS_OF_ROUTES = table as readonly DerivedVerb[]

/** Of `connection edit`. */
export const CONNECTION_FIELDS_TO_SET = VERBS_OF_ROUTES.filter(
  ({ verb }) => verb === 'connection edit',
).flatMap(({ calls }) => calls.flatMap(fieldsToSet))

export const DERIVED_VERBS: Verbs = Object.fromEntries(
  VERBS_OF_ROUTES.map((verb) => [verb.verb, toVerb(verb)]),
)
