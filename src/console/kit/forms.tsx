// Forms with their buttons and the error summary. The fields are in fields.tsx.
import type { Child } from 'hono/jsx'
import { useReach } from './reach.ts'

export {
  CheckboxField,
  CheckboxGroup,
  FieldGroup,
  FileField,
  RadioGroup,
  SelectField,
  TextArea,
  TextField,
  type Option,
} from './fields.tsx'

/** A form that changes something, or with `method="get"` one that searches. */
export function Form(props: {
  action?: string
  method?: 'post' | 'get'
  /** For files. */
  multipart?: boolean
  /** Of a row: search and filter. */
  inline?: boolean
  /** Names and values that are sent along, such as the token against forged requests. */
  hidden?: Readonly<Record<string, string>> | undefined
  children: Child
}) {
  const { method = 'post', hidden = {} } = props
  const mayReach = useReach()
  if (method === 'post' && props.action !== undefined && !mayReach('POST', props.action))
    return <p class="none">Your role does not allow this.</p>
  return (
    <form
      class={props.inline ? 'inline' : 'form'}
      role={method === 'get' ? 'search' : undefined}
      method={method}
      action={props.action}
      enctype={props.multipart ? 'multipart/form-data' : undefined}
    >
      <HiddenFields values={hidden} />
      {props.children}
    </form>
  )
}

export type Tone = 'primary' | 'secondary' | 'danger'

export type SubmitButton = {
  label: string
  /**
   * Tells buttons with the same label apart, for those who do not see where they stand: "of Okta
   * production".
   */
  about?: string
  name?: string
  value?: string
  formaction?: string
  /** Sends the form without the browser's own checks: to go back, or to look up. */
  unchecked?: boolean
}

export function Button(props: SubmitButton & { tone?: Tone }) {
  const { tone = 'secondary' } = props
  return (
    <button
      type="submit"
      class={`button ${tone}`}
      name={props.name}
      value={props.value}
      formaction={props.formaction}
      formnovalidate={props.unchecked}
    >
      {props.label}
      {props.about && <span class="visually-hidden"> {props.about}</span>}
    </button>
  )
}

export function ButtonLink(props: { href: string; label: string; tone?: Tone; download?: string }) {
  if (!useReach()('GET', props.href)) return null
  return (
    <a class={`button ${props.tone ?? 'secondary'}`} href={props.href} download={props.download}>
      {props.label}
    </a>
  )
}

/** A form of one button: an action of a table's row, or of the page's title. */
export function ButtonForm(
  props: SubmitButton & {
    action: string
    tone?: Tone
    hidden?: Readonly<Record<string, string>> | undefined
  },
) {
  if (!useReach()('POST', props.action)) return null
  return (
    <form class="inline" method="post" action={props.action}>
      <HiddenFields values={props.hidden ?? {}} />
      <Button {...props} />
    </form>
  )
}

/** The end of a form. Enter presses the first button: the primary one. */
export function SubmitRow(props: {
  primary?: string | SubmitButton
  secondary?: SubmitButton
  danger?: SubmitButton
  cancel?: { href: string; label?: string }
}) {
  const { primary, secondary, danger, cancel } = props
  return (
    <div class="submit">
      {primary && (
        <Button {...(typeof primary === 'string' ? { label: primary } : primary)} tone="primary" />
      )}
      {secondary && <Button {...secondary} />}
      {cancel && <a href={cancel.href}>{cancel.label ?? 'Cancel'}</a>}
      {danger && <Button {...danger} tone="danger" />}
    </div>
  )
}

/**
 * All errors of a form, at the top of the page, focused when it opens. Nothing where there are
 * none.
 */
export function ErrorSummary(props: {
  /** `field`: id of the control; unset where no single field is to blame. */
  errors: readonly { field?: string | undefined; message: string }[]
  title?: string
}) {
  if (props.errors.length === 0) return null
  return (
    <section
      class="notice danger summary"
      aria-labelledby="error-summary"
      tabindex={-1}
      autofocus={true}
    >
      <h2 id="error-summary">{props.title ?? 'There is a problem'}</h2>
      <ul>
        {props.errors.map(({ field, message }) => (
          <li>{field === undefined ? message : <a href={`#${field}`}>{message}</a>}</li>
        ))}
      </ul>
    </section>
  )
}

function HiddenFields({ values }: { values: Readonly<Record<string, string>> }) {
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  )
}
