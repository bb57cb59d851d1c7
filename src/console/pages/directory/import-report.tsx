// The report of one import, or of its check, with the columns of the file.
import { encodeBase64 } from '../../../base64.ts'
import { IMPORT_FIELDS, type ImportColumns } from '../../../directory/import/columns.ts'
import { MARK } from '../../../platform/csv/render-csv.ts'
import { REFUSED_HEADER, renderRefused } from '../../../directory/import/csv-files.ts'
import { titleOf } from '../../../error-words.ts'
import { nameOfColumn } from '../../../platform/csv/email-column.ts'
import { DataTable, Notice, Section } from '../../kit/blocks.tsx'
import { ButtonLink, CheckboxField, Form, SelectField, SubmitRow } from '../../kit/forms.tsx'
import { nameOfField } from '../../kit/field-words.ts'
import type { DirectoryContext } from './directory-context.ts'
import type { ImportReport } from './import-file.ts'
import { COUNTS } from './imports-pages.tsx'

/** Refused rows on the page; the CSV has all of them. */
const SHOWN = 1000

type ReportProps = {
  at: DirectoryContext
  report: ImportReport
  /** The file; a check carries it on. */
  bytes: Uint8Array | undefined
  createAccounts: boolean
}

export function ReportPage(props: ReportProps) {
  const { at, report } = props
  const { isTrial, name, counts, refused, resumedAt, unsure } = report
  const path = `${at.base}/imports`
  return (
    <at.Frame
      title={isTrial ? `Check of ${name}` : `Import of ${name}`}
      breadcrumb={[...at.above, { name: 'User imports', href: path }]}
      actions={<ButtonLink href={path} label="Choose another file" />}
    >
      <Notice tone={isTrial ? 'info' : 'success'}>
        <p>
          {COUNTS.map((count) => `${counts[count]} ${count}`).join(', ')}.
          {isTrial && ' Nothing was changed.'}
          {resumedAt > 0 && ` The import continued after row ${resumedAt}.`}
        </p>
      </Notice>
      {unsure && (
        <Notice tone="warning" title={titleOf('file_column', 'people')}>
          <p>Found: {unsure.received}. Choose the one with the work addresses below.</p>
        </Notice>
      )}
      {isTrial && <ImportForm {...props} />}
      {refused.length > 0 && (
        <Section
          id="refused"
          title="Refused rows"
          lead={refusedLead(refused.length)}
          actions={
            <ButtonLink href={linkOf(refused)} label="Download CSV" download="refused-rows.csv" />
          }
        >
          <DataTable
            caption="Refused rows"
            captionHidden={true}
            columns={[
              { name: 'Row', cell: ({ row }) => row },
              { name: 'E-mail', cell: ({ email }) => email },
              {
                name: 'Reason',
                cell: ({ problem: { code, field } }) =>
                  `${field ? `${nameOfField(field)}: ` : ''}${titleOf(code, 'people')}`,
              },
              { name: 'Expected', cell: ({ problem: { expected } }) => expected },
              { name: 'Received', cell: ({ problem: { received } }) => received },
            ]}
            rows={refused.slice(0, SHOWN)}
          />
        </Section>
      )}
    </at.Frame>
  )
}

function refusedLead(rows: number): string {
  const shown = rows > SHOWN ? ` Shows the first ${SHOWN} of ${rows}.` : ''
  return `Row numbers start at 1 and do not count the header.${shown}`
}

/** The rows are nowhere else: the page has them. */
function linkOf(refused: ImportReport['refused']): string {
  const csv = new TextEncoder().encode(MARK + REFUSED_HEADER + renderRefused(refused))
  return `data:text/csv;charset=utf-8;base64,${encodeBase64(csv)}`
}

/** Which column is which, the first rows as they are read, and the import itself. */
function ImportForm({ at, report, bytes, createAccounts }: ReportProps) {
  const { columns, sample, name } = report
  const shown = IMPORT_FIELDS.filter((field) => !columns || columns.fields.includes(field))
  const hidden = { content: encodeBase64(bytes!), name, ...(columns && { chosen: 'true' }) }
  return (
    <>
      <Section
        id="columns"
        title={columns ? 'Columns' : 'Import'}
        lead={columns && columnsLead(columns)}
      >
        <Form action={`${at.base}/imports`} multipart={true} hidden={hidden}>
          {columns && IMPORT_FIELDS.map((field) => <ColumnField {...{ field, columns }} />)}
          <CheckboxField
            name="createAccounts"
            label="Create missing accounts"
            checked={createAccounts}
          />
          <SubmitRow
            primary="Import users"
            secondary={{ label: 'Check again', name: 'trial', value: 'true' }}
          />
        </Form>
      </Section>
      <Section id="sample" title="First rows">
        <DataTable
          caption="First rows"
          captionHidden={true}
          columns={shown.map((field) => ({
            name: nameOfField(field),
            cell: (row: unknown) => showCell((row as Record<string, unknown> | null)?.[field]),
          }))}
          rows={sample}
        />
      </Section>
    </>
  )
}

function columnsLead({ header, fields }: ImportColumns): string {
  const left = header.flatMap((_, at) => (fields[at] ? [] : [nameOfColumn(header, at)]))
  const others = left.length > 0 ? ` Not imported: ${left.join(', ')}.` : ''
  return `Choose the column of each field.${others}`
}

function ColumnField(props: { field: (typeof IMPORT_FIELDS)[number]; columns: ImportColumns }) {
  const { field, columns } = props
  const { header, fields } = columns
  const at = fields.indexOf(field)
  return (
    <SelectField
      name={`column_${field}`}
      label={nameOfField(field)}
      {...(field !== 'email' && { placeholder: 'Not imported' })}
      options={header.map((_, index) => ({
        value: `${index + 1}`,
        label: nameOfColumn(header, index),
      }))}
      value={at === -1 ? '' : `${at + 1}`}
    />
  )
}

function showCell(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : ''
}
