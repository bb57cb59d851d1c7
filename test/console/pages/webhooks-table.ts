// The routes of webhook endpoints, with what a browser sends to each: the vendor's, a tenant's, and
// those of the portal.
import type { Need, Row } from '../operator/connection-table.ts'

const FORM = { name: 'Audit log', url: 'https://idp.customer.example/hooks', types: 'user.updated' }

const page = (need: Need): Row => ({ need, status: 200 })
const post = (form: Record<string, string>, status: number): Row => ({
  need: 'configure',
  status,
  form,
})

export const WEBHOOK_ROUTES: Readonly<Record<string, Row>> = {
  'GET /webhooks': page('look'),
  'GET /webhooks/new': page('configure'),
  'POST /webhooks': post(FORM, 200),
  'GET /webhooks/:endpoint': page('look'),
  'GET /webhooks/:endpoint/edit': page('configure'),
  // A request without a version comes from a page that has not seen the row.
  'POST /webhooks/:endpoint': post(FORM, 412),
  'POST /webhooks/:endpoint/secret': post({ keepPreviousHours: '24' }, 200),
  'POST /webhooks/:endpoint/test': post({}, 200),
  'POST /webhooks/:endpoint/on': post({}, 303),
  'POST /webhooks/:endpoint/off': post({}, 303),
  'POST /webhooks/:endpoint/delete': post({}, 303),
  'GET /webhooks/:endpoint/deliveries': page('look'),
  'POST /webhooks/:endpoint/deliveries/retry': post({}, 303),
  'POST /webhooks/:endpoint/deliveries/:delivery/retry': post({}, 303),
}
