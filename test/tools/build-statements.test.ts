// The statements of the upload say what drizzle would send, and read rows as drizzle would.
import { readFileSync } from 'node:fs'
import { fillPlaceholders } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { prepareStatement, type Statement } from '../../src/platform/db/batch.ts'
import {
  bindParameters,
  mapResult,
  type BuiltStatement,
} from '../../src/platform/db/built-statement.ts'
import { COMPILED, compile, type BuiltBatch } from '../../src/platform/db/compile.ts'
import { buildStatements, COMPILING } from '../../tools/build-statements.ts'

let texts: Record<string, string>
beforeAll(async () => {
  texts = await buildStatements()
})

type Pair = { name: string; stored: BuiltStatement; statement: Statement }

/** Each statement as the upload has it, beside drizzle's own. */
function pairs(): Pair[] {
  return COMPILED.flatMap(({ name: batch, build }) => {
    const stored = JSON.parse(texts[batch]!) as BuiltBatch
    const statements = Object.entries(build()).filter(([, of]) => of !== undefined)
    expect(Object.keys(stored)).toEqual(statements.map(([name]) => name))
    return statements.flatMap(([name, of]) => {
      const [ours, theirs] = [[stored[name]!].flat(), [of as Statement | Statement[]].flat()]
      expect(ours).toHaveLength(theirs.length)
      return theirs.map((statement, index) => ({
        name: `${batch}.${name}`,
        stored: ours[index]!,
        statement,
      }))
    })
  })
}

/** For each parameter the same kind of value, which says whose it is. */
function valuesOf(stored: BuiltStatement, valueOf: (name: string) => unknown) {
  const named = stored.parameters.filter((one) => one !== null && typeof one === 'object')
  return Object.fromEntries(named.map(({ name }) => [name, valueOf(name)]))
}

describe('the statements of the upload', () => {
  it('are those of every call of compile()', () => {
    const calls = COMPILING.flatMap((path) => {
      const text = readFileSync(path, 'utf8')
      return [...text.matchAll(/\bcompile\(\s*('(\w+)')?/g)].map(([, , name]) => name)
    })
    expect(calls.length).toBeGreaterThan(20)
    expect(Object.keys(texts).toSorted()).toEqual(calls.toSorted())
  })

  it('have the text and the parameters that drizzle builds', () => {
    for (const { name, stored, statement } of pairs()) {
      const { sql, params } = prepareStatement(statement).getQuery()
      expect(stored.text, name).toBe(sql)
      for (const valueOf of [(key: string) => [key], () => 0, () => null]) {
        const values = valuesOf(stored, valueOf)
        expect(bindParameters(stored, values), name).toEqual(fillPlaceholders(params, values))
      }
    }
  })

  it('read the rows of a result as drizzle does', () => {
    for (const { name, stored, statement } of pairs()) {
      const drizzle = prepareStatement(statement)
      const width = stored.columns?.length ?? 0
      // Each value is one of a text, a number, a boolean and JSON.
      const rows = [
        ...[null, '0', '1'].map((value) => Array.from({ length: width }, () => value)),
        ...[0, 1].map((odd) =>
          Array.from({ length: width }, (_, at) => (at % 2 === odd ? null : '1')),
        ),
        ...Array.from({ length: width }, (_, first) =>
          Array.from({ length: width }, (_, at) => (at < first ? '1' : null)),
        ),
      ]
      const results = rows.map((row) =>
        Object.fromEntries(row.map((value, at) => [`column ${at}`, value])),
      )
      const answer = { results, success: true, meta: { changes: 1 } }
      expect(mapResult(stored, answer, true), name).toEqual(drizzle.mapResult(answer, true))
      if (stored.columns) expect(mapResult(stored, rows), name).toEqual(drizzle.mapResult(rows))
    }
  })

  it('have names of their own', async () => {
    const { name, build } = COMPILED[0]!
    compile(name, build)
    await expect(buildStatements()).rejects.toThrow(`two compiled batches have the name ${name}`)
    COMPILED.pop()
  })
})
