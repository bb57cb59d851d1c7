// The filters above a list, and how many rows it has: the same for every list.
import type { Child } from 'hono/jsx'
import type { Reader } from '../../errors/entry.ts'
import type { Total } from '../../platform/db/count.ts'
import { EmptyState } from './blocks.tsx'
import type { ListFilter } from './filters.ts'
import { Button, ButtonLink, Form, SelectField, TextField } from './forms.tsx'
import type { ListPage } from './lists.ts'
import { messageOf } from './words.ts'

export function ListFilters(props: {
  list: ListPage
  reader: Exclude<Reader, 'person'>
  /** How many rows all pages have; undefined where it is not known. */
  total?: Total | undefined
  /** One row and several: “user”, “users”. */
  rows: readonly [one: string, several: string]
}) {
  const { list, reader, total, rows } = props
  const { filters, entered, problem, path } = list
  const isFiltered = Object.keys(entered).length > 0
  return (
    <>
      {Object.keys(filters).length > 0 && (
        <Form method="get" action={path} inline={true}>
          {Object.entries(filters).map(([name, filter]) => (
            <Control
              name={name}
              filter={filter}
              value={entered[name] ?? ''}
              error={problem?.field === name ? messageOf(problem, reader) : undefined}
            />
          ))}
          <Button label="Search" />
          {isFiltered && <ButtonLink href={path} label="Show all" />}
        </Form>
      )}
      {total !== undefined && !problem && <p class="total">{inWords(total, rows)}</p>}
    </>
  )
}

function inWords(total: Total, [one, several]: readonly [string, string]): string {
  if (typeof total !== 'number')
    return `More than ${total.moreThan.toLocaleString('en')} ${several}`
  return `${total.toLocaleString('en')} ${total === 1 ? one : several}`
}

function Control(props: {
  name: string
  filter: ListFilter
  value: string
  error: string | undefined
}) {
  const { name, filter, value, error } = props
  const { label, hint } = filter
  const common = { name, label, hint, value, error }
  if (filter.kind === 'choice') {
    const options = Object.entries(filter.options).map(([one, words]) => ({
      value: one,
      label: words,
    }))
    return <SelectField {...common} options={options} placeholder={filter.any} />
  }
  if (filter.kind === 'day') return <TextField {...common} kind="day" />
  return <TextField {...common} kind="search" maxlength={320} />
}

/** In place of rows, where filters leave none: it says which. `children`: of a list without any. */
export function EmptyList({ list, children }: { list: ListPage; children: Child }) {
  const used = Object.entries(list.filters).flatMap(([name, filter]) => {
    const value = list.entered[name]
    return value === undefined ? [] : [`${filter.label}: ${shownValue(filter, value)}`]
  })
  if (used.length === 0) return <>{children}</>
  return (
    <EmptyState
      title={list.problem ? 'This filter cannot be used' : 'No matches'}
      action={<ButtonLink href={list.path} label="Show all" />}
    >
      {used.join(' · ')}
    </EmptyState>
  )
}

function shownValue(filter: ListFilter, value: string): string {
  if (filter.kind !== 'choice') return value
  return Object.hasOwn(filter.options, value) ? filter.options[value]! : value
}
