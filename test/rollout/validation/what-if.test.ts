// What if: the same response under the configuration as it is and as it would be. Nothing of it is
// kept.
import { describe, expect, it, vi } from 'vitest'
import { connections } from '../../../src/platform/db/schema.ts'
import { whatIf, type WhatIfSource } from '../../../src/rollout/validation/what-if.ts'
import { parseCertificate } from '../../../src/saml/signature/certificate.ts'
import { addAttempt } from '../../support/attempts.ts'
import { openBrowser, ORIGIN } from '../../support/browser.ts'
import { toField } from '../../support/fake-idp.ts'
import { certificateOf, privateKeyOf, type KeyName } from '../../support/keys.ts'
import { codeOf, good, request } from '../../support/request.ts'
import { as, createWorld, db, type World } from '../../support/world.ts'
import { customerOf } from './people.ts'

const ALICE = 'alice@tenant.example'
const KEYS = { decryptionKeys: async () => [privateKeyOf('sp')] }

function pasted(response: string, at?: number): WhatIfSource {
  return { response, origin: ORIGIN, keys: KEYS, at }
}

async function certificate(name: KeyName) {
  const parsed = await parseCertificate(certificateOf(name))
  if (!parsed.ok) throw new Error(name)
  return parsed.value
}

/** The attempt of a test sign-in, or of a login. */
async function attemptOf(world: World, query: '' | '?test', answer: Parameters<World['login']>[1]) {
  const browser = openBrowser()
  const departure = await world.begin(browser, query)
  const message = await world.idp(departure.requestID).respond({ ...as(ALICE), ...answer })
  await world.deliver(browser, message, departure.relayState)
  const { attempts: rows } = await world.rows()
  return { attempt: rows.at(-1)!, message }
}

function failing(checks: readonly { code: string; ok: boolean }[]) {
  return checks.filter(({ ok }) => !ok).map(({ code }) => code)
}

describe('a pasted response', () => {
  it('is judged before and after, every row', async () => {
    const world = await createWorld({ pinned: ['idpNext'] })
    const message = await world.idp('_gone').respond({
      ...as(ALICE),
      issuer: 'https://renamed.example',
    })
    const result = good(
      await whatIf(
        request(),
        world.connectionSid,
        {
          fields: { entityID: 'https://renamed.example' },
          addCertificates: [await certificate('idp')],
        },
        pasted(message),
      ),
    )
    expect(result.before).toMatchObject({ verdict: 'refused', code: 'response_issuer' })
    expect(failing(result.before.checks)).toEqual(['response_issuer', 'signature_invalid'])
    expect(result.after).toMatchObject({ verdict: 'accepted', code: null })
    expect(result.after.checks.at(-1)!.code).toBe('email')
    expect(result.after.checks.every(({ basis }) => basis === 'judged')).toBe(true)
    // Which request it answers cannot be known any more: there is no row that pretends.
    expect(result.after.checks.map(({ code }) => code)).not.toContain('confirmation_in_response_to')
    expect(result.leftOut.join()).toContain('InResponseTo')
    expect(result.preview.after).toEqual({ entityID: 'https://renamed.example' })
  })

  it('refuses after an edit that takes its certificate away', async () => {
    const world = await createWorld()
    const message = await world.idp(null).respond(as(ALICE))
    const edit = {
      removeCertificates: [(await certificate('idp')).fingerprint],
      addCertificates: [await certificate('idpNext')],
    }
    const result = good(await whatIf(request(), world.connectionSid, edit, pasted(message)))
    expect([result.before.verdict, result.after.code]).toEqual(['accepted', 'signature_invalid'])
  })

  it('maps attributes as the draft says', async () => {
    const world = await createWorld()
    const message = await world.idp(null).respond({
      attributes: { loginMail: ALICE, firstName: 'Alice', lastName: 'Secret-Name' },
    })
    const fields = { attributeMapping: { email: 'loginMail' } }
    const result = good(await whatIf(request(), world.connectionSid, { fields }, pasted(message)))
    expect([result.before.code, result.after.verdict]).toEqual(['attribute_missing', 'accepted'])
    // Names of attributes, and no value.
    expect(JSON.stringify(result)).not.toMatch(/alice@|Secret-Name/)
  })

  it('is taken as people copy it, and encrypted too', async () => {
    const world = await createWorld()
    const message = await world.idp(null).respond({ ...as(ALICE), encrypt: true })
    const field = toField(message)
    for (const response of [
      message,
      `\n${message}\n`,
      field,
      field.replace(/.{76}/g, '$&\n'),
      encodeURIComponent(field),
      `SAMLResponse=${encodeURIComponent(field)}&RelayState=abc`,
    ]) {
      const result = good(await whatIf(request(), world.connectionSid, {}, pasted(response)))
      expect(result.before.code, response.slice(0, 40)).toBeNull()
      expect(result.after).toEqual(result.before)
    }
  })

  it('is judged as of when the IdP made it, or as of when one says', async () => {
    const world = await createWorld()
    const made = Date.now() - 90 * 24 * 3600 * 1000
    const idp = { ...world.idp(null) }
    const message = await idp.respond({
      ...as(ALICE),
      issueInstant: made,
      notBefore: made,
      notOnOrAfter: made + 60_000,
      authnInstant: made,
      confirmations: [{ notOnOrAfter: made + 60_000 }],
    })
    const judge = async (fields: object, at?: number) =>
      good(await whatIf(request(), world.connectionSid, { fields }, pasted(message, at)))
    const result = await judge({})
    expect([result.at, result.before.verdict]).toEqual([made, 'accepted'])
    const late = await judge({ clockSkewSeconds: 300 }, made + 180_000)
    expect(failing(late.before.checks)).toEqual(['confirmation_not_on_or_after', 'not_on_or_after'])
    expect(late.after.verdict).toBe('accepted')
  })

  it('that is none gets its refusal as a row; one that is too large is not looked at', async () => {
    const world = await createWorld()
    const judge = (response: string) => whatIf(request(), world.connectionSid, {}, pasted(response))
    for (const [response, code] of [
      ['%%%', 'response_not_base64'],
      ['<a>', 'xml_malformed'],
      ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'xml_doctype'],
      [`<a>${'x'.repeat(300 * 1024)}</a>`, 'response_too_large'],
    ] as const)
      expect(good(await judge(response)).before.code, response.slice(0, 20)).toBe(code)
    expect(codeOf(await judge('x'.repeat(600 * 1024)))).toEqual(['response_too_large', 'response'])
    // Something else, or nothing, was pasted: the form says what.
    expect(codeOf(await judge(''))).toEqual(['response_not_base64', 'response'])
  })

  it('leaves nothing behind: no row, no line in a log', async () => {
    const world = await createWorld()
    const message = await world.idp(null).respond(as(ALICE))
    const log = vi.spyOn(console, 'log')
    const before = [await world.rows(), await db.select().from(connections)]
    good(
      await whatIf(
        request(),
        world.connectionSid,
        { fields: { clockSkewSeconds: 120 }, addCertificates: [await certificate('idpNext')] },
        pasted(message),
      ),
    )
    expect([await world.rows(), await db.select().from(connections)]).toEqual(before)
    expect(log).not.toHaveBeenCalled()
    log.mockRestore()
  })
})

describe('a stored attempt', () => {
  it('is judged again in what its rows tell', async () => {
    const world = await createWorld()
    await world.addUser(ALICE)
    const { attempt } = await attemptOf(world, '?test', { issuer: 'https://renamed.example' })
    expect(failing(attempt.checks)).toEqual(['response_issuer', 'assertion_issuer'])
    const judge = async (entityID: string) =>
      good(
        await whatIf(
          request(),
          world.connectionSid,
          { fields: { entityID } },
          { attemptSid: attempt.sid },
        ),
      )
    const mended = await judge('https://renamed.example')
    expect(mended.before).toMatchObject({ verdict: 'refused', code: 'response_issuer' })
    expect(mended.after).toMatchObject({ verdict: 'accepted', code: null })
    const bases = Object.fromEntries(mended.after.checks.map(({ code, basis }) => [code, basis]))
    expect(bases).toMatchObject({
      response_issuer: 'judged',
      assertion_issuer: 'judged',
      signature: 'same',
      audience: 'same',
      email: 'same',
    })
    const wrong = await judge('https://RENAMED.example')
    expect(wrong.after.checks.find(({ code }) => code === 'assertion_issuer')).toMatchObject({
      ok: false,
      expected: 'https://RENAMED.example',
      received: 'https://renamed.example',
    })
  })

  it('follows the clock skew, and an edit that loses it', async () => {
    const world = await createWorld({ connection: { clockSkewSeconds: 120 } })
    await world.addUser(ALICE)
    const late = Date.now() - 90_000
    const { attempt } = await attemptOf(world, '?test', {
      confirmations: [{ notOnOrAfter: late }],
      notBefore: Date.now() + 90_000,
      notOnOrAfter: Date.now() + 200_000,
    })
    expect(attempt.code).toBeNull()
    const source = { attemptSid: attempt.sid }
    const edit = { fields: { clockSkewSeconds: 60 } }
    const { after } = good(await whatIf(request(), world.connectionSid, edit, source))
    expect(after.code).toBe('confirmation_not_on_or_after')
    expect(failing(after.checks)).toEqual(['confirmation_not_on_or_after', 'not_before'])
  })

  it('says what it does not judge again, rather than guess', async () => {
    const world = await createWorld()
    await world.addUser(ALICE)
    const { attempt } = await attemptOf(world, '?test', {})
    const source = { attemptSid: attempt.sid }
    const notAgain = async (edit: Parameters<typeof whatIf>[2]) => {
      const { after } = good(await whatIf(request(), world.connectionSid, edit, source))
      const codes = after.checks
        .filter(({ basis }) => basis === 'not_judged_again')
        .map(({ code }) => code)
      return [after.verdict, ...codes]
    }
    expect(await notAgain({ addCertificates: [await certificate('idpNext')] })).toEqual([
      'unknown',
      'signature',
    ])
    expect(
      await notAgain({ removeCertificates: [(await certificate('idp')).fingerprint] }),
    ).toEqual(['unknown', 'signature'])
    expect(await notAgain({ fields: { allow: ['sha1'] } })).toEqual(['unknown', 'signature'])
    expect(await notAgain({ fields: { attributeMapping: { email: 'mail' } } })).toEqual([
      'unknown',
      'email_ambiguous',
      'attribute_missing',
      'email',
    ])
    expect(await notAgain({ fields: { forceAuthn: true } })).toEqual([
      'unknown',
      'authn_not_forced',
    ])
    expect(await notAgain({ fields: { ssoRedirectURL: 'https://new.example/sso' } })).toEqual([
      'accepted',
    ])
    // Nothing was asked of this login, so that the skew has no say in it.
    expect(await notAgain({ fields: { clockSkewSeconds: 90 } })).toEqual(['accepted'])
  })

  it('judges the limits of authentication again, from what was recorded', async () => {
    const world = await createWorld()
    await world.addUser(ALICE)
    const { attempt } = await attemptOf(world, '?test', { authnInstant: Date.now() - 600_000 })
    const judge = async (fields: object) => {
      const edit = { fields }
      const source = { attemptSid: attempt.sid }
      return good(await whatIf(request(), world.connectionSid, edit, source)).after.code
    }
    expect(await judge({ maximumAuthnAgeMinutes: 5 })).toBe('authn_too_old')
    expect(await judge({ maximumAuthnAgeMinutes: 10 })).toBe(null)
    const required = { requireAuthnContext: true }
    expect(await judge({ ...required, requestedAuthnContext: ['urn:a'] })).toBe('authn_context')
    const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
    expect(await judge({ ...required, requestedAuthnContext: ['urn:a', password] })).toBe(null)
  })

  it('of a login ends where the login ended, and stays refused for whom no edit helps', async () => {
    const world = await createWorld()
    const { attempt: stopped } = await attemptOf(world, '', { issuer: 'https://renamed.example' })
    expect(stopped.checks.at(-1)!.code).toBe('response_issuer')
    const edit = { fields: { entityID: 'https://renamed.example' } }
    const judge = async (attemptSid: string) =>
      good(await whatIf(request(), world.connectionSid, edit, { attemptSid })).after
    expect(await judge(stopped.sid)).toMatchObject({ verdict: 'unknown', code: null })

    const { attempt: unknown } = await attemptOf(world, '?test', as('nobody@tenant.example'))
    expect(unknown.code).toBe('user_unknown')
    const skew = { fields: { clockSkewSeconds: 90 } }
    const after = good(
      await whatIf(request(), world.connectionSid, skew, { attemptSid: unknown.sid }),
    ).after
    expect(after).toMatchObject({ verdict: 'refused', code: 'user_unknown' })
  })

  it('with a value that was cut is not compared', async () => {
    const long = `https://idp.example/${'x'.repeat(400)}`
    const world = await createWorld({ connection: { entityID: long } })
    await world.addUser(ALICE)
    const { attempt } = await attemptOf(world, '?test', {})
    const edit = { fields: { entityID: `${long}y` } }
    const source = { attemptSid: attempt.sid }
    const { after } = good(await whatIf(request(), world.connectionSid, edit, source))
    expect(after.verdict).toBe('unknown')
    expect(after.checks.find(({ code }) => code === 'assertion_issuer')!.basis).toBe(
      'not_judged_again',
    )
  })
})

describe('who may', () => {
  it('is who could save the edit, with what the edit may be', async () => {
    const other = await createWorld()
    const world = await createWorld()
    await world.addUser(ALICE)
    const { attempt } = await attemptOf(world, '?test', {})
    const { attempt: foreign } = await attemptOf(other, '?test', {})
    const message = await world.idp(null).respond(as(ALICE))
    const customer = customerOf(world)
    for (const [actor, edit, source, code] of [
      [customerOf(world, ['test']), {}, pasted(message), ['forbidden']],
      [customerOf(other), {}, pasted(message), ['not_there']],
      [customer, { fields: { allow: ['sha1'] } }, pasted(message), ['forbidden', 'allow']],
      [customer, { removeCertificates: ['none'] }, pasted(message), ['certificate_unknown']],
      [customer, {}, { attemptSid: foreign.sid }, ['not_there']],
      [undefined, {}, { attemptSid: foreign.sid }, ['not_there']],
      [undefined, {}, { attemptSid: 'AT0' }, ['not_there']],
    ] as const) {
      const outcome = await whatIf(
        request(actor),
        world.connectionSid,
        edit as Parameters<typeof whatIf>[2],
        source,
      )
      expect(codeOf(outcome)).toEqual(code)
    }
    good(await whatIf(request(customer), world.connectionSid, {}, { attemptSid: attempt.sid }))
  })
})

it('refuses an attempt whose checks are no longer kept', async () => {
  const world = await createWorld()
  const { connectionSid } = world
  const sids: string[] = []
  for (let login = 0; login < 31; login++)
    sids.push(await addAttempt({ connectionSid, createdAt: login + 1 }))
  const judge = async (attemptSid: string) =>
    codeOf(await whatIf(request(), connectionSid, {}, { attemptSid }))
  expect(await judge(sids[19]!)).toEqual([null])
  expect(await judge(sids[20]!)).toEqual(['checks_not_kept'])
  expect(await judge(sids[21]!)).toEqual([null])
})
