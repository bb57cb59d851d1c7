// Loops over chunks: they go on until it is done, count what each call has done, and take their bar
// away.
import { expect, it, vi } from 'vitest'
import { inParts } from '../../src/cli/names.ts'
import { untilDone } from '../../src/cli/until-done.ts'

it('goes on until it is done, and adds up what each call has changed', async () => {
  const answers = [
    { done: false, seen: 2, remaining: 1, changed: 2 },
    { done: true, seen: 3, remaining: 0, changed: 1 },
    { done: true, seen: 3, remaining: 0, changed: 100 },
  ]
  const step = vi.fn(async () => answers.shift())
  expect(await untilDone('Enabling', step)).toEqual({
    done: true,
    seen: 3,
    remaining: 0,
    changed: 3,
  })
  expect(step).toHaveBeenCalledTimes(2)
})

it('ends with what a call ends with, and goes on where it stopped when it is run again', async () => {
  let seen = 0
  const server = async (fail: boolean) => {
    if (fail) throw new Error('gone')
    seen++
    return { done: seen === 3, seen, remaining: 3 - seen, changed: 1 }
  }
  await expect(untilDone('Enforcing', () => server(seen === 1))).rejects.toThrow('gone')
  expect(await untilDone('Enforcing', () => server(false))).toMatchObject({ seen: 3, changed: 2 })
})

it('cuts lists into parts that together are the list', () => {
  expect(inParts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(inParts([], 2)).toEqual([])
})
