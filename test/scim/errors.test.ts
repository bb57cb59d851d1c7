// Each error as RFC 7644 §3.12 shapes it, with a sentence that says what to do.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connections, scimTokens, tenants, users } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { ENTRA_USER, openService, patch, type Service } from './service.ts'
import { askApp } from '../support/ask-app.ts'

type Row = {
  send: (service: Service, id: string) => ReturnType<Service['ask']>
  status: number
  scimType?: string
  /** What the administrator is told to do. */
  says: string
}

const post = (body: unknown, headers?: Record<string, string>): Row['send'] => {
  return ({ ask }) => ask('POST', '/Users', body, headers)
}
const change = (...operations: unknown[]): Row['send'] => {
  return ({ ask }, id) => ask('PATCH', `/Users/${id}`, patch(...operations))
}
const list = (query: string): Row['send'] => {
  return ({ ask }) => ask('GET', `/Users?${query}`)
}

const invalid = (send: Row['send'], scimType: string, says: string): Row => ({
  send,
  status: 400,
  scimType,
  says,
})

const ROWS: Readonly<Record<string, Row>> = {
  'no JSON': invalid(post('{"userName":'), 'invalidSyntax', 'JSON object'),
  'JSON that is no object': invalid(post('[]'), 'invalidSyntax', 'JSON object'),
  'no UTF-8': invalid(
    ({ base, secret, ask: _ }) => askRaw(base, secret, new Uint8Array([0x7b, 0xff, 0x7d])),
    'invalidSyntax',
    'UTF-8',
  ),
  'no userName': invalid(post({ emails: ENTRA_USER.emails }), 'invalidValue', 'Map it to'),
  'a userName that is no text': invalid(post({ userName: 7 }), 'invalidValue', 'userName must'),
  'a userName beyond 200 characters': invalid(
    post({ userName: 'a'.repeat(201) }),
    'invalidValue',
    'at most 200',
  ),
  'a userName with what steers a page': invalid(
    post({ userName: 'ann\u202E@tenant.example' }),
    'invalidValue',
    'printable',
  ),
  'no e-mail': invalid(post({ userName: 'ann' }), 'invalidValue', 'Map it to emails'),
  'an e-mail that is none': invalid(
    post({ userName: 'ann', emails: [{ value: 'ann at home' }] }),
    'invalidValue',
    'Correct it at the IdP',
  ),
  'an e-mail outside of ASCII': invalid(
    post({ userName: 'ann', emails: [{ value: 'änn@tenant.example' }] }),
    'invalidValue',
    'plain e-mail address in ASCII',
  ),
  'a name that is text': invalid(
    post({ ...ENTRA_USER, name: 'Ann' }),
    'invalidValue',
    'givenName and familyName',
  ),
  'active that is neither': invalid(
    change({ op: 'replace', path: 'active', value: 'perhaps' }),
    'invalidValue',
    'true or false',
  ),
  'startIndex that is no number': invalid(list('startIndex=one'), 'invalidValue', 'whole numbers'),
  'a filter that ends early': invalid(list('filter=userName eq'), 'invalidFilter', 'Write it like'),
  'a filter without a value': invalid(list('filter=userName'), 'invalidFilter', 'Write it like'),
  'a filter with an operator of no RFC': invalid(
    list('filter=userName is "a"'),
    'invalidFilter',
    'Write it like',
  ),
  'a filter with open brackets': invalid(
    list('filter=(userName eq "a"'),
    'invalidFilter',
    'Write it like',
  ),
  'a filter with an open quote': invalid(
    list('filter=userName eq "a'),
    'invalidFilter',
    'Write it like',
  ),
  'a filter that is nested deeply': invalid(
    list(`filter=${'('.repeat(60)}id eq "a"${')'.repeat(60)}`),
    'invalidFilter',
    'Write it like',
  ),
  'a filter that is long': invalid(
    list(`filter=userName eq "${'a'.repeat(1000)}"`),
    'invalidFilter',
    '1000 characters',
  ),
  'attributes beyond 1000 characters': invalid(
    list(`attributes=${'a,'.repeat(501)}`),
    'invalidValue',
    'at most 1000 characters',
  ),
  'excludedAttributes beyond 1000 characters': invalid(
    ({ ask }) => ask('POST', '/Users/.search', { excludedAttributes: 'a,'.repeat(501) }),
    'invalidValue',
    'at most 1000 characters',
  ),
  'a filter that is no text': invalid(
    ({ ask }) => ask('POST', '/Users/.search', { filter: { userName: 'a' } }),
    'invalidFilter',
    'text',
  ),
  'a filter that takes reading everybody': invalid(
    list('filter=userName pr'),
    'tooMany',
    'with eq',
  ),
  'a filter by what is not found by key': invalid(
    list('filter=displayName eq "Ann"'),
    'tooMany',
    'Filter by userName',
  ),
  'a filter that begins with': invalid(list('filter=userName sw "a"'), 'tooMany', 'with eq'),
  'a filter that excludes': invalid(list('filter=not (userName eq "a")'), 'tooMany', 'with eq'),
  'a filter of which one half takes reading everybody': invalid(
    list('filter=userName eq "a" or active eq true'),
    'tooMany',
    'with eq',
  ),
  'a page beyond the end of lists': invalid(list('startIndex=10001'), 'tooMany', 'by userName'),
  'a PATCH without operations': invalid(
    ({ ask }, id) => ask('PATCH', `/Users/${id}`, { active: false }),
    'invalidSyntax',
    'Operations',
  ),
  'a PATCH of more than a hundred operations': invalid(
    change(...Array.from({ length: 101 }, () => ({ op: 'add', path: 'title', value: 'x' }))),
    'invalidSyntax',
    'at most 100',
  ),
  'a PATCH of more than 500 attributes': invalid(
    change(
      ...Array.from({ length: 3 }, () => ({
        op: 'add',
        value: Object.fromEntries(Array.from({ length: 167 }, (_, at) => [`name.a${at}`, 'x'])),
      })),
    ),
    'invalidSyntax',
    'at most 500 attributes',
  ),
  'a PATCH of more than a hundred e-mails': invalid(
    change({ op: 'add', path: 'emails', value: Array.from({ length: 101 }, () => ({})) }),
    'invalidValue',
    'at most 100 e-mails',
  ),
  'an operation of no RFC': invalid(
    change({ op: 'move', path: 'active' }),
    'invalidSyntax',
    'add, replace, remove',
  ),
  'an operation that is text': invalid(change('replace'), 'invalidSyntax', 'Operations'),
  'a value that is no user, without a path': invalid(
    change({ op: 'replace', value: false }),
    'invalidSyntax',
    'path and value',
  ),
  'a path that is none': invalid(
    change({ op: 'replace', path: 'emails[type eq', value: 'x' }),
    'invalidPath',
    'Write it like',
  ),
  'a path that is a number': invalid(
    change({ op: 'replace', path: 7, value: 'x' }),
    'invalidPath',
    'Write it like',
  ),
  'a remove without a path': invalid(change({ op: 'remove' }), 'noTarget', 'needs a path'),
  'a path that means no e-mail': invalid(
    change({ op: 'replace', path: 'emails[value eq "x@y.example"].value', value: 'z' }),
    'noTarget',
    'no e-mail',
  ),
  'a change of the id': invalid(
    change({ op: 'replace', path: 'id', value: 'US1' }),
    'mutability',
    'read-only',
  ),
  'a remove of the userName': invalid(
    change({ op: 'remove', path: 'userName' }),
    'mutability',
    'required',
  ),
  'a user who is there': {
    send: post(ENTRA_USER),
    status: 409,
    scimType: 'uniqueness',
    says: 'Match users by userName',
  },
  'a user who is not there': {
    send: ({ ask }) => ask('GET', `/Users/US${'0'.repeat(32)}`),
    status: 404,
    says: 'Restart provisioning',
  },
  'an address of nothing': {
    send: ({ ask }) => ask('GET', '/Nothing'),
    status: 404,
    says: 'Copy the base URL',
  },
  'a schema of nothing': {
    send: ({ ask }) => ask('GET', '/Schemas/urn:nothing'),
    status: 404,
    says: 'Copy the base URL',
  },
  'a version that is over': {
    send: ({ ask }, id) =>
      ask('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: false }), {
        'if-match': 'W/"1"',
      }),
    status: 412,
    says: 'Read it again',
  },
  'a body of another type': {
    send: post('<user/>', { 'content-type': 'application/xml' }),
    status: 415,
    says: 'application/scim+json',
  },
  'a body of more than 64 KiB': {
    send: post({ ...ENTRA_USER, title: 'x'.repeat(64 * 1024) }),
    status: 413,
    says: 'Map fewer attributes',
  },
  bulk: {
    send: ({ ask }) => ask('POST', '/Bulk', { Operations: [] }),
    status: 501,
    says: 'ServiceProviderConfig',
  },
  'somebody without a token': {
    send: ({ ask }) => ask('GET', '/Users', undefined, { authorization: '' }),
    status: 401,
    says: 'Provisioning page',
  },
  'a token that is expired': {
    send: async ({ ask, scimToken }) => {
      const past = { expiresAt: Date.now() - 1 }
      await db.update(scimTokens).set(past).where(eq(scimTokens.sid, scimToken.sid))
      return ask('GET', '/Users')
    },
    status: 401,
    says: 'has expired',
  },
  'a token of a suspended tenant': {
    send: async ({ ask, tenantSid }) => {
      await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, tenantSid))
      return ask('GET', '/Users')
    },
    status: 401,
    says: 'Provisioning page',
  },
  'a suspended connection': {
    send: async ({ ask, connectionSid }) => {
      const suspended = { state: 'suspended' } as const
      await db.update(connections).set(suspended).where(eq(connections.sid, connectionSid))
      return ask('GET', '/Users')
    },
    status: 403,
    says: 'Ask support',
  },
  'too many requests': {
    send: ({ ask }) =>
      ask('GET', '/Users', undefined, {}, {
        ...env,
        SCIM_BY_TOKEN: { limit: async () => ({ success: false }) },
      } as typeof env),
    status: 429,
    says: 'in a minute',
  },
}

async function askRaw(base: string, secret: string, bytes: Uint8Array<ArrayBuffer>) {
  const { createApp } = await import('../../src/app.ts')
  const response = await askApp(
    createApp(),
    `${base}/Users`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' },
      body: bytes,
    },
    env,
  )
  return { status: response.status, headers: response.headers, body: await response.json() }
}

afterEach(() => vi.restoreAllMocks())

describe('an error', () => {
  for (const [of, { send, status, scimType, says }] of Object.entries(ROWS))
    it(`tells of ${of}`, async () => {
      const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
      const service = await openService()
      const { body } = await service.ask('POST', '/Users', ENTRA_USER)
      const before = await db.select().from(users).where(eq(users.sid, body.id))
      const refused = await send(service, body.id)
      expect(refused.body).toEqual({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(status),
        ...(scimType && { scimType }),
        detail: expect.stringContaining(says),
      })
      expect(refused.status).toBe(status)
      expect(refused.headers.get('content-type')).toBe('application/scim+json')
      expect(refused.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
      expect(refused.headers.get('retry-after')).toBe(status === 429 ? '60' : null)
      // Nothing was done, and nothing of what was sent is in the log.
      expect(await db.select().from(users).where(eq(users.sid, body.id))).toEqual(before)
      expect(log.mock.calls.flat().join('\n')).not.toMatch(/tenant\.example|gps_|Test_User/)
      const lines = log.mock.calls.filter(([line]) => String(line).includes('"event":"refused"'))
      expect(lines).toHaveLength(1)
    })

  it('inside of us tells nothing', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const { ask } = await openService()
    const broken = {
      ...env,
      SCIM_BY_TOKEN: {
        limit: () => Promise.reject(new Error('ann@tenant.example')),
      },
    } as unknown as typeof env
    const refused = await ask('GET', '/Users', undefined, {}, broken)
    expect(refused).toMatchObject({ status: 500, body: { status: '500' } })
    expect(JSON.stringify([refused.body, log.mock.calls])).not.toContain('tenant.example')
    expect(JSON.stringify(log.mock.calls)).toContain('routes.ts')
  })
})
