// TEMPLATES: every mail that the product writes, by name. Preview pages and tests derive from it.
import {
  ADDRESS_CLAIMED,
  DATABASE_NEARLY_FULL,
  ENFORCEMENT_MISSED,
  FAILURES_UNUSUAL,
  JOB_SILENT,
  NEWCOMER_LIMIT_REACHED,
  OUR_KEY,
  OWNERS_KEPT_WAY,
  SCIM_STORM,
  SWEEP_BEHIND,
} from './alerts.ts'
import { OPERATOR_INVITATION, SETUP_LINK, TEST_INVITATION, TEST_RESULTS } from './personal.ts'
import { ROLLOUT_ENFORCED, ROLLOUT_ROLLED_BACK, WEEKLY_DIGEST } from './progress.ts'
import {
  BREAK_GLASS_USED,
  CONTACT_CHANGED,
  OWNER_KEPT_WAY,
  PASSWORDS_GIVEN_BACK,
  RECOVERY_CODES_WRONG,
} from './security.ts'
import type { Template } from './template.ts'
import { TURNS } from './turns.ts'
import {
  CERTIFICATE_EXPIRING,
  CERTIFICATE_WAITS,
  DOMAIN_RECORD_LOST,
  METADATA_BACK,
  METADATA_CHANGED,
  METADATA_FAILING,
  URL_UNREACHABLE,
} from './warnings.ts'

export const TEMPLATES = {
  setup_link: SETUP_LINK,
  operator_invitation: OPERATOR_INVITATION,
  test_invitation: TEST_INVITATION,
  test_results: TEST_RESULTS,
  ...TURNS,
  certificate_expiring: CERTIFICATE_EXPIRING,
  certificate_waits: CERTIFICATE_WAITS,
  metadata_failing: METADATA_FAILING,
  metadata_back: METADATA_BACK,
  metadata_changed: METADATA_CHANGED,
  url_unreachable: URL_UNREACHABLE,
  domain_record_lost: DOMAIN_RECORD_LOST,
  rollout_enforced: ROLLOUT_ENFORCED,
  rollout_rolled_back: ROLLOUT_ROLLED_BACK,
  break_glass_used: BREAK_GLASS_USED,
  recovery_codes_wrong: RECOVERY_CODES_WRONG,
  owner_kept_way: OWNER_KEPT_WAY,
  passwords_given_back: PASSWORDS_GIVEN_BACK,
  contact_changed: CONTACT_CHANGED,
  scim_storm: SCIM_STORM,
  owners_kept_way: OWNERS_KEPT_WAY,
  failures_unusual: FAILURES_UNUSUAL,
  newcomer_limit_reached: NEWCOMER_LIMIT_REACHED,
  address_claimed: ADDRESS_CLAIMED,
  enforcement_missed: ENFORCEMENT_MISSED,
  our_key: OUR_KEY,
  sweep_behind: SWEEP_BEHIND,
  database_nearly_full: DATABASE_NEARLY_FULL,
  job_silent: JOB_SILENT,
  weekly_digest: WEEKLY_DIGEST,
} as const

export type TemplateName = keyof typeof TEMPLATES
export type DataOf<Name extends TemplateName> =
  (typeof TEMPLATES)[Name] extends Template<infer Data> ? Data : never

export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as TemplateName[]

export function isTemplateName(text: string): text is TemplateName {
  return Object.hasOwn(TEMPLATES, text)
}
