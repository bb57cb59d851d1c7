// Building blocks of the pages: sections, tables, notices. They only render.
import type { Child } from 'hono/jsx'
import { Icon, Status } from './status.tsx'
import { isThere, None } from './values.tsx'

export { Icon, StateBadge, Status, type StatusTone } from './status.tsx'
export {
  Checks,
  Code,
  CopyField,
  Difference,
  Fingerprint,
  Instant,
  KeyValues,
  LastTime,
  marked,
  None,
  Reference,
  Timeline,
  type ShownChange as Change,
} from './values.tsx'

const STEP_STATES = {
  done: { tone: 'good', word: 'Done' },
  current: { tone: 'progress', word: 'Now' },
  waiting: { tone: 'neutral', word: 'Later' },
  problem: { tone: 'danger', word: 'Needs attention' },
} as const

export type StepState = keyof typeof STEP_STATES

/** A part of a page; with `step` and `state`, one step in an order. */
export function Section(props: {
  id: string
  title: string
  step?: number
  state?: StepState
  /** Replaces the state's own words. */
  stateWords?: string
  lead?: Child
  actions?: Child
  children?: Child
}) {
  const { id, title, step, state, lead, actions } = props
  return (
    <section class={`section ${state ?? ''}`} id={id} aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`}>
          {step !== undefined && (
            <span class="step">
              <span class="visually-hidden">Step </span>
              {step}
            </span>
          )}
          {title}
        </h2>
        {state && (
          <Status tone={STEP_STATES[state].tone}>
            {props.stateWords ?? STEP_STATES[state].word}
          </Status>
        )}
        {lead && <div class="lead">{lead}</div>}
        {actions && <div class="actions">{actions}</div>}
      </div>
      {props.children}
    </section>
  )
}

export type Column<Row> = {
  name: string
  cell: (row: Row) => Child
  /** Right-aligned, for numbers. */
  align?: 'end'
  /** The name is for screen readers only: a column of buttons. */
  unnamed?: boolean
}

/**
 * A table, or cards if it lacks room for its columns. The first column names the row. The roles
 * keep the cards a table for screen readers.
 */
export function DataTable<Row>(props: {
  caption: string
  /** If a heading just above says the same. */
  captionHidden?: boolean
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  /** Shown instead of a table without rows. */
  empty?: Child
}) {
  const { caption, columns, rows } = props
  if (rows.length === 0 && props.empty) return <>{props.empty}</>
  return (
    <div class={columns.length > 5 ? 'table many' : 'table'}>
      <div>
        <table role="table">
          <caption class={props.captionHidden ? 'visually-hidden' : undefined}>{caption}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {columns.map(({ name, align, unnamed }) => (
                <th role="columnheader" scope="col" class={align}>
                  {unnamed ? <span class="visually-hidden">{name}</span> : name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((row) => (
              <tr role="row">
                {columns.map(({ name, cell, align, unnamed }, index) =>
                  index === 0 ? (
                    <th role="rowheader" scope="row">
                      {cell(row)}
                    </th>
                  ) : (
                    <td role="cell" class={align} data-name={unnamed ? undefined : name}>
                      <div>{valueOrNone(cell(row))}</div>
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function valueOrNone(value: Child): Child {
  return isThere(value) ? value : <None />
}

/** In place of an empty list: what it will show, and how to start. */
export function EmptyState(props: { title: string; children?: Child; action?: Child }) {
  return (
    <div class="empty">
      <p>
        <b>{props.title}</b>
      </p>
      {props.children && <p>{props.children}</p>}
      {props.action}
    </div>
  )
}

const NOTICES = {
  info: { shape: 'info', word: 'Note' },
  success: { shape: 'good', word: 'Done' },
  warning: { shape: 'warning', word: 'Warning' },
  danger: { shape: 'danger', word: 'Important' },
} as const

export function Notice(props: {
  tone: keyof typeof NOTICES
  title?: string
  children?: Child
  action?: Child
}) {
  const { shape, word } = NOTICES[props.tone]
  return (
    <div class={`notice ${props.tone}`} role={props.tone === 'success' ? 'status' : undefined}>
      <Icon shape={shape} />
      <div>
        <span class="visually-hidden">{word}: </span>
        {props.title && <p class="strong">{props.title}</p>}
        {props.children}
      </div>
      {props.action && <div class="actions">{props.action}</div>}
    </div>
  )
}

/** Links between pages of a list, newest first. Renders nothing for a single page. */
export function Pagination(props: {
  newerHref?: string | undefined
  olderHref?: string | undefined
  newerLabel?: string
  olderLabel?: string
  label?: string
}) {
  if (!props.newerHref && !props.olderHref) return null
  return (
    <nav class="pages" aria-label={props.label ?? 'Pages'}>
      {props.newerHref && (
        <a class="button secondary" href={props.newerHref} rel="prev">
          {props.newerLabel ?? '← Newer'}
        </a>
      )}
      {props.olderHref && (
        <a class="button secondary" href={props.olderHref} rel="next">
          {props.olderLabel ?? 'Older →'}
        </a>
      )}
    </nav>
  )
}

/** Actions that cannot be undone or that lock people out, each with its explanation and button. */
export function DangerZone(props: {
  title?: string
  actions: readonly { title: string; text: Child; control: Child }[]
}) {
  return (
    <section class="section danger-zone" aria-labelledby="danger-zone">
      <h2 id="danger-zone">{props.title ?? 'Danger zone'}</h2>
      {props.actions.map((action) => (
        <ActionRow {...action} />
      ))}
    </section>
  )
}

/** An action with its explanation beside its button. */
export function ActionRow(props: { title: string; text: Child; control: Child }) {
  return (
    <div class="action-row">
      <div>
        <h3>{props.title}</h3>
        <p>{props.text}</p>
      </div>
      {props.control}
    </div>
  )
}
