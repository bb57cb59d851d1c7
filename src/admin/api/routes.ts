// Every route of the API.
import { ACCOUNT_ROUTES } from './accounts.ts'
import { API_KEY_ROUTES } from './api-keys.ts'
import { ATTEMPT_ROUTES } from './attempts.ts'
import { CERTIFICATE_ROUTES } from './certificates.ts'
import { CONNECTION_ROUTES } from './connections.ts'
import { DOMAIN_ROUTES } from './domains.ts'
import { EVENT_ROUTES } from './events.ts'
import { KEY_PAIR_ROUTES } from './key-pairs.ts'
import { METADATA_ROUTES } from './metadata.ts'
import type { Route } from './route.ts'
import { SETUP_LINK_ROUTES } from './setup-links.ts'
import { SIGN_IN_DECISION_ROUTES } from './sign-in-decisions.ts'
import { SIGN_IN_LINK_ROUTES } from './sign-in-links.ts'
import { TENANT_ROUTES } from './tenants.ts'
import { USER_RECORD_ROUTES } from './user-records.ts'
import { USER_ROUTES } from './users.ts'

export const ROUTES: readonly Route[] = [
  ...TENANT_ROUTES,
  ...USER_ROUTES,
  ...USER_RECORD_ROUTES,
  ...ACCOUNT_ROUTES,
  ...DOMAIN_ROUTES,
  ...SIGN_IN_DECISION_ROUTES,
  ...CONNECTION_ROUTES,
  ...METADATA_ROUTES,
  ...CERTIFICATE_ROUTES,
  ...ATTEMPT_ROUTES,
  ...SETUP_LINK_ROUTES,
  ...API_KEY_ROUTES,
  ...KEY_PAIR_ROUTES,
  ...SIGN_IN_LINK_ROUTES,
  ...EVENT_ROUTES,
]
