// Event types of rollouts, break-glass owners and recovery codes.
import { alarming, define, handing } from './define.ts'

/** What is done in parts tells of each, and of its end by a type of its own. */
const PART = { data: ['version', 'users'] } as const
const WHOLE = { data: ['version', 'users'] } as const

export const ROLLOUTS = {
  'turn.began': define('A step waits for a side', {
    mail: { template: 'turn', to: 'by_step' },
  }),
  'rollout.created': define('Rollout created', { data: ['connectionSid'] }),
  'rollout.deleted': define('Rollout deleted', { data: ['connectionSid'] }),
  'rollout.updated': define('Selection changed'),
  'rollout.users_selected': define('Individually selected people added'),
  'rollout.users_deselected': define('Individually selected people removed'),
  'rollout.freeze_started': define('List freeze started', { data: ['version'] }),
  'rollout.frozen': define('List frozen, ready for review', {
    ...handing('customer', 'review'),
    ...WHOLE,
  }),
  'rollout.people_included': define('People included', PART),
  'rollout.people_excluded': define('People excluded', PART),
  'rollout.reviewed': define('List reviewed', {
    ...handing('operator', 'enable'),
    data: ['version'],
  }),
  'rollout.people_enabled': define('SSO enabled for a part of the list', PART),
  'rollout.enabled': define('SSO enabled', {
    ...WHOLE,
  }),
  'rollout.notice_due': define('People must be informed', {
    ...handing('customer', 'write_notice'),
    data: ['version'],
  }),
  'rollout.notice_saved': define('Notice saved'),
  'rollout.people_informed': define('People informed', { data: ['version'] }),
  'rollout.approved': define('Go-ahead given', {
    ...handing('operator', 'enforce'),
    data: ['version', 'enforceAt'],
  }),
  'rollout.enforcement_scheduled': define('Enforcement date changed', { data: ['enforceAt'] }),
  'rollout.people_enforced': define('SSO enforced for a part of the list', PART),
  'rollout.enforced': define('SSO enforced', {
    mail: { template: 'rollout_enforced', to: 'business' },
    data: ['version', 'users', 'scope'],
  }),
  'rollout.enforcement_missed': define('Scheduled enforcement did not run', {
    ...alarming('enforcement_missed'),
    data: ['version'],
  }),
  'rollout.newcomers_undecided': define('People came after the list, and nobody has decided', {
    ...handing('operator', 'decide_newcomers'),
    data: ['version', 'users'],
  }),
  'rollout.refreshed': define('People left or came back to the list automatically', {
    data: ['version'],
  }),
  'rollout.passwords_restored': define('Passwords restored for people who never signed in by SSO', {
    mail: { template: 'rollout_rolled_back', to: 'business' },
    data: ['version', 'users', 'to'],
  }),
  'rollout.rolled_back': define('Rollout rolled back', {
    mail: { template: 'rollout_rolled_back', to: 'business' },
    data: ['version', 'users', 'to'],
  }),
  'break_glass.added': define('Break-glass owner added'),
  'break_glass.ended': define('Break-glass owner’s exemption ended'),
  'break_glass.kept': define('Owner deactivated by the IdP keeps the way in', {
    data: ['keptUntil', 'because'],
  }),
  'break_glass.kept_in_mass_deactivation': define(
    'Mass deactivation by the IdP: owners keep the way in',
    { ...alarming('owners_kept_way'), data: ['keptUntil'] },
  ),
  'recovery_codes.created': define('Recovery codes created'),
  'recovery_code.used': define('Recovery code used', {
    mail: { template: 'break_glass_used', to: 'security' },
    data: ['codesLeft', 'drill'],
  }),
  'recovery_code.refused': define('Wrong recovery codes entered', {
    mail: { template: 'recovery_codes_wrong', to: 'security' },
    data: ['count'],
  }),
}
