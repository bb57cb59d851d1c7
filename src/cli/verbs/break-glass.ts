// `gatepost break-glass …`: owners who keep a password whatever is enforced. Their codes are shown once.
import { readFile, readMinutes } from '../arguments.ts'
import { path } from '../client.ts'
import { renderTime } from '../print.ts'
import type { VerbContext, Verbs } from '../verb.ts'

const TENANT = { tenant: { value: 'TN…', need: true, about: 'the tenant' } } as const

function pathOf({ given }: VerbContext): string {
  return path`/tenants/${given.needText('tenant')}/break-glass/${given.argument('EMAIL')}`
}

export const BREAK_GLASS_VERBS: Verbs = {
  'break-glass add': {
    about: 'exempt an owner from enforcement for a time',
    takes: ['EMAIL'],
    flags: {
      ...TENANT,
      reason: { value: 'TEXT', need: true, about: 'why this person' },
      expires: { value: '90d', about: 'up to 366d; 90d where nothing is said' },
    },
    run: async (context) => {
      const { client, given } = context
      const minutes = readMinutes(given.text('expires') ?? '90d', '--expires')
      return client.call('PUT', pathOf(context), {
        json: { reason: given.needText('reason'), expiresAt: Date.now() + minutes * 60_000 },
      })
    },
  },
  'break-glass list': {
    about: 'list the owners of a tenant who keep a password, ended ones too',
    flags: TENANT,
    columns: [
      { title: 'E-mail', of: ({ email }) => email },
      { title: 'Reason', of: ({ reason }) => reason },
      { title: 'Expires', of: ({ expiresAt }) => renderTime(expiresAt) },
      { title: 'Ended', of: ({ endedAt }) => renderTime(endedAt) },
      { title: 'Codes left', of: ({ codesLeft }) => codesLeft },
      { title: 'Created by', of: ({ createdBy }) => createdBy },
    ],
    run: async ({ client, given }) =>
      (await client.call('GET', path`/tenants/${given.needText('tenant')}/break-glass`))
        .items as unknown[],
  },
  'break-glass end': {
    about: 'end an exemption, and take back the codes that are left',
    takes: ['EMAIL'],
    flags: TENANT,
    run: async (context) => context.client.call('DELETE', pathOf(context)),
  },
  'break-glass codes': {
    about: 'make ten recovery codes; shown once, and those before count no more',
    takes: ['EMAIL'],
    flags: TENANT,
    text: ({ codes }) =>
      `${codes.join('\n')}\n\nEach works once. They are entered at /login/recovery, and not shown again: write them down, apart from the password.`,
    run: async (context) => context.client.call('POST', `${pathOf(context)}/recovery-codes`),
  },
  'break-glass spend': {
    about: 'spend a recovery code for somebody on the telephone; standard input has it',
    takes: ['EMAIL'],
    text: ({ userSid, codesLeft, passwordUntil }) =>
      `The code is good: ${userSid} signs in by password until ${renderTime(passwordUntil)}. ${codesLeft} are left.`,
    run: async ({ client, given }) =>
      client.call('POST', '/recovery-codes/spend', {
        // Command lines are seen by others and kept.
        json: {
          email: given.argument('EMAIL'),
          code: readFile('-').toString('utf8').trim(),
        },
      }),
  },
}
