// Event types of links, tokens, apps, sessions and logins.
import { define } from './define.ts'

const OPERATORS = { audience: 'operator' } as const
const CHANGED_CONTACT = { mail: { template: 'contact_changed', to: 'security' } } as const

export const ACCESS = {
  'login.succeeded': define('Login accepted', {
    source: 'history',
    data: ['attemptSid', 'userSid', 'idpInitiated'],
  }),
  'login.refused': define('Login refused', {
    source: 'history',
    data: ['attemptSid', 'userSid', 'code', 'idpInitiated'],
  }),
  'session.ended': define('Session ended', {
    source: 'session',
    data: ['session', 'userSid', 'because'],
  }),
  'session.revoked': define('Session revoked', { data: ['session', 'userSid', 'sessions'] }),
  'session.all_revoked': define('All sessions revoked', { data: ['sessions'] }),
  'logout_delivery.retried': define('Logout notification retried'),
  'setup_link.created': define('Setup link created'),
  'setup_link.opened': define('Setup link opened', { data: ['setupLink'] }),
  'setup_link.revoked': define('Setup link revoked'),
  'scim_token.created': define('SCIM token created'),
  'scim_token.revoked': define('SCIM token revoked'),
  'api_key.created': define('API key created'),
  'api_key.revoked': define('API key revoked'),
  'client.created': define('App registered', OPERATORS),
  'client.deleted': define('App deleted', OPERATORS),
  'client.updated': define('App edited', OPERATORS),
  'client.disabled': define('App disabled', OPERATORS),
  'client.enabled': define('App enabled', OPERATORS),
  'client.secret_rotated': define('App secret rotated', {
    ...OPERATORS,
    data: ['previousSecretUntil'],
  }),
  'contact.created': define('Contact added', CHANGED_CONTACT),
  'contact.updated': define('Contact edited', CHANGED_CONTACT),
  'contact.removed': define('Contact removed', CHANGED_CONTACT),
  'operator_contact.created': define('Operators’ mail address added', OPERATORS),
  'operator_contact.updated': define('Operators’ mail address edited', OPERATORS),
  'operator_contact.removed': define('Operators’ mail address removed', OPERATORS),
  'sign_in_link.created': define('Sign-in link created', OPERATORS),
  'operator.invited': define('Operator invited', OPERATORS),
  'operator.updated': define('Operator edited', OPERATORS),
  'operator.role_changed': define('Operator’s role changed', OPERATORS),
  'operator.removed': define('Operator removed', OPERATORS),
  'operator.signed_in': define('Operator signed in', OPERATORS),
}
