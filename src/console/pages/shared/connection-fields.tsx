// The fields of a connection on its forms: which controls a group has for this person, with the
// words of their IdP.
import type {
  AnyConnectionField,
  ConnectionFields,
  ConnectionForms,
} from '../../../connections/field.ts'
import { CONNECTION_FIELD_LIST, fieldsOfForm } from '../../../connections/fields.ts'
import type { Problem } from '../../../problem.ts'
import type { Form } from '../../kit/form.ts'
import { FieldControl, optionsFor } from '../../kit/field-controls.tsx'
import {
  changedFields,
  firstControl,
  readFields,
  toFields,
  valuesOfFields,
  type FieldValues,
} from '../../kit/field-values.ts'
import type { Option } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import type { ConnectionContext } from './connection-context.ts'

type FormName = keyof ConnectionForms

/** The controls of one group of a form. */
export function ConnectionFieldControls<Name extends FormName>(props: {
  at: ConnectionContext
  form: Name
  group: NonNullable<ConnectionForms[Name]>
  values: FieldValues
  problem?: Problem | undefined
}) {
  const { at, form, group, values, problem } = props
  const { may } = at
  return (
    <>
      {fieldsOfForm(form, { group, operator: may.operate }).map(([name, field]) => (
        <FieldControl
          name={name}
          field={field}
          values={values}
          hint={hintFor(at, field)}
          options={optionsWithNeeds(at, field)}
          placeholders={field.control === 'parts' ? usualNames(at) : undefined}
          error={problem?.field === name ? messageOf(problem, at.reader) : undefined}
        />
      ))}
    </>
  )
}

function hintFor({ preset }: ConnectionContext, { hint, foundAt }: AnyConnectionField) {
  return foundAt ? `Where to find it: ${preset.theirs[foundAt]}. ${hint ?? ''}` : hint
}

/** An option says so where the connection lacks what it needs. */
function optionsWithNeeds({ connection }: ConnectionContext, field: AnyConnectionField): Option[] {
  return optionsFor(field).map((option) => {
    const needed = field.needs?.[option.value]
    return needed && !connection[needed.field] ? { ...option, hint: needed.otherwise } : option
  })
}

/** The attribute names that the IdP usually sends. */
function usualNames({ preset }: ConnectionContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(preset.attributes).map(([part, { name }]) => [part, name]),
  )
}

const offered = ({ may }: ConnectionContext, form: FormName) =>
  fieldsOfForm(form, { operator: may.operate })

/** The values of the connection as it is. */
export function valuesNow(at: ConnectionContext, form: FormName): FieldValues {
  return valuesOfFields(offered(at, form), at.connection)
}

export function readValues(at: ConnectionContext, name: FormName, form: Form): FieldValues {
  return readFields(offered(at, name), form)
}

export function fieldsFrom(
  at: ConnectionContext,
  form: FormName,
  values: FieldValues,
): Partial<ConnectionFields> {
  return toFields(offered(at, form), values)
}

/** Only what differs from the connection: an identifier that is not entered yet is no mistake. */
export function changesFrom(
  at: ConnectionContext,
  form: FormName,
  values: FieldValues,
): Partial<ConnectionFields> {
  return changedFields(offered(at, form), at.connection, values)
}

/** The id of the control to correct. */
export function controlToBlame(problem: Problem | undefined): string | undefined {
  return firstControl(CONNECTION_FIELD_LIST, problem?.field)
}
