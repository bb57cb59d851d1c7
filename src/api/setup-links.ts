// Routes of setup links, which open the setup portal of one connection.
import * as z from 'zod/mini'
import { CAPABILITIES } from '../events/actor.ts'
import { ok, type Result } from '../result.ts'
import {
  createSetupLink,
  getSetupLink,
  listSetupLinks,
  revokeSetupLink,
} from '../access/operations.ts'
import { sendSetupLink, sendSetupLinkAgain, type SentLink } from '../mail/send-personal.ts'
import type { Problem } from '../problem.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, pageQuery, sid } from './engine/schema.ts'

const capabilities = about(
  z.array(z.enum(CAPABILITIES)),
  'What it allows besides viewing: `configure` the IdP’s side, `test`, `release` users whose ' +
    'NameID changed, `rollBack`: give people of a rollout their passwords back.',
)

const shape = {
  sid: sid('SL', 'the setup link'),
  tenantSid: sid('TN', 'the tenant'),
  connectionSid: sid('CN', 'the connection'),
  name: about(z.string(), 'Name of the recipient, for the audit trail.'),
  capabilities,
  createdBy: z.string(),
  invitedBy: about(
    z.nullable(z.string()),
    'The person whose name the recipient reads; null: the product invites.',
  ),
  createdAt: instant,
  expiresAt: instant,
  revokedAt: z.nullable(instant),
  lastUsedAt: z.nullable(instant),
}
const setupLink = named('SetupLink', z.object(shape))

const created = named(
  'SetupLinkCreated',
  z.object({
    ...shape,
    secret: about(z.nullable(z.string()), 'Shown once: null in later answers.'),
    url: about(z.nullable(z.string()), 'The link to send to that person. It contains the secret.'),
    mail: about(
      z.nullable(
        z.object({
          sid: sid('ML', 'the mail'),
          outcome: about(z.string(), '`sent`; or `copy`: there is no sender, so you send it.'),
        }),
      ),
      'The mail with the link. Null: no address was given, or this is a later answer.',
    ),
  }),
)

const email = about(z.string(), 'The link is sent to this address by mail.', { maxLength: 254 })

const creation = named(
  'SetupLinkCreation',
  z.strictObject({
    name: about(z.string(), 'Name of the recipient, for the audit trail.', {
      minLength: 1,
      maxLength: 100,
    }),
    capabilities,
    expiresInMinutes: about(z.int(), '5 minutes to 30 days.', { minimum: 5, maximum: 43200 }),
    email: z.exactOptional(email),
  }),
)

function shownSent(sent: Result<SentLink, Problem>, origin: string) {
  if (!sent.ok) return sent
  const { setupLink: link, secret, mail } = sent.value
  const { sid: mailSid, outcome } = mail
  const url = `${origin}/setup/${secret}`
  return ok({ ...link, secret, url, mail: { sid: mailSid, outcome } })
}

export const SETUP_LINK_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/setup-links',
    operationId: 'listSetupLinks',
    summary: 'List the setup links of a connection, including expired and revoked ones',
    tag: 'Setup links',
    who: 'operators',
    permission: 'view',
    query: pageQuery,
    cli: {
      verb: 'setup-link list',
      takes: ['connection'],
      columns: {
        SID: 'sid',
        For: 'name',
        May: 'capabilities',
        'Created by': 'createdBy',
        Expires: 'expiresAt',
        Revoked: 'revokedAt',
        'Last used': 'lastUsedAt',
      },
    },
    status: 200,
    answer: page('SetupLinkPage', setupLink),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listSetupLinks(context, params.connection, asked.value)
      return found.ok ? ok(answerPage(found.value)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/setup-links',
    operationId: 'createSetupLink',
    summary: 'Create a setup link for a customer’s administrator, which is shown once',
    tag: 'Setup links',
    who: 'operators',
    permission: 'operate',
    body: creation,
    cli: {
      verb: 'setup-link create',
      takes: ['connection'],
      flags: {
        capabilities: { name: 'may', otherwise: { text: 'configure,test' } },
        expiresInMinutes: { name: 'expires', value: '7d', otherwise: { text: '7d' } },
      },
    },
    status: 201,
    answer: created,
    location: ({ sid }) => `/setup-links/${sid}`,
    async again({ context }, sid) {
      const found = await getSetupLink(context, sid)
      return found.ok ? ok({ ...found.value, secret: null, url: null, mail: null }) : found
    },
    problems: ['limit_reached', 'operators_tenant'],
    async handle({ context, config, params, body: { email: address, ...link }, mailToCopy }) {
      const { connection } = params
      if (address !== undefined) {
        const mailed = { ...link, email: address }
        const sent = await sendSetupLink(context, mailToCopy(), connection, mailed)
        return shownSent(sent, config.origin)
      }
      const made = await createSetupLink(context, connection, link)
      if (!made.ok) return made
      const { setupLink: row, secret } = made.value
      return ok({ ...row, secret, url: `${config.origin}/setup/${secret}`, mail: null })
    },
  }),
  route({
    method: 'POST',
    path: '/setup-links/{setupLink}/send',
    operationId: 'sendSetupLinkAgain',
    summary: 'Send a new link in place of one that was lost, by mail; the earlier one ends',
    tag: 'Setup links',
    who: 'operators',
    permission: 'operate',
    body: named('SetupLinkSending', z.strictObject({ email })),
    cli: { verb: 'setup-link send', takes: ['setupLink', 'email'] },
    status: 200,
    answer: created,
    problems: ['limit_reached', 'operators_tenant'],
    handle: async ({ context, config, params, body, mailToCopy }) =>
      shownSent(
        await sendSetupLinkAgain(context, mailToCopy(), params.setupLink, body.email),
        config.origin,
      ),
  }),
  route({
    method: 'GET',
    path: '/setup-links/{setupLink}',
    operationId: 'getSetupLink',
    summary: 'Get a setup link',
    tag: 'Setup links',
    who: 'operators',
    permission: 'view',
    cli: { verb: 'setup-link show', takes: ['setupLink'] },
    status: 200,
    answer: setupLink,
    handle: ({ context, params }) => getSetupLink(context, params.setupLink),
  }),
  route({
    method: 'DELETE',
    path: '/setup-links/{setupLink}',
    operationId: 'revokeSetupLink',
    summary: 'Revoke a setup link; portals opened with it stop working',
    tag: 'Setup links',
    who: 'operators',
    permission: 'operate',
    cli: { verb: 'setup-link revoke', takes: ['setupLink'] },
    status: 200,
    answer: setupLink,
    handle: ({ context, params }) => revokeSetupLink(context, params.setupLink),
  }),
]
