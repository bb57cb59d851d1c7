// docs/operating/logs.md names every line, every field with its kind, and every place of a data point.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dataPointOf } from '../../src/platform/log/data-point.ts'
import * as kinds from '../../src/platform/log/kinds.ts'
import { LINES, type LineName } from '../../src/platform/log/lines.ts'

const text = readFileSync('docs/operating/logs.md', 'utf8')
const rows = [...text.matchAll(/^\| `(\w+)` +\|(.*)\|$/gm)].map(([, name, rest]) => ({
  name: name!,
  rest: rest!,
}))

/** `lines`, `details` (number each): …; `size` (number) → each name with its kind. */
function fieldsIn(cell: string): Record<string, string> {
  const groups = [...cell.matchAll(/((?:`\w+`(?:, )?)+) \(([\w]+)(?: each)?\)/g)]
  return Object.fromEntries(
    groups.flatMap(([, names, kind]) =>
      [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => [name!, kind!]),
    ),
  )
}

const kindsOf = (line: LineName) =>
  Object.fromEntries(
    Object.entries(LINES[line].fields).map(([name, { name: kind }]) => [name, kind]),
  )

describe('docs/operating/logs.md', () => {
  it('has a row for each line, and no other', () => {
    const named = rows
      .map(({ name }) => name)
      .filter((name) => /_|^login$|^refused$|^swept$/.test(name))
    expect(named.toSorted()).toEqual(Object.keys(LINES).toSorted())
  })

  it.each(Object.keys(LINES) as LineName[])('has the fields of %s', (line) => {
    if (line === 'login' || line === 'refused') {
      const told = rows.filter(
        ({ rest }) =>
          /^(?: `(?:login|refused)`,?)+ +$/.test(rest.split('|')[0]!) &&
          rest.split('|')[0]!.includes(`\`${line}\``),
      )
      const found = Object.fromEntries(
        told.map(({ name, rest }) => [name, rest.split('|')[1]!.trim()]),
      )
      return expect(found).toEqual(kindsOf(line))
    }
    const { rest } = rows.find(({ name }) => name === line)!
    expect(fieldsIn(rest.split('|')[1]!)).toEqual(kindsOf(line))
  })

  it('has every kind', () => {
    const names = Object.values(kinds).flatMap((kind) =>
      typeof kind === 'object' ? kind.name : [],
    )
    const told = [...text.matchAll(/^\| (\w+) +\|/gm)].map(([, name]) => name)
    expect(told).toEqual(expect.arrayContaining(names))
  })

  it('has every place of a data point', () => {
    const { indexes, blobs, doubles } = dataPointOf({
      event: 'refused',
      code: 'not_found',
      area: 'login',
      method: 'GET',
      route: '/*',
      status: 404,
      ms: 1,
    })
    const columns = [
      ...indexes.map((_, at) => `index${at + 1}`),
      ...blobs.map((_, at) => `blob${at + 1}`),
      ...doubles.map((_, at) => `double${at + 1}`),
    ]
    const told = rows
      .map(({ name }) => name)
      .filter((name) => /^(?:index|blob|double)\d/.test(name))
    expect(told).toEqual(columns)
  })
})
