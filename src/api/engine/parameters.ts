// The parameters of paths.
import * as z from 'zod/mini'
import { about, sid } from './schema.ts'

export const PARAMETERS = {
  tenant: sid('TN', 'a tenant'),
  connection: sid('CN', 'a connection'),
  operator: sid('OP', 'an operator'),
  contact: sid('CT', 'a contact'),
  account: about(z.string(), 'SID of an account, or its external ID.'),
  import: sid('IM', 'an import'),
  domain: about(z.string(), 'A domain of the tenant.'),
  user: about(z.string(), 'Login e-mail or SID of a user.'),
  tester: sid('US', 'a tester'),
  rollout: sid('RO', 'a rollout'),
  alias: about(z.string(), 'An e-mail address that the IdP has for a user.'),
  attempt: sid('AT', 'an attempt'),
  pendingChange: sid('PC', 'a change that waits'),
  setupLink: sid('SL', 'a setup link'),
  scimToken: sid('ST', 'a SCIM token'),
  claim: sid('CM', 'an address claim'),
  apiKey: sid('AK', 'an API key'),
  client: sid('CL', 'a client'),
  session: sid('SE', 'a session'),
  delivery: sid('LD', 'a logout delivery'),
  webhookEndpoint: sid('WH', 'a webhook endpoint'),
  webhookDelivery: sid('OB', 'a delivery of a webhook endpoint'),
  mail: sid('ML', 'a mail of the log'),
  template: about(z.string(), 'The name of a mail template, such as `setup_link`.'),
  kid: about(z.string(), 'RFC 7638 thumbprint of a signing key.'),
  erasure: sid('ER', 'an erasure'),
  fingerprint: about(z.string(), 'SHA-256 of a certificate.', { pattern: '^[0-9a-f]{64}$' }),
} as const
