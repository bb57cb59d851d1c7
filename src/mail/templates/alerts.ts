// Mails to operators: something of Gatepost, or of a customer, needs them. Pure.
import {
  dayOf,
  greeting,
  placeOf,
  template,
  timeOf,
  type Template,
  type TemplateContext,
} from './template.ts'

type Alert<Data> = {
  /** Also the subject, before the place. */
  name: string
  what: (data: Data, at: TemplateContext) => string
  todo: readonly string[]
  /** The page of the console. */
  page: (at: TemplateContext) => string
  label: string
  example: Data
  /** It concerns a connection or a tenant, which the subject names. */
  isOfCustomer: boolean
}

function alert<Data>({ name, what, todo, page, label, example, isOfCustomer }: Alert<Data>) {
  return template<Data>({
    name,
    kind: 'warnings',
    exampleFor: 'operator',
    example,
    write: (data, at) => ({
      subject: `${name}: ${isOfCustomer ? placeOf(at) : at.product}`,
      title: name,
      blocks: [
        greeting(at),
        { p: what(data, at) },
        { heading: 'What to do' },
        { list: todo },
        { button: { label, href: `${at.origin}/console${page(at)}` } },
      ],
    }),
  }) satisfies Template<Data>
}

const people = (count: number) => (count === 1 ? '1 person' : `${count} people`)
const ofConnection = ({ connection }: TemplateContext) =>
  connection ? `/connections/${connection.sid}` : ''
const ofTenant = ({ tenant }: TemplateContext) => (tenant ? `/tenants/${tenant.sid}` : '')
const ofRollout = (rollout: { sid: string } | null, at: TemplateContext) =>
  rollout ? `/rollouts/${rollout.sid}` : ofConnection(at)
const openConnection = { label: 'Open the connection', page: ofConnection, isOfCustomer: true }
const openHealth = { label: 'Open the health page', page: () => '/health', isOfCustomer: false }

export const SCIM_STORM = alert<{ count: number }>({
  ...openConnection,
  name: 'IdP deactivates many people',
  what: ({ count }, at) =>
    `The IdP of ${placeOf(at)} has deactivated ${people(count)} within an hour, more than usual.`,
  todo: [
    'Ask the customer whether this is meant. A wrong assignment at the IdP is the usual cause.',
    'If not, let them assign the people again: the IdP activates them with its next run.',
  ],
  example: { count: 26 },
})

export const OWNERS_KEPT_WAY = alert<Record<never, never>>({
  ...openConnection,
  name: 'Owners keep the password in a mass deactivation',
  what: (_, at) =>
    `The IdP of ${placeOf(at)} has deactivated many people at once, break-glass owners among ` +
    'them. The owners can still sign in by password.',
  todo: ['Ask the customer whether the owners have left.', 'End the exemption of those who have.'],
  page: ofTenant,
  label: 'Open the customer',
  example: {},
})

export const FAILURES_UNUSUAL = alert<{ count: number; usual: number }>({
  ...openConnection,
  name: 'More failing logins than usual',
  what: ({ count, usual }, at) =>
    `${count} logins through ${placeOf(at)} were refused today. A usual day has ${usual}.`,
  todo: [
    'Look at the latest attempts: each says which check failed.',
    'Write to the customer’s technical contact. A changed certificate is the usual cause.',
  ],
  example: { count: 40, usual: 2.5 },
})

export const NEWCOMER_LIMIT_REACHED = alert<{ limit: number }>({
  ...openConnection,
  name: 'Limit of new users reached',
  what: ({ limit }, at) =>
    `First logins through ${placeOf(at)} created ${limit} users within an hour. That is the ` +
    'limit: further new people are refused until the hour is over.',
  todo: [
    'Look at the newest users of the customer. Do they belong there?',
    'If they do, raise the limit in the settings of the connection.',
  ],
  example: { limit: 100 },
})

export const ADDRESS_CLAIMED = alert<Record<never, never>>({
  name: 'Address claimed under another ID',
  what: (_, at) =>
    `An import or the IdP of ${placeOf(at)} sends a person under an ID that is not the one of ` +
    'the user with this address. Nothing changes before you have decided. There may be more.',
  todo: ['Decide for each: the same person, or another one.'],
  page: (at) => `${ofTenant(at)}/users`,
  label: 'Open the users',
  isOfCustomer: true,
  example: {},
})

export const ENFORCEMENT_MISSED = template<{ rollout: { sid: string; name: string } | null }>({
  name: 'Scheduled enforcement did not run',
  kind: 'warnings',
  exampleFor: 'operator',
  example: { rollout: { sid: 'RO00000000000000000000000000000000', name: 'Head office' } },
  write({ rollout }, at) {
    return {
      subject: `Enforcement did not run: ${rollout?.name ?? placeOf(at)}`,
      title: 'A scheduled enforcement did not run',
      blocks: [
        greeting(at),
        {
          p:
            `The date of the rollout “${rollout?.name ?? 'unnamed'}” of ${placeOf(at)} has come, ` +
            'and a condition was not met. Everybody signs in as before.',
        },
        { p: 'The page of the rollout says which condition. Then enforce, or set another date.' },
        {
          button: {
            label: 'Open the rollout',
            href: `${at.origin}/console${ofRollout(rollout, at)}`,
          },
        },
      ],
    }
  },
})

const KEY_STATES = {
  expiring: 'expires soon',
  expired: 'has expired',
  rotation_due: 'is due for rotation',
} as const

export const OUR_KEY = template<{ state: keyof typeof KEY_STATES; notAfter: number }>({
  name: 'Our certificate',
  kind: 'warnings',
  exampleFor: 'operator',
  example: { state: 'expiring', notAfter: Date.UTC(2027, 2, 17) },
  write({ state, notAfter }, at) {
    const verb = state === 'expired' ? 'expired' : 'expires'
    return {
      subject: `Our certificate ${KEY_STATES[state]}: ${at.product}`,
      title: `Our own certificate ${KEY_STATES[state]}`,
      blocks: [
        greeting(at),
        {
          p:
            `A certificate of ${at.product} itself ${verb} on ${dayOf(notAfter)} (UTC). IdPs ` +
            'encrypt for it and check our requests with it. They need weeks to take a new one.',
        },
        { heading: 'What to do' },
        {
          list: [
            'Create the next key pair. Our metadata then has both certificates.',
            'Give customers without a metadata URL the new certificate.',
            'Rotate when the IdPs have it.',
          ],
        },
        { button: { label: 'Open the keys', href: `${at.origin}/console/keys` } },
      ],
    }
  },
})

export const SWEEP_BEHIND = alert<{ table: string; count: number }>({
  ...openHealth,
  name: 'Expired rows are not deleted in time',
  what: ({ table, count }) =>
    `The table ${table} has ${count} rows that should have been deleted two hours ago.`,
  todo: ['See whether the job sweep fails or takes its whole time.', 'On the free plan, upgrade.'],
  example: { table: 'sessions', count: 10_000 },
})

export const DATABASE_NEARLY_FULL = alert<{ gigabytes: string; limit: number }>({
  ...openHealth,
  name: 'Database is nearly full',
  what: ({ gigabytes, limit }, at) =>
    `The database of ${at.product} holds ${gigabytes} of ${limit} GB. When it is full, nobody ` +
    'can sign in.',
  todo: ['Shorten how long rows are kept.', 'Or ask Cloudflare for a larger database.'],
  example: { gigabytes: '8.40', limit: 10 },
})

export const JOB_SILENT = alert<{ job: string; at: number }>({
  ...openHealth,
  name: 'A job does not run',
  what: ({ job, at }) =>
    `The job ${job} has not succeeded for more than two of its periods. Noticed on ${timeOf(at)}.`,
  todo: [
    'Compare the cron triggers of the Worker with wrangler.toml.',
    'Look for job_failed in its log.',
  ],
  example: { job: 'deliver_events', at: Date.UTC(2027, 2, 3, 14, 5) },
})
