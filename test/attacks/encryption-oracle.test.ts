// A customer signs a Response around a ciphertext that is not its own, or that it has changed. All
// connections have one key of ours to decrypt with: no answer may tell what the content is.
import { describe, expect, it } from 'vitest'
import { deliver, freeze, harmless, IDP, open, type Scene } from './harness.ts'
import type { Answer } from '../support/fake-idp.ts'

const OTHER = 'https://idp.other-tenant.example/metadata'

/** What may stand in the ciphertext. */
const CONTENTS: Record<string, Partial<Answer>> = {
  'another IdP’s assertion': { assertionIssuer: OTHER },
  'one for another audience': { assertionIssuer: OTHER, audiences: [['https://other.example']] },
  'one that is over': { assertionIssuer: OTHER, notOnOrAfter: 0 },
  'one without a NameID': { assertionIssuer: OTHER, nameID: null },
  'one without attributes': { assertionIssuer: OTHER, attributes: {} },
  'one of another version': {
    assertionIssuer: OTHER,
    editAssertion: (text) => text.replace(' Version="2.0"', ' Version="1.1"'),
  },
}
/** What a change of an unauthenticated ciphertext may make of the own IdP's assertion. */
const OWN: Record<string, Partial<Answer>> = Object.fromEntries(
  Object.entries(CONTENTS).map(([name, answer]) => [
    `${name}, by its own name`,
    { ...answer, assertionIssuer: IDP, ...(name.startsWith('another') && { audiences: [] }) },
  ]),
)

async function answersTo(
  contents: Record<string, Partial<Answer>>,
  cipher: 'aes256-cbc' | 'aes256-gcm',
) {
  const answers = new Set<string>()
  for (const answer of Object.values(contents)) {
    const scene: Scene = await open({ connection: { allow: ['aes-cbc'] } })
    const message = await scene.respond({ sign: ['Response'], encrypt: { cipher }, ...answer })
    const { code, received, status, page } = await deliver(message, scene)
    const { attempts } = await scene.world.rows()
    const { checks } = attempts.at(-1)!
    const rows = checks.map((row) => [row.code, row.ok])
    const failed = checks.filter(({ ok }) => !ok)
    const links = page.replaceAll(/again\?[^"]*"|CN[0-9a-f]{32}/g, '')
    answers.add(JSON.stringify({ code, received, status, links, rows, failed }))
  }
  return [...answers]
}

describe('encryption-oracle', () => {
  freeze()

  it('says the same of every content that is encrypted with AES-CBC', async () => {
    const answers = await answersTo({ ...CONTENTS, ...OWN }, 'aes256-cbc')
    expect(answers).toHaveLength(1)
    expect(answers[0]).toContain('"encryption_failed"')
  })

  it('says the same of every content of another IdP with AES-GCM', async () => {
    const answers = await answersTo(CONTENTS, 'aes256-gcm')
    expect(answers).toHaveLength(1)
    expect(answers[0]).toContain('"encryption_failed"')
  })

  it('explains the content that the own IdP has authenticated', async () => {
    const codes = async (answer: Partial<Answer>) => {
      const scene = await open({ connection: { allow: ['aes-cbc'] } })
      return (await deliver(await scene.respond(answer), scene)).code
    }
    const audiences = [['https://other.example']]
    const gcm = { encrypt: { cipher: 'aes256-gcm' as const }, audiences }
    expect(await codes({ ...gcm, sign: ['Response'] })).toBe('audience')
    const cbc = { encrypt: { cipher: 'aes256-cbc' as const }, audiences }
    expect(await codes({ ...cbc, sign: ['Assertion'] })).toBe('audience')
  })
})

harmless('encryption-oracle, a good content under the signature of the Response', {
  message: ({ respond }) => respond({ sign: ['Response'], encrypt: { cipher: 'aes256-cbc' } }),
})
