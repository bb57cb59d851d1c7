// Event types of webhook endpoints. Those of the vendor's own endpoints belong to no tenant.
import { define } from './define.ts'

export const WEBHOOKS = {
  'webhook_endpoint.created': define('Webhook endpoint created'),
  'webhook_endpoint.updated': define('Webhook endpoint edited'),
  'webhook_endpoint.enabled': define('Webhook endpoint turned on'),
  'webhook_endpoint.disabled': define('Webhook endpoint turned off'),
  'webhook_endpoint.gone': define('Webhook endpoint turned off: it answered 410'),
  'webhook_endpoint.secret_rotated': define('Signing secret of a webhook endpoint replaced'),
  'webhook_endpoint.tested': define('Webhook endpoint tested'),
  'webhook_endpoint.deliveries_retried': define('Webhook deliveries sent again'),
  'webhook_endpoint.deleted': define('Webhook endpoint deleted'),
}
