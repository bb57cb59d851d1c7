// What a person has to see before an IdP's user list is uploaded: several columns have addresses,
// or cells of the column are none.
import type { Child } from 'hono/jsx'
import type { ListColumn } from '../../../rollout/operations.ts'
import { ActionRow, DataTable, Section } from '../../kit/blocks.tsx'
import {
  ButtonForm,
  ButtonLink,
  FileField,
  Form,
  SelectField,
  SubmitRow,
} from '../../kit/forms.tsx'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { uploadFields, type CheckedUpload } from './upload.ts'
import { addresses, count } from './words.ts'

export type ColumnChoice = CheckedUpload & { column: ListColumn }

const CHOOSE =
  'Several columns have e-mail addresses. Choose the one with the addresses by which the ' +
  'IdP signs people in, usually their work addresses. Nothing is saved yet.'
/** Cells that are named; the rest is counted. */
const MOST_NAMED = 10

export function ColumnPage(props: {
  at: RolloutContext
  choices: readonly ColumnChoice[]
  /** Index in the file. */
  suggested: number | undefined
}) {
  const { at, choices, suggested } = props
  const isOne = choices.length === 1
  const lead = isOne
    ? 'Some cells of the column are no e-mail address. Nothing is saved yet.'
    : CHOOSE
  return (
    <CheckFrame at={at} lead={lead} columns={choices.map(({ column }) => column)}>
      <Section id="columns" title={isOne ? 'Column' : 'Columns'}>
        {choices.map(({ column, upload, leftOut }) => (
          <ActionRow
            title={titleOf(column, isOne ? undefined : suggested)}
            text={`${placeOf(column)} ${wordsOf(leftOut)}`}
            control={
              <ButtonForm
                action={`${at.path}/idp-users`}
                label={isOne ? `Upload ${addresses(upload.total)}` : `Use “${column.name}”`}
                hidden={uploadFields(upload)}
                tone={isOne || column.index === suggested ? 'primary' : 'secondary'}
              />
            }
          />
        ))}
      </Section>
    </CheckFrame>
  )
}

/** The same for more addresses than a page carries. */
export function FileAgainPage(props: {
  at: RolloutContext
  columns: readonly ListColumn[]
  suggested: number | undefined
}) {
  const { at, columns, suggested } = props
  return (
    <CheckFrame at={at} lead={`${CHOOSE} The file is large: choose it again.`} columns={columns}>
      <Section id="columns" title="Columns">
        <Form action={`${at.path}/idp-users`} multipart={true}>
          <SelectField
            name="column"
            label="Column"
            value={suggested === undefined ? '' : `${suggested}`}
            options={columns.map((column) => ({
              value: `${column.index}`,
              label: `${titleOf(column, suggested)}: ${addresses(column.addresses)}`,
            }))}
          />
          <FileField name="file" label="The same file" accept=".csv,.txt,text/csv,text/plain" />
          <SubmitRow primary="Upload and compare" />
        </Form>
      </Section>
    </CheckFrame>
  )
}

function CheckFrame(props: {
  at: RolloutContext
  lead: string
  columns: readonly ListColumn[]
  children: Child
}) {
  const { at, lead, columns, children } = props
  const { Frame } = at.page
  const rows = columns[0]!.preview.map((_, index) => index)
  return (
    <Frame
      title="IdP user list: check"
      breadcrumb={crumbsBelow(at)}
      lead={lead}
      actions={<ButtonLink href={`${at.path}#review`} label="Cancel" />}
    >
      {children}
      <Section id="preview" title="Preview" lead="The first rows with an address.">
        <DataTable<number>
          caption="Preview"
          captionHidden={true}
          columns={[
            { name: 'Row', cell: (row) => row + 1 },
            ...columns.map(({ name, preview }) => ({
              name,
              cell: (row: number) => preview[row] ?? '',
            })),
          ]}
          rows={rows}
        />
      </Section>
    </Frame>
  )
}

function titleOf({ name, index }: ListColumn, suggested: number | undefined): string {
  return index === suggested ? `${name} (suggested)` : name
}

function placeOf({ addresses: found, index }: ListColumn): string {
  return `${addresses(found)} in column ${index + 1} of the file.`
}

function wordsOf(leftOut: CheckedUpload['leftOut']): string {
  if (leftOut.length === 0) return ''
  const named = leftOut.slice(0, MOST_NAMED).map(({ line, cell }) => `line ${line} “${cell}”`)
  const more = leftOut.length > MOST_NAMED ? ` and ${leftOut.length - MOST_NAMED} more` : ''
  return `${count(leftOut.length, 'cell')} left out: ${named.join(', ')}${more}.`
}
