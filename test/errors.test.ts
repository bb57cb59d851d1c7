// Every code of the catalogue has a remedy, and a test that produces it.
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CATALOGUE } from '../src/errors.ts'

const tests = globSync('test/**/*.test.ts')
  .filter((path) => path !== 'test/errors.test.ts')
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')

it.each(Object.entries(CATALOGUE))('%s has a title, a remedy and a test', (code, entry) => {
  expect(entry.title).toMatch(/\S/)
  expect(entry.remedy).toMatch(/\S/)
  // As an expected value, or as the name of a test that provokes it.
  const named = tests.includes(`'${code}'`) || tests.includes(`'${code}: `)
  expect(named, `a test that names ${code}`).toBe(true)
})
