import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createFakeIdp, toField } from '../support/fake-idp.ts'
import { certificateOf, pemOf, publicKeyOf } from '../support/keys.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const SP = { entityID: 'https://sp.example', acsURL: 'https://sp.example/acs' }
const idp = createFakeIdp({
  entityID: 'https://idp.example',
  key: 'idp',
  sp: { ...SP, publicKey: publicKeyOf('sp') },
  now: NOW,
  inResponseTo: '_request',
})
const folder = mkdtempSync(join(tmpdir(), 'gatepost-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function gatepost(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/cli/main.ts', ...args], (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

const page = join(folder, 'page.html')
writeFileSync(page, '<!doctype html><html></html>')
const metadata = file(
  'idp.xml',
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificateOf('idp')}</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>`,
)
const flags =
  `--idp-metadata ${metadata} --sp-entity-id ${SP.entityID} --acs-url ${SP.acsURL} --in-response-to _request --now 2026-06-01T12:00:00Z`.split(
    ' ',
  )

describe('gatepost explain', () => {
  it('judges a captured response and prints JSON', async () => {
    const response = file('response', toField(await idp.respond()))
    const { status, stdout } = await gatepost('explain', '--response', response, ...flags, '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'accept',
      code: null,
      principal: {
        nameID: 'alice@tenant.example',
        email: 'alice@tenant.example',
        firstName: 'Alice',
        lastName: 'Ämter & Söhne',
        sessionIndex: '_session-1',
        attributes: { firstName: ['Alice'] },
      },
      micros: expect.any(Number),
    })
  })

  it('tells people what failed first, and how to mend it, and exits 1', async () => {
    const response = file(
      'wrong.xml',
      await idp.respond({ audiences: [['https://other.example']] }),
    )
    const { status, stdout } = await gatepost('explain', '--response', response, ...flags)
    expect(status).toBe(1)
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^refused in \d+ µs$/)
    expect(lines[2]).toContain('✗ audience  The Assertion is for another service')
    expect(lines[3]).toContain('expected  https://sp.example')
    expect(lines[4]).toContain('received  https://other.example')
    expect(lines[5]).toContain('remedy    Copy our Entity ID into the IdP')
    expect(lines[6]).toContain('✓ response')
  })

  it('judges a response of another day by the request and the time that it names', async () => {
    const response = file('captured', toField(await idp.respond()))
    const offline = flags.slice(0, 6)
    const accepted = await gatepost('explain', '--response', response, ...offline)
    expect(accepted.status).toBe(0)
    expect(accepted.stdout).toMatch(/^accepted in/)
    expect(accepted.stdout).toContain(
      'Judged at 2026-06-01T12:00:00.000Z, as an answer to the request _request, by what the response says itself.',
    )
    const unasked = [...offline, '--in-response-to', '', '--now', '2026-06-01T12:00:01Z']
    const refused = await gatepost('explain', '--response', response, ...unasked)
    expect(refused.status).toBe(1)
    expect(refused.stdout).toContain('✗ in_response_to')
    expect(refused.stdout).toContain('Judged at 2026-06-01T12:00:01Z, as one without a request.')
    const late = [...offline, '--now', '2026-06-02T11:00:00Z', '--json']
    const { status, stdout } = await gatepost('explain', '--response', response, ...late)
    expect([status, (JSON.parse(stdout) as { code: string }).code]).toEqual([
      1,
      'confirmation_not_on_or_after',
    ])
  })

  it('shows every row that can be judged, and none of an assertion nobody signed', async () => {
    const answer = { destination: 'https://x.example', responseIssuer: 'https://y.example' }
    const signed = file('a.xml', await idp.respond({ ...answer, nameID: null }))
    const failing = async (path: string) => {
      const { stdout } = await gatepost('explain', '--response', path, ...flags, '--json')
      const { checks } = JSON.parse(stdout) as { checks: { ok: boolean; code: string }[] }
      return checks.filter(({ ok }) => !ok).map(({ code }) => code)
    }
    expect(await failing(signed)).toEqual(['destination', 'response_issuer', 'name_id'])
    const unsigned = file('b.xml', await idp.respond({ ...answer, nameID: null, sign: [] }))
    expect(await failing(unsigned)).toEqual(['destination', 'response_issuer', 'signature_missing'])
  })

  it('judges a batch, one JSON line a case, in order', async () => {
    const good = await idp.respond()
    const encrypted = await idp.respond({ encrypt: true })
    const base = {
      idp: { entityID: 'https://idp.example', certificates: [pemOf('idp')] },
      sp: SP,
      now: '2026-06-01T12:00:00Z',
      inResponseTo: '_request',
    }
    const batch = file(
      'batch.json',
      JSON.stringify({
        format: 1,
        cases: [
          { ...base, id: 'good', response: toField(good), expected: 'reject' },
          { ...base, id: 'late', response: good, now: '2026-06-02T12:00:00Z' },
          { ...base, id: 'ignored', response: good, now: '2026-06-02T12:00:00Z', ignore: ['time'] },
          { ...base, id: 'no key', response: encrypted },
          { ...base, id: 'no trust', response: good, idp: { ...base.idp, certificates: [] } },
          { ...base, id: 'garbage', response: 'AA=A' },
        ],
      }),
    )
    const { status, stdout } = await gatepost('explain', '--batch', batch)
    expect(status).toBe(0)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ id, verdict, code }) => [id, verdict, code])).toEqual([
      ['good', 'accept', null],
      ['late', 'reject', 'confirmation_not_on_or_after'],
      ['ignored', 'accept', null],
      ['no key', 'reject', 'encryption_no_key'],
      ['no trust', 'reject', 'signature_no_key'],
      ['garbage', 'reject', 'response_not_base64'],
    ])
  })

  it.each([
    [['explain'], '--response is missing'],
    [['explain', '--nonsense'], 'Unknown option'],
    [['explain', '--response', '/does/not/exist', ...flags], 'no such file'],
    [['explain', '--batch', metadata], 'not valid JSON'],
    [['explain', '--response', metadata, ...flags, '--allow', 'md5'], '--allow takes'],
    [
      ['explain', '--response', metadata, ...flags, '--clock-skew', 'x'],
      '--clock-skew takes a number',
    ],
    [['explain', '--response', metadata, ...flags, '--now', 'x'], 'now is not'],
    [
      ['explain', '--response', metadata, ...flags],
      'This is metadata of an IdP, not a SAML response',
    ],
    [
      ['explain', '--response', metadata, ...flags, '--idp-metadata', page],
      'This is a web page, not the metadata of an IdP',
    ],
    [['frobnicate'], 'no command frobnicate'],
  ])('exits 2 with one line: %j', async (args, message) => {
    const { status, stdout, stderr } = await gatepost(...args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})
