// `gatepost scim-token …`: what an IdP provisions users with. Shown once.
import { readMinutes } from '../arguments.ts'
import { path } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { LIMIT, type Verbs } from '../verb.ts'

const DAY_MINUTES = 24 * 60

export const SCIM_TOKEN_VERBS: Verbs = {
  'scim-token create': {
    about: 'make a token with which the IdP of a connection provisions users by SCIM; shown once',
    takes: ['CN…'],
    flags: {
      name: { value: 'NAME', need: true, about: 'for what it is: the name in the audit trail' },
      expires: { value: '365d', about: '1d to 730d; 365d where nothing is said' },
    },
    text: ({ baseURL, secret, name, expiresAt }) =>
      `Base URL  ${baseURL}\nToken     ${secret}\n\nToken ${name}, until ${renderTime(expiresAt)}. It is not shown again.`,
    run: ({ client, given }) => {
      const days = readMinutes(given.text('expires') ?? '365d', '--expires') / DAY_MINUTES
      if (!Number.isInteger(days)) throw new UsageError('--expires of a token takes whole days')
      return client.call('POST', path`/connections/${given.argument('CN…')}/scim-tokens`, {
        json: { name: given.needText('name'), expiresInDays: days },
      })
    },
  },
  'scim-token list': {
    about: 'list the SCIM tokens of a connection, ended ones too',
    takes: ['CN…'],
    flags: LIMIT,
    columns: [
      { title: 'SID', of: ({ sid }) => sid },
      { title: 'Name', of: ({ name }) => name },
      { title: 'Created by', of: ({ createdBy }) => createdBy },
      { title: 'Expires', of: ({ expiresAt }) => renderTime(expiresAt) },
      { title: 'Revoked', of: ({ revokedAt }) => renderTime(revokedAt) },
      { title: 'Last used', of: ({ lastUsedAt }) => renderTime(lastUsedAt) },
    ],
    run: ({ client, given }) =>
      client.list(path`/connections/${given.argument('CN…')}/scim-tokens`, {}, limitOf(given)),
  },
  'scim-token revoke': {
    about: 'end a SCIM token',
    takes: ['ST…'],
    run: ({ client, given }) => client.call('DELETE', path`/scim-tokens/${given.argument('ST…')}`),
  },
}
