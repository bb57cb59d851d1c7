// Form controls: label, hint, control and error, tied by IDs. The operations validate the values.
import type { Child } from 'hono/jsx'

type FieldProps = {
  name: string
  label: string
  /** Where the value is found, in the words the reader sees there. */
  hint?: Child
  /** What is wrong and how to mend it. */
  error?: string | undefined
  required?: boolean
  /** `name` where unset; needed where two forms of one page share names. */
  id?: string
}

/**
 * How a text is typed and shown. `identifier` and `secret` are compared exactly, so nothing may
 * correct them.
 */
type TextKind =
  'text' | 'url' | 'email' | 'identifier' | 'number' | 'search' | 'secret' | 'instant' | 'day'

const EXACT = { spellcheck: false, autocapitalize: 'none', autocorrect: 'off' } as const

const TEXT_KINDS = {
  text: {},
  url: { type: 'url', inputmode: 'url', class: 'code', ...EXACT },
  email: { type: 'email', inputmode: 'email', ...EXACT },
  identifier: { class: 'code', ...EXACT },
  number: { inputmode: 'numeric', class: 'short', ...EXACT },
  search: { type: 'search', ...EXACT },
  secret: { type: 'password', class: 'code', ...EXACT },
  instant: { type: 'datetime-local', class: 'instant' },
  day: { type: 'date', class: 'instant' },
} as const

export function TextField(
  props: FieldProps & {
    value?: string | undefined
    kind?: TextKind
    /** `off` where unset: these are settings, not the person's own data. */
    autocomplete?: string
    placeholder?: string
    maxlength?: number
  },
) {
  const { kind = 'text', value, autocomplete = 'off', placeholder, maxlength } = props
  return (
    <Field {...props}>
      <input
        type="text"
        {...TEXT_KINDS[kind]}
        {...controlOf(props)}
        value={value}
        autocomplete={autocomplete}
        placeholder={placeholder}
        maxlength={maxlength}
      />
    </Field>
  )
}

export function TextArea(
  props: FieldProps & {
    value?: string | undefined
    /** `code`: certificates, XML, lists of identifiers. */
    kind?: 'text' | 'code'
    rows?: number
    placeholder?: string
  },
) {
  const { kind = 'text', value, rows = 6, placeholder } = props
  return (
    <Field {...props}>
      <textarea
        {...(kind === 'code' ? { class: 'code', ...EXACT } : {})}
        {...controlOf(props)}
        rows={rows}
        autocomplete="off"
        placeholder={placeholder}
      >
        {value ?? ''}
      </textarea>
    </Field>
  )
}

export type Option = { value: string; label: string; hint?: Child | undefined }

export function SelectField(
  props: FieldProps & {
    options: readonly Option[]
    value?: string | undefined
    /** The words of an empty first option. */
    placeholder?: string
  },
) {
  const { options, value, placeholder } = props
  return (
    <Field {...props}>
      <select {...controlOf(props)}>
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  )
}

/** The form must say `multipart`: see Form. */
export function FileField(props: FieldProps & { accept?: string }) {
  return (
    <Field {...props}>
      <input type="file" {...controlOf(props)} accept={props.accept} />
    </Field>
  )
}

export function CheckboxField(props: FieldProps & { checked?: boolean; value?: string }) {
  const { checked = false, value = 'true' } = props
  return (
    <div class="field">
      <ErrorText {...props} />
      <div class="choice">
        <input type="checkbox" {...controlOf(props)} value={value} checked={checked} />
        <label for={idOf(props)}>{props.label}</label>
        <HintText {...props} />
      </div>
    </div>
  )
}

/** Several choices with one name, of which any may be ticked. */
export function CheckboxGroup(props: {
  name: string
  legend: string
  hint: string
  options: readonly Option[]
  chosen: readonly string[]
}) {
  const { name, legend, hint, options, chosen } = props
  return (
    <FieldGroup legend={legend} hint={hint}>
      {options.map((option) => (
        <CheckboxField
          name={name}
          id={`${name}-${option.value}`}
          value={option.value}
          label={option.label}
          hint={option.hint}
          checked={chosen.includes(option.value)}
        />
      ))}
    </FieldGroup>
  )
}

/** The first option has the group's own id, so that the error summary leads to it. */
export function RadioGroup(
  props: FieldProps & { options: readonly Option[]; value?: string | undefined },
) {
  const id = idOf(props)
  return (
    <fieldset
      class="field"
      role="radiogroup"
      aria-labelledby={`${id}-legend`}
      aria-describedby={describedBy(props)}
      aria-invalid={props.error ? 'true' : undefined}
      aria-required={props.required ? 'true' : undefined}
    >
      <legend id={`${id}-legend`}>
        {props.label}
        <Mark {...props} />
      </legend>
      <HintText {...props} />
      <ErrorText {...props} />
      {props.options.map((option, index) => {
        const optionID = index === 0 ? id : `${id}-${index}`
        return (
          <div class="choice">
            <input
              type="radio"
              id={optionID}
              name={props.name}
              value={option.value}
              checked={option.value === props.value}
              required={props.required}
              aria-describedby={option.hint ? `${optionID}-about` : undefined}
            />
            <label for={optionID}>{option.label}</label>
            {option.hint && (
              <div class="hint" id={`${optionID}-about`}>
                {option.hint}
              </div>
            )}
          </div>
        )
      })}
    </fieldset>
  )
}

/** Fields that belong together, under a name of their own. */
export function FieldGroup(props: { legend: string; hint?: Child; children: Child }) {
  return (
    <fieldset class="group">
      <legend>{props.legend}</legend>
      {props.hint && <p class="hint">{props.hint}</p>}
      {props.children}
    </fieldset>
  )
}

function Field(props: FieldProps & { children: Child }) {
  return (
    <div class="field">
      <label for={idOf(props)}>
        {props.label}
        <Mark {...props} />
      </label>
      <HintText {...props} />
      <ErrorText {...props} />
      {props.children}
    </div>
  )
}

/** Not read out: `required` of the control says it. */
function Mark({ required }: FieldProps) {
  return required ? (
    <span class="mark" aria-hidden="true">
      required
    </span>
  ) : null
}

function HintText(props: FieldProps) {
  return props.hint ? (
    <div class="hint" id={`${idOf(props)}-hint`}>
      {props.hint}
    </div>
  ) : null
}

function ErrorText(props: FieldProps) {
  return props.error ? (
    <p class="error" id={`${idOf(props)}-error`}>
      <span class="visually-hidden">Error: </span>
      {props.error}
    </p>
  ) : null
}

function idOf({ id, name }: FieldProps): string {
  return id ?? name
}

/** The error first: it is what brings the reader back to the field. */
function describedBy(props: FieldProps): string | undefined {
  const ids = [props.error && `${idOf(props)}-error`, props.hint && `${idOf(props)}-hint`]
  return ids.filter(Boolean).join(' ') || undefined
}

function controlOf(props: FieldProps) {
  return {
    id: idOf(props),
    name: props.name,
    required: props.required,
    'aria-invalid': props.error ? ('true' as const) : undefined,
    'aria-describedby': describedBy(props),
  }
}
