// The strict reader beside the others, over documents that readers may read differently. The long
// form, with libxml2 too, is readers-libxml2.ts.
import { expect, it } from 'vitest'
import { hostileDocument } from '../../support/hostile-documents.ts'
import { genuineMessages, readByAll } from '../../support/readers.ts'

const DOCUMENTS = 2_000

it('accepts only what xmldom and fast-xml-parser read alike, by the rules', async () => {
  const messages = await genuineMessages()
  let accepted = 0
  const codes = new Set<string | undefined>()
  for (let seed = 0; seed < DOCUMENTS; seed++) {
    const text = hostileDocument(seed, messages)
    const { code, fault } = readByAll(text)
    expect(fault, `seed ${seed}: ${JSON.stringify(text)}`).toBe(undefined)
    codes.add(code)
    if (code === undefined) accepted++
  }
  // Otherwise nothing was tried.
  expect(accepted).toBeGreaterThan(DOCUMENTS / 5)
  expect(accepted).toBeLessThan(DOCUMENTS / 2)
  expect(codes.size).toBeGreaterThan(12)
})

it('makes the same document of the same seed', async () => {
  const messages = ['<a b="c">d</a>']
  const make = () => Array.from({ length: 20 }, (_, seed) => hostileDocument(seed, messages))
  expect(make()).toEqual(make())
})
