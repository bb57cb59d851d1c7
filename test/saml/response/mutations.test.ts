// Any single mutation of a genuine message is refused or leaves what is believed unchanged, and any
// bytes get a verdict. The mutations are drawn from a seed: a failure names it, and comes back with
// it. mutations-nightly.ts is the long form.
import { describe, expect, it } from 'vitest'
import { verifyResponse, type Verification } from '../../../src/saml/response/verify-response.ts'
import { codeOf, coreIdp, judge, NOW, SP, verification } from '../../support/core.ts'
import { encryptText } from '../../support/encrypt-text.ts'
import { toField } from '../../support/fake-idp.ts'
import { publicKeyOf } from '../../support/keys.ts'
import { seeded, type Random } from '../../support/random.ts'
import { signText } from '../../support/sign-text.ts'
import { ALLOW, ATTRIBUTES, believed, MESSAGES, mutateNodes, MUTATORS } from './mutate.ts'

const idp = coreIdp()
const MUTATIONS = 250

async function expectUnharmed(
  mutate: (random: Random, message: string) => string | Uint8Array,
  message: string,
  genuine: string | undefined,
  seed: number,
): Promise<'refused' | 'unchanged'> {
  const mutated = mutate(seeded(seed), message)
  const verdict = await judge(mutated, ALLOW)
  const after = believed(verdict)
  if (after === undefined) {
    expect(verdict.refusal, `seed ${seed}`).not.toBe(null)
    return 'refused'
  }
  expect(after, `seed ${seed}: ${String(mutated)}`).toBe(genuine)
  return 'unchanged'
}

describe.each(MESSAGES)('%s', (_, answer) => {
  it.each(MUTATORS)(
    'survives single mutations of its %s',
    { timeout: 120_000 },
    async (_, mutate) => {
      const message = await idp.respond(answer)
      const genuine = believed(await judge(message, ALLOW))
      expect(genuine).toBeDefined()
      const outcomes = { refused: 0, unchanged: 0 }
      for (let seed = 0; seed < MUTATIONS; seed++)
        outcomes[await expectUnharmed(mutate, message, genuine, seed)]++
      // Otherwise nothing was tried.
      expect(outcomes.refused).toBeGreaterThan(MUTATIONS / 4)
    },
  )
})

it('survives mutations of the plaintext of what it encrypts', { timeout: 120_000 }, async () => {
  const assertion = await signText(idp.assert({ attributes: ATTRIBUTES }))
  const genuine = believed(await judge(idp.wrap(await encryptText(assertion))))
  expect(genuine).toBeDefined()
  for (let seed = 0; seed < 400; seed++) {
    const plaintext = mutateNodes(seeded(seed), assertion)
    const verdict = await judge(idp.wrap(await encryptText(plaintext)))
    const after = believed(verdict)
    if (after === undefined) expect(verdict.refusal?.code, `seed ${seed}`).toBe('encryption_failed')
    else expect(after, `seed ${seed}: ${plaintext}`).toBe(genuine)
  }
})

it('is accepted at one connection, and refused at all that differ in anything', async () => {
  const changes: ((random: Random) => Partial<Verification>)[] = [
    (random) => ({ acsURL: SP.acsURL.replace('CN1', `CN${2 + random.below(99)}`) }),
    (random) => ({ spEntityID: SP.entityID + random.below(99) }),
    (random) => ({ idpEntityID: `https://idp${random.below(99)}.example/` }),
    (random) => ({ inResponseTo: random.chance(0.5) ? null : `_request-${2 + random.below(99)}` }),
    (random) => ({
      now: NOW + (random.chance(0.5) ? 1 : -1) * (2 + random.below(1000)) * 3_600_000,
    }),
    () => ({ certificates: [] }),
  ]
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed)
    const message = await idp.respond({ sign: random.pick([['Response'], ['Assertion']]) })
    expect(await codeOf(message)).toBe(null)
    expect(await codeOf(message, random.pick(changes)(random)), `seed ${seed}`).not.toBe(null)
  }
})

describe('any bytes get a verdict', () => {
  const tries = 500

  it.each([
    ['random bytes', (random: Random) => random.bytes(random.below(400))],
    ['random ASCII', (random: Random) => ascii(random, random.below(400))],
    ['markup', (random: Random) => markup(random)],
  ] as const)('%s', async (_, generate) => {
    for (let seed = 0; seed < tries; seed++) {
      const { login, refusal } = await judge(generate(seeded(seed)))
      expect(login, `seed ${seed}`).toBe(null)
      expect(refusal?.code, `seed ${seed}`).toMatch(/^[a-z0-9_]+$/)
    }
  })

  it('fields that are not base64', async () => {
    for (let seed = 0; seed < tries; seed++) {
      const random = seeded(seed)
      const { login, refusal } = await verifyResponse(
        ascii(random, random.below(60)),
        verification(),
      )
      expect(login, `seed ${seed}`).toBe(null)
      expect(refusal, `seed ${seed}`).not.toBe(null)
    }
  })

  it('a message cut off anywhere', { timeout: 60_000 }, async () => {
    const message = new TextEncoder().encode(await idp.respond({ sign: ['Response', 'Assertion'] }))
    for (let length = 0; length < message.length; length += 7)
      expect(await codeOf(message.slice(0, length)), `${length} bytes`).not.toBe(null)
  })

  it('a field cut off anywhere', async () => {
    const field = toField(await idp.respond())
    for (let length = 0; length < field.length; length += 11)
      expect((await verifyResponse(field.slice(0, length), verification())).login).toBe(null)
  })

  it('an encrypted message whose ciphertext is random', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = seeded(seed)
      const message = await idp.respond({
        encrypt: {
          to: [publicKeyOf('sp')],
          editCiphertext: () => random.bytes(random.below(100) + 1),
        },
      })
      expect(await codeOf(message), `seed ${seed}`).toBe('encryption_failed')
    }
  })
})

function ascii(random: Random, length: number): string {
  return Array.from({ length }, () => String.fromCharCode(32 + random.below(95))).join('')
}

function markup(random: Random): string {
  const pieces = [
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_a">',
    '</samlp:Response>',
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">',
    '</saml:Assertion>',
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
    '</ds:Signature>',
    '<a/>',
    '<a b="c">',
    '</a>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?a?>',
    '<!DOCTYPE a>',
    '&lt;',
    '&#0;',
    '&a;',
    'text',
    '"',
    '>',
  ]
  return Array.from({ length: random.below(12) }, () => random.pick(pieces)).join('')
}
