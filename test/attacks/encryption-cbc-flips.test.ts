// A CBC ciphertext changed in its padding, 256 times: every answer is the same, so that nothing can
// be asked of it.
import { describe, expect, it } from 'vitest'
import { attack, deliver, freeze, open } from './harness.ts'

const trial = {
  connection: { allow: ['aes-cbc' as const] },
  genuine: { encrypt: { cipher: 'aes256-cbc' as const } },
}

/**
 * The last byte of the last block but one: it decides what the last byte of the plaintext becomes.
 */
const flip = (difference: number) => (ciphertext: Uint8Array) => {
  const changed = ciphertext.slice()
  changed[changed.length - 17]! ^= difference
  return changed
}

describe('encryption-cbc-flips', () => {
  freeze()
  it('gives one and the same answer to every flip', { timeout: 60_000 }, async () => {
    const scene = await open(trial)
    const answers = new Set<string>()
    for (let difference = 1; difference < 256; difference++) {
      const encrypt = { cipher: 'aes256-cbc' as const, editCiphertext: flip(difference) }
      const { code, received, status, page } = await deliver(
        await scene.respond({ encrypt }),
        scene,
      )
      answers.add(JSON.stringify({ code, received, status, page }))
    }
    expect([...answers]).toHaveLength(1)
    expect([...answers][0]).toContain('"encryption_failed"')
    // The 256th: what was not flipped.
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
  })
})

const EDITS: Record<string, (ciphertext: Uint8Array) => Uint8Array> = {
  'the first block': (ciphertext) => ciphertext.with(0, ciphertext[0]! ^ 1),
  'one block': (ciphertext) => ciphertext.slice(0, 16),
  'no block': (ciphertext) => ciphertext.slice(0, 1),
  'half a block less': (ciphertext) => ciphertext.slice(0, -8),
  'a block less': (ciphertext) => ciphertext.slice(0, -16),
}

for (const [name, editCiphertext] of Object.entries(EDITS))
  attack(`encryption-cbc-flips, ${name}`, {
    ...trial,
    message: ({ respond }) => respond({ encrypt: { cipher: 'aes256-cbc', editCiphertext } }),
    code: 'encryption_failed',
  })

attack('encryption-cbc-flips, under the signature of the Response', {
  genuine: { sign: ['Response'], encrypt: { cipher: 'aes256-cbc' } },
  message: ({ genuine }) =>
    genuine.replace(
      /<xenc:CipherValue>([^<]{16})([^<]*)(<.*)$/s,
      (_, first, second, rest) =>
        `<xenc:CipherValue>${(first as string).split('').toReversed().join('')}${second}${rest}`,
    ),
  code: 'signature_digest',
})
