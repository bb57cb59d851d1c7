// The values of a form's controls, derived from a table of fields: from a row, from what was sent,
// and back to the fields. The operation says which values do not fit.
import type { AnyField } from '../../platform/fields/field.ts'
import type { Form } from './form.ts'

/** By the name of the control. A field of several controls has one for each option or part. */
export type FieldValues = Readonly<Record<string, string | boolean>>

export type NamedFields = readonly (readonly [name: string, field: AnyField])[]

/**
 * The names of a field's controls. Two fields may have an option or a part of one name, so that of
 * an option begins with its field.
 */
export function controlsOf(name: string, { shape }: AnyField): string[] {
  if (shape.kind === 'choices')
    return Object.keys(shape.options).map((option) => nameOfOption(name, option))
  return shape.kind === 'parts' ? Object.keys(shape.parts) : [name]
}

export function nameOfOption(field: string, option: string): string {
  return `${field}-${option}`
}

/** The control that an error of a field leads to. */
export function firstControl(fields: NamedFields, name: string | undefined): string | undefined {
  const found = fields.find(([field]) => field === name)
  return found ? controlsOf(...found)[0] : name
}

export function valuesOfFields(
  fields: NamedFields,
  row: Readonly<Record<string, unknown>>,
): FieldValues {
  return collect(fields, (name, field, control) => {
    const value = row[name]
    switch (field.shape.kind) {
      case 'boolean':
        return value === true
      case 'choices':
        return (value as string[]).some((option) => nameOfOption(name, option) === control)
      case 'parts':
        return (value as Record<string, string> | null)?.[control] ?? ''
      case 'texts':
      case 'urls':
        return ((value ?? []) as string[]).join('\n')
      default:
        return value === null ? '' : String(value)
    }
  })
}

export function readFields(fields: NamedFields, form: Form): FieldValues {
  return collect(fields, (_, { shape }, control) =>
    shape.kind === 'boolean' || shape.kind === 'choices' ? form.flag(control) : form.text(control),
  )
}

/** As operations take them: what is no number is NaN. */
export function toFields(fields: NamedFields, values: FieldValues): Record<string, unknown> {
  return Object.fromEntries(fields.map(([name, field]) => [name, toField(name, field, values)]))
}

/** Only the fields that differ from the row. */
export function changedFields(
  fields: NamedFields,
  row: Readonly<Record<string, unknown>>,
  values: FieldValues,
): Record<string, unknown> {
  const saved = valuesOfFields(fields, row)
  const comparable = (field: NamedFields[number], of: FieldValues) =>
    // JSON has no NaN: it would equal null, and what is no number would be dropped in silence.
    JSON.stringify(toField(...field, of), (_, value: unknown) =>
      Number.isNaN(value) ? 'no number' : value,
    )
  const changed = fields.filter((field) => comparable(field, values) !== comparable(field, saved))
  return toFields(changed, values)
}

function toField(name: string, field: AnyField, values: FieldValues): unknown {
  const { shape } = field
  const text = String(values[name] ?? '')
  const none = shape.nullable ? null : undefined
  switch (shape.kind) {
    case 'boolean':
      return values[name] === true
    case 'integer':
      if (text === '' && none === null) return null
      return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
    case 'choices':
      return Object.keys(shape.options).filter(
        (option) => values[nameOfOption(name, option)] === true,
      )
    case 'texts':
    case 'urls': {
      const items = text.split(/\s+/).filter(Boolean)
      return items.length === 0 && none === null ? null : items
    }
    case 'parts': {
      const entered = controlsOf(name, field).filter((part) => values[part])
      if (entered.length === 0 && none === null) return null
      return Object.fromEntries(entered.map((part) => [part, values[part]]))
    }
    default:
      return text === '' && none === null ? null : text
  }
}

function collect(
  fields: NamedFields,
  valueOf: (name: string, field: AnyField, control: string) => string | boolean,
): FieldValues {
  return Object.fromEntries(
    fields.flatMap(([name, field]) =>
      controlsOf(name, field).map((control) => [control, valueOf(name, field, control)]),
    ),
  )
}
