// Event types of tenants, users, accounts, imports and domains.
import { alarming, asking, define } from './define.ts'

export const DIRECTORY = {
  'tenant.created': define('Tenant created'),
  'tenant.updated': define('Tenant edited'),
  'user.created': define('User added', {
    data: ['signInMethod', 'connectionSid', 'attemptSid'],
  }),
  'user.updated': define('User edited'),
  'user.erased': define('User erased'),
  'user.exported': define('Data of a user exported'),
  'tenant.exported': define('Data of a tenant exported'),
  'tenant.erased': define('Tenant erased'),
  'account.deleted': define('Account deleted'),
  'user.provisioned': define('User provisioned by the IdP'),
  'user.deprovisioned': define('User deprovisioned by the IdP'),
  'user.exception_granted': define('User excepted from SSO until a date'),
  'user.exception_ended': define('Exception of a user ended'),
  'user.accounts_set': define('User’s accounts set'),
  'account.created': define('Account created'),
  'account.updated': define('Account edited'),
  'import.started': define('User import started'),
  'import.finished': define('User import finished'),
  'domain.created': define('Domain added', { data: ['domain'] }),
  'domain.verified': define('Domain verified', { data: ['domain'] }),
  'domain.vouched': define('Domain verified without a DNS record', { data: ['domain'] }),
  'domain.connection_changed': define('Sign-in of newcomers of a domain changed', {
    data: ['domain', 'connectionSid'],
  }),
  'domain.removed': define('Domain removed', { data: ['domain'] }),
  'domain.record_lost': define('Domain record missing', {
    ...asking('customer', 'domain_record_lost'),
    data: ['domain'],
  }),
  'domain.record_found': define('Domain record found again', { data: ['domain'] }),
  'user.sign_in_method_set': define('Sign-in method set', {
    data: ['signInMethod', 'connectionSid'],
  }),
  'user.password_reset_offered': define('Password reset to be offered by the app'),
  'user.alias_mapped': define('Alias mapped', { data: ['connectionSid'] }),
  'user.alias_gave_way': define('Alias removed: the address is a login e-mail now', {
    data: ['connectionSid'],
  }),
  'address_claim.created': define('Address claimed under another external ID', {
    ...alarming('address_claimed'),
  }),
  'address_claim.accepted': define('Address claim decided: same person'),
  'address_claim.declined': define('Address claim decided: another person'),
  'user.name_id_released': define('User released from a NameID'),
  'user.alias_removed': define('Alias removed', { data: ['connectionSid'] }),
  'scim.storm_detected': define('The IdP deactivates many users', {
    ...alarming('scim_storm'),
    data: ['count'],
  }),
}
