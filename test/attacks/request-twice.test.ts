// One request answered by two assertions.
import { describe, expect, it } from 'vitest'
import { deliver, freeze, open, stranger } from './harness.ts'

describe('request-twice', () => {
  freeze()

  it('is refused: replayed', async () => {
    const scene = await open({})
    expect((await deliver(scene.genuine, scene)).code).toBe(null)
    expect((await deliver(await scene.respond(), stranger(scene))).code).toBe('replayed')
    expect((await scene.world.rows()).sessions).toHaveLength(1)
  })
})
