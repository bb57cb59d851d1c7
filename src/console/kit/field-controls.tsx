// The control of a field, as its table says: label, hint and options from the row, values by the
// names of the controls.
import type { Child } from 'hono/jsx'
import type { AnyField } from '../../platform/fields/field.ts'
import { controlsOf, nameOfOption, type FieldValues } from './field-values.ts'
import {
  CheckboxField,
  FieldGroup,
  RadioGroup,
  SelectField,
  TextArea,
  TextField,
  type Option,
} from './forms.tsx'

export type FieldControlProps = {
  name: string
  field: AnyField
  values: FieldValues
  error?: string | undefined
  /** Instead of the row's own. */
  hint?: Child
  options?: readonly Option[]
  /** By the name of the control, instead of the row's own. */
  placeholders?: Readonly<Record<string, string>> | undefined
}

export function FieldControl(props: FieldControlProps) {
  const { name, field, values, error, placeholders } = props
  const hint = props.hint ?? field.hint
  const text = String(values[name] ?? '')
  const common = { name, label: field.label, hint, error, required: field.required ?? false }
  switch (field.control) {
    case 'checkbox':
      return <CheckboxField {...common} checked={values[name] === true} />
    case 'radios':
      return <RadioGroup {...common} value={text} options={props.options ?? optionsFor(field)} />
    case 'select':
      return <SelectField {...common} value={text} options={props.options ?? optionsFor(field)} />
    case 'lines':
      return <TextArea {...common} kind="code" rows={3} value={text} />
    case 'checkboxes':
      return <Checkboxes {...props} />
    case 'parts':
      return <Parts {...props} />
    default: {
      const placeholder = placeholders?.[name] ?? field.placeholder
      return (
        <TextField
          {...common}
          kind={field.control}
          value={text}
          {...(placeholder !== undefined && { placeholder })}
        />
      )
    }
  }
}

/** The options of a field as a form shows them. */
export function optionsFor({ shape }: AnyField): Option[] {
  if (shape.kind !== 'choice') return []
  return Object.entries(shape.options).map(([value, { label, hint }]) => ({ value, label, hint }))
}

/** Without a frame: the section around them has the name of the field. */
function Checkboxes({ name, field, values, error }: FieldControlProps) {
  const { shape } = field
  if (shape.kind !== 'choices') return null
  return (
    <>
      {Object.entries(shape.options).map(([option, { label, hint }], index) => (
        <CheckboxField
          name={nameOfOption(name, option)}
          label={label}
          hint={hint}
          checked={values[nameOfOption(name, option)] === true}
          error={index === 0 ? error : undefined}
        />
      ))}
    </>
  )
}

function Parts({ name, field, values, error, hint, placeholders }: FieldControlProps) {
  const { shape } = field
  if (shape.kind !== 'parts') return null
  return (
    <FieldGroup legend={field.label} hint={hint ?? field.hint}>
      {controlsOf(name, field).map((part, index) => (
        <TextField
          name={part}
          label={shape.parts[part]!.label}
          kind="identifier"
          value={String(values[part] ?? '')}
          {...(placeholders?.[part] !== undefined && { placeholder: placeholders[part] })}
          error={index === 0 ? error : undefined}
        />
      ))}
    </FieldGroup>
  )
}
