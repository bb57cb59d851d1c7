// Every route of the API.
import { ACCOUNT_ROUTES } from './accounts.ts'
import { ADDRESS_CLAIM_ROUTES } from './address-claims.ts'
import { API_KEY_ROUTES } from './api-keys.ts'
import { ATTEMPT_ROUTES } from './attempts.ts'
import { AUDIT_ROUTES } from './audit.ts'
import { BREAK_GLASS_ROUTES } from './break-glass.ts'
import { CERTIFICATE_ROUTES } from './certificates.ts'
import { CLIENT_ROUTES } from './clients.ts'
import { CONNECTION_ROUTES } from './connections.ts'
import { CONTACT_ROUTES } from './contacts.ts'
import { DOMAIN_ROUTES } from './domains.ts'
import { ERASURE_ROUTES } from './erasures.ts'
import { EVENT_ROUTES } from './events.ts'
import { EXCEPTION_ROUTES } from './exceptions.ts'
import { EXPORT_ROUTES } from './exports.ts'
import { HEALTH_ROUTES } from './health.ts'
import { IDP_USER_ROUTES } from './idp-users.ts'
import { KEY_PAIR_ROUTES } from './key-pairs.ts'
import { LOGOUT_DELIVERY_ROUTES } from './logout-deliveries.ts'
import { METADATA_ROUTES } from './metadata.ts'
import { OPERATOR_ROUTES } from './operators.ts'
import { PENDING_CHANGE_ROUTES } from './pending-changes.ts'
import { NAME_ID_ROUTES } from './name-ids.ts'
import { REVOCATION_ROUTES } from './revocation.ts'
import { PROBE_ROUTES } from './probe.ts'
import { ROLLOUT_LIST_ROUTES } from './rollout-list.ts'
import { ROLL_BACK_ROUTES } from './roll-backs.ts'
import { MAIL_ROUTES } from './mails.ts'
import { METRICS_ROUTES } from './metrics.ts'
import { MOVE_ROUTES } from './moves.ts'
import { ROLLOUT_STEP_ROUTES } from './rollout-steps.ts'
import { ROLLOUT_ROUTES } from './rollouts.ts'
import { ROOM_ROUTES } from './room.ts'
import type { Route } from './engine/route.ts'
import { SCIM_TOKEN_ROUTES } from './scim-tokens.ts'
import { SEARCH_ROUTES } from './search.ts'
import { SESSION_ROUTES } from './sessions.ts'
import { SETUP_LINK_ROUTES } from './setup-links.ts'
import { SIGN_IN_DECISION_ROUTES } from './sign-in-decisions.ts'
import { SIGN_IN_LINK_ROUTES } from './sign-in-links.ts'
import { SIGNING_KEY_ROUTES } from './signing-keys.ts'
import { TENANT_ROUTES } from './tenants.ts'
import { TESTER_ROUTES } from './testers.ts'
import { TURN_ROUTES } from './turns.ts'
import { USER_RECORD_ROUTES } from './user-records.ts'
import { USER_ROUTES } from './users.ts'
import { WEBHOOK_DELIVERY_ROUTES } from './webhook-deliveries.ts'
import { WEBHOOK_ENDPOINT_ROUTES } from './webhook-endpoints.ts'

export const ROUTES: readonly Route[] = [
  ...SEARCH_ROUTES,
  ...TENANT_ROUTES,
  ...USER_ROUTES,
  ...USER_RECORD_ROUTES,
  ...ADDRESS_CLAIM_ROUTES,
  ...ACCOUNT_ROUTES,
  ...DOMAIN_ROUTES,
  ...CONTACT_ROUTES,
  ...MAIL_ROUTES,
  ...EXCEPTION_ROUTES,
  ...SIGN_IN_DECISION_ROUTES,
  ...ERASURE_ROUTES,
  ...EXPORT_ROUTES,
  ...CONNECTION_ROUTES,
  ...METADATA_ROUTES,
  ...PENDING_CHANGE_ROUTES,
  ...CERTIFICATE_ROUTES,
  ...ATTEMPT_ROUTES,
  ...PROBE_ROUTES,
  ...NAME_ID_ROUTES,
  ...REVOCATION_ROUTES,
  ...SESSION_ROUTES,
  ...TESTER_ROUTES,
  ...ROOM_ROUTES,
  ...IDP_USER_ROUTES,
  ...ROLLOUT_ROUTES,
  ...ROLLOUT_LIST_ROUTES,
  ...TURN_ROUTES,
  ...ROLLOUT_STEP_ROUTES,
  ...ROLL_BACK_ROUTES,
  ...MOVE_ROUTES,
  ...BREAK_GLASS_ROUTES,
  ...SETUP_LINK_ROUTES,
  ...SCIM_TOKEN_ROUTES,
  ...API_KEY_ROUTES,
  ...CLIENT_ROUTES,
  ...LOGOUT_DELIVERY_ROUTES,
  ...KEY_PAIR_ROUTES,
  ...SIGNING_KEY_ROUTES,
  ...OPERATOR_ROUTES,
  ...SIGN_IN_LINK_ROUTES,
  ...EVENT_ROUTES,
  ...WEBHOOK_ENDPOINT_ROUTES,
  ...WEBHOOK_DELIVERY_ROUTES,
  ...AUDIT_ROUTES,
  ...HEALTH_ROUTES,
  ...METRICS_ROUTES,
]
