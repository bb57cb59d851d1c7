// `--set FIELD=VALUE`: sets a property of the body by its name in the API.
import { UsageError } from '../usage-error.ts'

export const SET = {
  set: {
    value: 'FIELD=VALUE',
    many: true,
    about: 'a field of the API; the value is JSON or text; empty: null',
  },
} as const

/** A value that is no JSON is text; an empty value is null. */
export function readFields(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value] = pair.split(/=(.*)/s) as [string, string | undefined]
      if (value === undefined) throw new UsageError(`--set takes FIELD=VALUE, not ${pair}`)
      if (value === '') return [name, null]
      try {
        return [name, JSON.parse(value) as unknown]
      } catch {
        return [name, value]
      }
    }),
  )
}
