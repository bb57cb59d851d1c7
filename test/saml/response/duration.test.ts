import { expect, it } from 'vitest'
import { parseDuration } from '../../../src/saml/response/duration.ts'
import { entitiesDescriptor, entityDescriptor, read } from '../metadata/metadata-text.ts'

it.each([
  ['PT6H', 6 * 3600],
  ['PT1440M', 86_400],
  ['PT0.5S', 0],
  ['PT30.25S', 30],
  ['P1D', 86_400],
  ['P1DT12H', 36 * 3600],
  ['P1M', 30 * 86_400],
  ['P1Y2M3DT4H5M6S', ((365 + 60 + 3) * 24 + 4) * 3600 + 306],
])('%s is %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

it.each([
  '',
  'P',
  'PT',
  'P1DT',
  '-P1D',
  'P-1D',
  'PT1H ',
  'pt1h',
  'P1H',
  'PT1D',
  'P1.5D',
  '3600',
  `P${'9'.repeat(400)}D`,
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

it('metadata is to be kept for the shortest cacheDuration around it', async () => {
  const role = (duration: string) => ({ roleAttributes: ` cacheDuration="${duration}"` })
  expect((await read(entityDescriptor())).cacheSeconds).toBeNull()
  expect((await read(entityDescriptor(role('soon')))).cacheSeconds).toBeNull()
  expect((await read(entityDescriptor(role('PT2H')))).cacheSeconds).toBe(7200)
  const aggregate = (duration: string) =>
    entitiesDescriptor(entityDescriptor(role('PT2H'), false)).replace(
      ' ID=',
      ` cacheDuration="${duration}" ID=`,
    )
  expect((await read(aggregate('PT1H'))).cacheSeconds).toBe(3600)
  expect((await read(aggregate('P1D'))).cacheSeconds).toBe(7200)
})
