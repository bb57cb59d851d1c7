// Writes the lines of the log. Nothing else in the Worker writes to the console.
import { LINES, type LineFields, type LineName } from './lines.ts'
import type { FieldKind } from './kinds.ts'

/** Instead of a value that does not fit its field. */
export const LEFT_OUT = '(left out)'

/** One line of JSON. A value that does not fit its field is left out, whatever its type says. */
export function writeLine<Name extends LineName>(event: Name, values: LineFields<Name>): void {
  // oxlint-disable-next-line no-console
  console[LINES[event].level](JSON.stringify({ event, ...fit(event, values) }))
}

/** In the order of the table. */
function fit(event: LineName, values: Readonly<Record<string, unknown>>) {
  const fields: Readonly<Record<string, FieldKind<unknown, boolean>>> = LINES[event].fields
  const given = Object.entries(fields).filter(([name]) => values[name] !== undefined)
  return Object.fromEntries(
    given.map(([name, kind]) => [name, kind.fits(values[name]) ? values[name] : LEFT_OUT]),
  )
}
