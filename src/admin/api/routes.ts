// Every route of the API.
import { API_KEY_ROUTES } from './api-keys.ts'
import { ATTEMPT_ROUTES } from './attempts.ts'
import { CERTIFICATE_ROUTES } from './certificates.ts'
import { CONNECTION_ROUTES } from './connections.ts'
import { EVENT_ROUTES } from './events.ts'
import { KEY_PAIR_ROUTES } from './key-pairs.ts'
import { METADATA_ROUTES } from './metadata.ts'
import type { Route } from './route.ts'
import { SETUP_LINK_ROUTES } from './setup-links.ts'
import { SIGN_IN_LINK_ROUTES } from './sign-in-links.ts'
import { TENANT_ROUTES } from './tenants.ts'
import { USER_ROUTES } from './users.ts'

export const ROUTES: readonly Route[] = [
  ...TENANT_ROUTES,
  ...USER_ROUTES,
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
