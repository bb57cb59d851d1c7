// The box by which a person confirms how many people a change may cut off, and how it is read.
import type { Reader } from '../../../errors/entry.ts'
import { CheckboxField } from '../../kit/forms.tsx'
import type { Form } from '../../kit/form.ts'
import { messageOf } from '../../kit/words.ts'
import type { Problem } from '../../../problem.ts'

/** The other way, which cuts nobody off. */
const MOVE =
  'For another IdP or identifier, “Move to another IdP” on the connection’s page keeps both ways ' +
  'open.'

/** Nothing where the change cuts nobody off. */
export function CutsOffField({ count, error }: { count: number; error?: string | undefined }) {
  if (count === 0) return null
  const people = count === 1 ? '1 person' : `${count} people`
  return (
    <CheckboxField
      name="cutsOff"
      value={`${count}`}
      label={`${people} may be cut off`}
      hint={
        count === 1
          ? 'This person may sign in by SSO only. If the IdP does not work with the change, ' +
            `this person cannot sign in. ${MOVE}`
          : 'They may sign in by SSO only. If the IdP does not work with the change, they cannot ' +
            `sign in. ${MOVE}`
      }
      error={error}
    />
  )
}

/** The words of a refusal without the number. */
export function cutsOffError(problem: Problem | undefined, reader: Reader): string | undefined {
  return problem?.field === 'cutsOff' ? messageOf(problem, reader) : undefined
}

/** The number that was confirmed; 0 where the box is not ticked. */
export function readCutsOff(form: Form): number {
  return form.number('cutsOff') || 0
}
