// The commands against a database: through the API of a Worker that serves from it, and directly.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CommandError } from '../../src/cli/command-error.ts'
import { certificateOf } from '../support/keys.ts'
import { openPlace, runHere, type Place } from './run.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
  // The first key of a deployment is made beside it. From then on commands reach the Worker that
  // serves from this database.
  const made = await place.gatepost(
    'api-key',
    'create',
    '--name',
    'ci',
    '--role',
    'owner',
    '--json',
  )
  vi.stubEnv('GATEPOST_API_KEY', JSON.parse(made.stdout).secret)
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await place?.close()
})

const run = (...args: string[]) => runHere(...args, '--url', place.origin)
const json = async (...args: string[]) => JSON.parse(await run(...args, '--json'))

/** The error that a command ends with. */
async function refusal(...args: string[]): Promise<CommandError> {
  const error = await run(...args).catch((caught: unknown) => caught)
  if (error instanceof CommandError) return error
  throw new Error(`${args.join(' ')} was not refused`)
}

const metadata = (entityID: string) =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityID}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificateOf('idp')}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso"/></IDPSSODescriptor></EntityDescriptor>`

describe('gatepost', () => {
  it('brings a customer from nothing to a connection that both sides can see', async () => {
    const tenant = await json('tenant', 'create', '--name', 'Example Ltd', '--plan', 'enterprise')
    expect(tenant).toMatchObject({ name: 'Example Ltd', supportContact: null })
    const create = ['connection', 'create', '--tenant', tenant.sid, '--name', 'Example IdP']
    const created = await json(...create, '--set', 'clockSkewSeconds=30', '--set', 'nameIDFormat=')
    const { sid } = created
    expect(created).toMatchObject({ state: 'draft', clockSkewSeconds: 30, tenant: 'Example Ltd' })

    const file = place.file('idp.xml', metadata('https://idp.example'))
    const previewed = await json('connection', 'import-metadata', sid, file, '--preview')
    expect(previewed).toMatchObject({ after: { entityID: 'https://idp.example' }, state: 'draft' })
    await json('connection', 'import-metadata', sid, file)
    const shown = await json('connection', 'show', sid)
    expect(shown).toMatchObject({
      entityID: 'https://idp.example',
      ssoPostURL: 'https://idp.example/sso',
      certificates: 1,
      next: ['begin_testing', 'suspend'],
      preset: 'Another SAML 2.0 identity provider',
      ourEntityID: expect.stringMatching(new RegExp(`^http://.*/saml/${sid}/metadata$`)),
      ourACSURL: expect.stringMatching(new RegExp(`^http://.*/saml/${sid}/acs$`)),
      inTheIdP: { ourACSURL: expect.stringContaining('ACS') },
      attributes: expect.arrayContaining([expect.stringMatching(/^email: /)]),
    })

    const der = Uint8Array.from(atob(certificateOf('idpNext')), (byte) => byte.charCodeAt(0))
    const added = await json('connection', 'add-certificate', sid, place.file('next.cer', der))
    const [fingerprint] = added.addedCertificates
    expect(await json('connection', 'certificates', sid)).toMatchObject([
      { trust: 'pinned', certificate: certificateOf('idp') },
      { trust: 'pinned', fingerprint },
    ])
    const removed = await json('connection', 'remove-certificate', sid, fingerprint)
    expect(removed.removedCertificates).toEqual([fingerprint])
    expect(await json('connection', 'list', '--tenant', tenant.sid)).toMatchObject([{ sid }])

    await json('user', 'add', 'ann@example.com', '--tenant', tenant.sid, '--first-name', 'Ann')
    const enable = ['user', 'enable', 'Ann@example.com', '--connection', sid]
    expect((await refusal(...enable)).problem?.code).toBe('connection_not_ready')
    // On a name that a resolver does not have, nothing can be said of its URL.
    await json('connection', 'edit', sid, '--idp-initiated', 'accept', '--set', 'ssoPostURL=')
    await json('connection', 'move', sid, 'begin_testing')
    expect(await json(...enable)).toMatchObject({ signInMethod: 'sso_enabled', connectionSid: sid })
    expect(await json('user', 'disable', 'ann@example.com')).toMatchObject({
      signInMethod: 'password',
    })
    const edited = await json('tenant', 'edit', tenant.sid, '--support-contact', 'x', '--suspend')
    expect(edited).toMatchObject({ supportContact: 'x', suspendedAt: expect.any(Number) })
    const events = await json('events', 'list', '--tenant', tenant.sid)
    const types = events.map(({ type }: { type: string }) => type)
    expect(types.filter((type: string) => type !== 'turn.began').slice(-2)).toEqual([
      'user.sign_in_method_set',
      'tenant.updated',
    ])
  })

  it('prints lists as tables and things as fields, with dates that can be read', async () => {
    const { sid } = await json('tenant', 'create', '--name', 'Näme \u001B[31m')
    const list = await run('tenant', 'list', '--limit', '1')
    const [head, line, ...rest] = list.trimEnd().split('\n')
    expect(head).toMatch(/^SID +Name +Plan +Created +Suspended$/)
    expect(line).toMatch(
      new RegExp(`^${sid}  Näme .* enterprise  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC`),
    )
    expect([rest, line!.includes('\u001B')]).toEqual([[], false])
    const shown = await run('tenant', 'show', sid)
    expect(shown).toMatch(/^plan +enterprise$/m)
    expect(shown).toMatch(/^createdAt +\d{4}-\d\d-\d\d \d\d:\d\d UTC$/m)
  })

  it('shows the secrets of links and keys once, in words for people', async () => {
    const tenant = await json('tenant', 'create', '--name', 'Links')
    const { sid } = await json('connection', 'create', '--tenant', tenant.sid, '--name', 'IdP')
    const made = await run('setup-link', 'create', sid, '--name', 'bob', '--expires', '2h')
    expect(made).toMatch(/^http:\/\/\S+\/setup\/[\w-]{43}\n\nFor bob, until /)
    const [link] = await json('setup-link', 'list', sid)
    expect(link).toMatchObject({ name: 'bob', capabilities: ['configure', 'test'] })
    expect(link.expiresAt - link.createdAt).toBe(2 * 3600 * 1000)
    expect(await json('setup-link', 'revoke', link.sid)).toMatchObject({
      revokedAt: expect.any(Number),
    })
    const token = await run('scim-token', 'create', sid, '--name', 'Okta', '--expires', '30d')
    expect(token).toMatch(
      /^Base URL +http:\/\/\S+\/scim\/v2\/CN\w{32}\nToken +gps_[\w-]{43}\n\nToken Okta, until /,
    )
    const [scim] = await json('scim-token', 'list', sid)
    expect(scim).toMatchObject({ name: 'Okta', revokedAt: null })
    expect(await json('scim-token', 'revoke', scim.sid)).toMatchObject({
      revokedAt: expect.any(Number),
    })
    const signIn = await run(
      'operator',
      'sign-in',
      '--email',
      'olga@vendor.example',
      '--name',
      'olga',
    )
    expect(signIn).toMatch(/^http:\/\/\S+\/console\/sign-in\?link=[\w-]{43}\n\nFor olga/)
  })

  it('registers apps, and shows their secrets once', async () => {
    const app = 'https://app.example.com'
    const create = ['client', 'create', '--name', 'App', '--redirect-uri', `${app}/callback`]
    const made = await run(...create, '--redirect-uri', 'http://localhost:8080/callback')
    expect(made).toMatch(/^issuer +http:\S+\nclient_id +CL[0-9a-f]{32}\nclient_secret +gpc_/)
    const sid = /CL[0-9a-f]{32}/.exec(made)![0]
    const shown = await json('client', 'show', sid)
    expect(shown).toMatchObject({
      redirectURIs: [`${app}/callback`, 'http://localhost:8080/callback'],
      discoveryURL: `${place.origin}/.well-known/openid-configuration`,
    })
    const edit = ['client', 'edit', sid, '--return-origin', app, '--password-login-url']
    expect(await json(...edit, `${app}/login`, '--initiate-login-uri', `${app}/in`)).toMatchObject({
      name: 'App',
      redirectURIs: shown.redirectURIs,
      returnOrigins: [app],
      passwordLoginURL: `${app}/login`,
    })
    expect(await json('client', 'edit', sid, '--default')).toMatchObject({ isDefault: true })
    const cleared = ['--no-return-origins', '--no-default', '--password-login-url', '']
    expect(await json('client', 'edit', sid, ...cleared)).toMatchObject({
      isDefault: false,
      returnOrigins: [],
      passwordLoginURL: null,
      initiateLoginURI: `${app}/in`,
    })
    const rotated = await run('client', 'rotate-secret', sid, '--keep', '7d')
    expect(rotated).toMatch(/client_secret +gpc_[\w-]{43}\n\n.* shown again\.\nThe previous secret/)
    expect(await json('client', 'disable', sid)).toMatchObject({ disabledAt: expect.any(Number) })
    expect(await json('client', 'enable', sid)).toMatchObject({ disabledAt: null })
    expect(await json('client', 'list')).toMatchObject([{ sid, name: 'App' }])
    const wild = [...create.slice(0, -1), 'https://*.example.com/']
    expect((await refusal(...wild)).problem).toMatchObject({
      code: 'endpoint_url',
      field: 'redirectURIs',
    })
    const open = await run(...create, '--type', 'public')
    expect(open).toContain('it has no secret')
    await expect(run('client', 'rotate-secret', sid, '--keep', '90m')).rejects.toThrow(
      'whole hours',
    )
  })

  it('uploads large metadata whole', async () => {
    const { sid: tenant } = await json('tenant', 'create', '--name', 'Large')
    const { sid } = await json('connection', 'create', '--tenant', tenant, '--name', 'IdP')
    const file = place.file('large.xml', ' '.repeat(2 ** 21) + metadata('https://idp.example'))
    const imported = await json('connection', 'import-metadata', sid, file)
    expect(imported.after).toMatchObject({ entityID: 'https://idp.example' })
  })

  it('lists what there is to choose from', async () => {
    const { sid: tenant } = await json('tenant', 'create', '--name', 'Several')
    const { sid } = await json('connection', 'create', '--tenant', tenant, '--name', 'IdP')
    const choices = ['https://a.example', 'https://b.example']
    const several = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${choices.map(metadata).join('')}</EntitiesDescriptor>`
    const file = place.file('several.xml', several)
    const { problem, message } = await refusal('connection', 'import-metadata', sid, file)
    expect(problem).toMatchObject({ code: 'metadata_several_entities', choices })
    expect(message).toContain('(metadata_several_entities, metadata)')
  })

  it('looks after connections, one by one or all of them', async () => {
    const { sid: tenant } = await json('tenant', 'create', '--name', 'Checked')
    const url = 'ssoPostURL=http://127.0.0.1:1/sso'
    const create = ['connection', 'create', '--tenant', tenant, '--name', 'IdP', '--set', url]
    const { sid } = await json(...create)
    const found = { connectionSid: sid, field: 'ssoPostURL', result: 'unreachable' }
    expect(await json('connection', 'check', sid)).toMatchObject([found])
    expect(await json('connection', 'check', '--all')).toContainEqual(
      expect.objectContaining(found),
    )
    await expect(run('connection', 'check')).rejects.toThrow('name a connection, or --all')
    // Those without a metadata URL are none of `--all`, and named they are a mistake.
    expect(await json('connection', 'refresh-metadata', '--all')).toEqual([])
    const fingerprint = 'f'.repeat(64)
    for (const [code, ...args] of [
      ['not_there', 'connection', 'refresh-metadata', sid],
      ['endpoint_unreachable', 'connection', 'set-metadata-url', sid, 'http://127.0.0.1:1/x'],
      ['certificate_unknown', 'connection', 'trust-certificate', sid, fingerprint],
      ['certificate_unknown', 'connection', 'refuse-certificate', sid, fingerprint],
      ['lifecycle', 'connection', 'move', sid, 'begin_testing'],
      ['not_there', 'attempt', 'show', 'AT0'],
    ])
      expect([args, (await refusal(...args)).problem?.code]).toEqual([args, code])
    expect(await run('connection', 'set-metadata-url', sid, '--remove')).toBe('done')
    expect(await json('connection', 'attempts', sid)).toEqual([])
    await expect(run('connection', 'move', sid, 'validate')).rejects.toThrow('takes begin_testing')
  })

  it('takes our key pairs through their stages', async () => {
    const stages = async (...args: string[]) =>
      (await json('key', ...args)).map(({ stage }: { stage: string }) => stage)
    expect(await stages('list')).toEqual(['current'])
    await expect(run('key', 'retire')).rejects.toThrow('there is no previous pair')
    expect(await stages('prepare')).toEqual(['current', 'next'])
    expect(await stages('rotate')).toEqual(['current', 'previous'])
    expect(await stages('retire')).toEqual(['current'])
  })

  it('goes no further than its key', async () => {
    const key = place.file('key', `gp_${'x'.repeat(43)}\n`)
    const { problem } = await refusal('tenant', 'list', '--key-file', key)
    expect(problem?.code).toBe('unauthenticated')
    vi.stubEnv('GATEPOST_API_KEY', '')
    const { sid } = await json('tenant', 'create', '--name', 'x', '--key-file', key).catch(() => ({
      sid: null,
    }))
    expect(sid).toBeNull()
    await expect(run('tenant', 'list')).rejects.toThrow('--url needs a key')
  })
})

describe('gatepost as a process', () => {
  it('works on the same database, and the trail says who did what', async () => {
    const made = await place.gatepost('tenant', 'create', '--name', 'By hand', '--json')
    expect(made.status).toBe(0)
    const { sid } = JSON.parse(made.stdout)
    const trail = await place.gatepost('events', 'list', '--subject', sid, '--json')
    expect(JSON.parse(trail.stdout)).toMatchObject([
      { type: 'tenant.created', actor: 'deployment' },
    ])
    const wrong = await place.gatepost('tenant', 'create', '--name', ' x')
    expect([wrong.status, wrong.stdout, wrong.stderr]).toEqual([
      1,
      '',
      'gatepost: The input is not valid (input, name): expected 1 to 200 characters; received ␠x (white space and invisible characters are shown as ␠, ␉, ␊ or their code points). Correct the named field.\n',
    ])
    const asJSON = await place.gatepost('tenant', 'show', 'TN0', '--json')
    expect(asJSON.status).toBe(1)
    expect(JSON.parse(asJSON.stderr)).toMatchObject({ code: 'not_there', received: 'TN0' })
  })
})
