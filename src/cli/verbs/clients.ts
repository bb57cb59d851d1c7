// `gatepost client …`: the apps that sign people in here. Their secrets are shown once.
import { readMinutes } from '../arguments.ts'
import { path, type Answer } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { LIMIT, type VerbContext, type Verbs } from '../verb.ts'

const many = (about: string) => ({ value: 'URL', many: true, about }) as const
const one = (about: string) => ({ value: 'URL', about })

const FIELDS = {
  name: { value: 'NAME', about: 'what people know the app by' },
  'redirect-uri': many('where codes go, exactly; several: several times'),
  'post-logout-uri': many('where the browser may go after a logout'),
  'return-origin': many('an origin that logins may return to'),
  'password-login-url': one('where people without single sign-on go on; empty: none'),
  'initiate-login-uri': one('where logins that begin at an IdP go on; empty: none'),
  'backchannel-logout-uri': one('where logout tokens are posted; empty: none'),
  auth: { value: 'METHOD', about: 'client_secret_basic, client_secret_post or none' },
  default: { about: 'logins from an IdP that name no app go to this one' },
} as const

const LISTS = {
  'redirect-uri': 'redirectURIs',
  'post-logout-uri': 'postLogoutRedirectURIs',
  'return-origin': 'returnOrigins',
} as const
const TEXTS = {
  'password-login-url': 'passwordLoginURL',
  'initiate-login-uri': 'initiateLoginURI',
  'backchannel-logout-uri': 'backchannelLogoutURI',
} as const

export const CLIENT_VERBS: Verbs = {
  'client create': {
    about: 'register an app; its secret is shown once',
    flags: {
      ...FIELDS,
      name: { ...FIELDS.name, need: true },
      'redirect-uri': { ...FIELDS['redirect-uri'], need: true },
    },
    text: showSecret,
    run: ({ client, given }) => client.call('POST', '/clients', { json: readFields(given) }),
  },
  'client list': {
    about: 'list the apps, disabled ones too',
    flags: LIMIT,
    columns: [
      { title: 'SID', of: ({ sid }) => sid },
      { title: 'Name', of: ({ name }) => name },
      { title: 'Authenticates', of: ({ tokenEndpointAuthMethod }) => tokenEndpointAuthMethod },
      { title: 'Default', of: ({ isDefault }) => isDefault },
      { title: 'Created', of: ({ createdAt }) => renderTime(createdAt) },
      { title: 'Disabled', of: ({ disabledAt }) => renderTime(disabledAt) },
    ],
    run: ({ client, given }) => client.list('/clients', {}, limitOf(given)),
  },
  'client show': {
    about: 'show an app: what its developer copies, and its fields',
    takes: ['CL…'],
    run: (context) => context.client.call('GET', pathOf(context)),
  },
  'client edit': {
    about: 'edit an app; a list is replaced as a whole',
    takes: ['CL…'],
    flags: {
      ...FIELDS,
      'no-default': { about: 'it is the default no longer' },
      'no-post-logout-uris': { about: 'none of them' },
      'no-return-origins': { about: 'none of them' },
    },
    run: (context) => {
      const { given } = context
      if (given.isOn('default') && given.isOn('no-default'))
        throw new UsageError('--default and --no-default exclude each other')
      return context.client.call('PATCH', pathOf(context), {
        json: {
          ...readFields(given),
          ...(given.isOn('no-default') && { isDefault: false }),
          ...(given.isOn('no-post-logout-uris') && { postLogoutRedirectURIs: [] }),
          ...(given.isOn('no-return-origins') && { returnOrigins: [] }),
        },
      })
    },
  },
  'client rotate-secret': {
    about: 'make another secret; shown once',
    takes: ['CL…'],
    flags: {
      keep: { value: '24h', about: 'how long the one before counts too: 0h to 7d, else 24h' },
    },
    text: showSecret,
    run: (context) => {
      const hours = readMinutes(context.given.text('keep') ?? '24h', '--keep') / 60
      if (!Number.isInteger(hours)) throw new UsageError('--keep takes whole hours')
      return context.client.call('POST', `${pathOf(context)}/secret`, {
        json: { keepPreviousHours: hours },
      })
    },
  },
  'client disable': {
    about: 'let nobody sign in to an app any more; its tokens count no more',
    takes: ['CL…'],
    run: (context) => setDisabled(context, true),
  },
  'client enable': {
    about: 'let people sign in to it again',
    takes: ['CL…'],
    run: (context) => setDisabled(context, false),
  },
}

function pathOf({ given }: VerbContext): string {
  return path`/clients/${given.argument('CL…')}`
}

function setDisabled(context: VerbContext, disabled: boolean) {
  return context.client.call('PATCH', pathOf(context), { json: { disabled } })
}

/** Of the flags that are given. */
function readFields(given: VerbContext['given']): Record<string, unknown> {
  const lists = Object.entries(LISTS)
    .filter(([flag]) => given.list(flag).length > 0)
    .map(([flag, field]) => [field, given.list(flag)])
  const texts = Object.entries(TEXTS)
    .filter(([flag]) => given.text(flag) !== undefined)
    .map(([flag, field]) => [field, given.text(flag) || null])
  return {
    name: given.text('name'),
    tokenEndpointAuthMethod: given.text('auth'),
    ...(given.isOn('default') && { isDefault: true }),
    ...Object.fromEntries([...lists, ...texts]),
  }
}

/** What the app's developer copies. */
function showSecret({ sid, name, secret, issuer, previousSecretUntil }: Answer): string {
  const kept =
    previousSecretUntil === null
      ? ''
      : `\nThe one before counts until ${renderTime(previousSecretUntil)}.`
  return [
    `issuer         ${issuer}`,
    `client_id      ${sid}`,
    secret === null
      ? `\n${name} is a public client: it has no secret.`
      : `client_secret  ${secret}\n\nOf ${name}. It is not shown again.${kept}`,
  ].join('\n')
}
