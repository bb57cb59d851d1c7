// Event types of connections, their certificates and metadata.
import { alarming, asking, define, handing } from './define.ts'

const STATE = { data: ['state'] } as const

export const CONNECTIONS = {
  'connection.created': define('Connection created'),
  'connection.deleted': define('Connection deleted'),
  'connection.newcomer_limit_reached': define(
    'First logins created as many users as they may in an hour',
    { ...alarming('newcomer_limit_reached'), data: ['newcomersPerHour'] },
  ),
  'connection.updated': define('Settings edited', STATE),
  'connection.metadata_imported': define('IdP metadata imported', STATE),
  'connection.testing_started': define('Testing started', STATE),
  'connection.validated': define('Connection validated', STATE),
  'connection.went_live': define('Connection went live', STATE),
  'connection.suspended': define('Connection suspended', STATE),
  'connection.resumed': define('Connection resumed', STATE),
  'connection.returned_to_testing': define('Connection moved back to testing', STATE),
  'connection.returned_to_draft': define('Connection moved back to draft', STATE),
  'connection.signed_off': define('Validation result recorded', {
    mail: { template: 'test_results', to: 'technical' },
    data: ['side', 'verdict', 'revision'],
  }),
  'connection.url_unreachable': define('URL of the IdP cannot be reached', {
    ...asking('customer', 'url_unreachable'),
    data: ['field', 'result'],
  }),
  'connection.url_reachable': define('URL of the IdP reached again', { data: ['field'] }),
  'connection.failures_unusual': define('More failing logins than usual', {
    ...alarming('failures_unusual'),
    data: ['count', 'usual'],
  }),
  'tester.nominated': define('Tester nominated', { data: ['connectionSid'] }),
  'tester.withdrawn': define('Tester withdrawn', { data: ['connectionSid'] }),
  'connection.idp_users_uploaded': define('IdP user list uploaded', { data: ['users'] }),
  'connection.name_ids_released': define('All users released from their NameIDs'),
  'pending_change.proposed': define('Change proposed, waiting for an operator', {
    ...handing('operator', 'decide_change'),
    data: ['pendingChange'],
  }),
  'pending_change.accepted': define('Proposed change accepted', { data: ['pendingChange'] }),
  'pending_change.declined': define('Proposed change declined', { data: ['pendingChange'] }),
  'certificate.trusted': define('Certificate trusted', { data: ['addedCertificates'] }),
  'certificate.refused': define('Certificate refused', { data: ['certificates'] }),
  'certificate.quarantined': define('New certificate found in the metadata, waiting for review', {
    ...asking('operator', 'certificate_waits'),
    data: ['certificates'],
  }),
  'certificate.quarantined_used': define('Login signed by a certificate that is not trusted yet', {
    ...asking('operator', 'certificate_waits'),
    data: ['certificates'],
  }),
  'certificate.expiring': define('Certificate expires soon', {
    ...asking('customer', 'certificate_expiring'),
    data: ['fingerprint', 'notAfter', 'days'],
  }),
  'certificate.expired': define('Certificate expired', {
    ...asking('customer', 'certificate_expiring'),
    data: ['fingerprint', 'notAfter'],
  }),
  'metadata_source.saved': define('Metadata URL set'),
  'metadata_source.removed': define('Metadata URL removed'),
  'metadata_source.failed': define('Metadata URL could not be read', {
    ...asking('customer', 'metadata_failing'),
    data: ['code'],
  }),
  'metadata_source.recovered': define('Metadata URL readable again', {
    mail: { template: 'metadata_back', to: 'technical' },
  }),
  'metadata_source.changed': define('Metadata differs from the saved settings', {
    ...asking('operator', 'metadata_changed'),
  }),
}
