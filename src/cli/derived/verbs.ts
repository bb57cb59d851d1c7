// The verbs that routes describe. They are read from a table that `npm run cli:generate` derives
// from ROUTES, not from ROUTES: the routes' handlers bring operations, stores, drizzle and the SAML
// core along, which takes Node about a second; the table takes milliseconds. A test compares the
// two.
import type { Verbs } from '../verb.ts'
import { toVerb } from './call.ts'
import type { DerivedVerb } from './derived-verb.ts'
import table from './verbs.json' with { type: 'json' }

export const DERIVED_VERBS: Verbs = Object.fromEntries(
  (table as readonly DerivedVerb[]).map((verb) => [verb.verb, toVerb(verb)]),
)
