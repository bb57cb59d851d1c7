// The form of an app: registered and edited by the same fields.
import { CLIENT_FIELD_LIST, type AnyClientField } from '../../clients/fields.ts'
import type { ClientFields, ClientView } from '../../clients/operations.ts'
import type { Problem } from '../../problem.ts'
import { FieldControl, optionsFor } from '../kit/field-controls.tsx'
import { readFields, toFields, valuesOfFields, type FieldValues } from '../kit/field-values.ts'
import type { Form as Sent } from '../kit/form.ts'
import { Form, SubmitRow, type Option } from '../kit/forms.tsx'
import { messageOf } from '../kit/words.ts'

export const NEW_APP: FieldValues = valuesOfFields(
  CLIENT_FIELD_LIST,
  Object.fromEntries(CLIENT_FIELD_LIST.map(([name, { initial = null }]) => [name, initial])),
)

export function valuesOf(client: ClientView): FieldValues {
  return valuesOfFields(CLIENT_FIELD_LIST, client)
}

export function readValues(form: Sent): FieldValues {
  return readFields(CLIENT_FIELD_LIST, form)
}

export function fieldsOfValues(values: FieldValues): ClientFields {
  return toFields(CLIENT_FIELD_LIST, values) as ClientFields
}

export function AppForm(props: {
  action: string
  values: FieldValues
  /** The app as it is: whether it has a secret is settled. Unset: it is new. */
  client?: ClientView | undefined
  problem?: Problem | undefined
  cancelHref: string
}) {
  const { action, values, client, problem } = props
  return (
    <Form action={action} hidden={client && { version: String(client.updatedAt) }}>
      {CLIENT_FIELD_LIST.map(([name, field]) => (
        <FieldControl
          name={name}
          field={field}
          values={values}
          options={optionsOfApp(name, field, client)}
          error={problem?.field === name ? messageOf(problem, 'operator') : undefined}
        />
      ))}
      <SubmitRow
        primary={client ? 'Save app' : 'Register app'}
        cancel={{ href: props.cancelHref }}
      />
    </Form>
  )
}

/** An app keeps its secret, or has none: the other type is not offered. */
function optionsOfApp(
  name: keyof ClientFields,
  field: AnyClientField,
  client: ClientView | undefined,
): Option[] {
  const options = optionsFor(field)
  if (name !== 'clientType' || !client) return options
  return options.filter(({ value }) => value === client.clientType)
}
