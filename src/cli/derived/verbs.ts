// The verbs that routes describe, from the table that `npm run cli:generate` derives from ROUTES.
// The CLI does not import ROUTES, because handlers import operations, stores, drizzle and the SAML
// core: Node takes a second to load them, and milliseconds for the table. A test compares both.
import type { Verbs } from '../verb.ts'
import { toVerb } from './call.ts'
import type { DerivedVerb } from './derived-verb.ts'
import table from './verbs.json' with { type: 'json' }

export const DERIVED_VERBS: Verbs = Object.fromEntries(
  (table as readonly DerivedVerb[]).map((verb) => [verb.verb, toVerb(verb)]),
)
