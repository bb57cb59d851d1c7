// User imports: the form, and the list of imports.
import type { Import } from '../../../directory/import/store/imports.ts'
import type { Problem } from '../../../problem.ts'
import {
  Code,
  DataTable,
  EmptyState,
  Instant,
  Pagination,
  Section,
  Status,
} from '../../kit/blocks.tsx'
import { CheckboxField, FileField, Form, SubmitRow } from '../../kit/forms.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { nameOfField } from '../../kit/field-words.ts'
import { errorsOf, type DirectoryContext } from './directory-context.ts'

export const COUNTS = ['created', 'updated', 'unchanged', 'refused'] as const

export function ImportsPage(props: {
  at: DirectoryContext
  imports: readonly Import[]
  links: PageLinks
  createAccounts?: boolean
  problem?: Problem
}) {
  const { at, imports, links, problem } = props
  return (
    <at.Frame title="User imports" breadcrumb={at.above} problem={problem} problemField="file">
      <Section
        id="new"
        title="Import file"
        lead="Rows with errors are refused and listed. All other rows are imported."
      >
        <Form action={`${at.base}/imports`} multipart={true}>
          <FileField
            name="file"
            label="CSV or NDJSON file"
            hint={
              <>
                Fill in <a href={`${at.base}/imports/template.csv`}>the template</a>, or take an
                export of another system: you can check which column is which before anything is
                imported. At most 5,000 rows and 1 MiB. For larger files, use{' '}
                <Code>{`gatepost user import FILE --tenant ${at.tenant.sid}`}</Code>
              </>
            }
            accept=".csv,.ndjson,.jsonl,.txt"
            required={true}
            error={problem && errorsOf({ ...problem, field: 'file' })('file')}
          />
          <CheckboxField
            name="createAccounts"
            label="Create missing accounts"
            checked={props.createAccounts ?? false}
          />
          <SubmitRow
            primary="Import users"
            secondary={{ label: 'Check file only', name: 'trial', value: 'true' }}
          />
        </Form>
      </Section>
      <Section id="imports" title="Previous imports">
        <ImportTable imports={imports} now={at.context.now} />
        {imports.some(({ finishedAt }) => finishedAt === null) && (
          <p>To continue an interrupted import, import the same file again.</p>
        )}
        <Pagination {...links} />
      </Section>
    </at.Frame>
  )
}

function ImportTable({ imports, now }: { imports: readonly Import[]; now: number }) {
  return (
    <DataTable<Import>
      caption="Imports"
      captionHidden={true}
      columns={[
        { name: 'File', cell: ({ name }) => name },
        {
          name: 'State',
          cell: ({ finishedAt, updatedAt, position }) =>
            finishedAt === null ? (
              <>
                <Status tone="progress">After row {position}</Status>
                <br />
                <Instant at={updatedAt} now={now} show="relative" />
              </>
            ) : (
              <Status tone="good">Done</Status>
            ),
        },
        ...COUNTS.map((count) => ({
          name: nameOfField(count),
          align: 'end' as const,
          cell: (row: Import) => `${row[count]}`,
        })),
        {
          name: 'Started',
          cell: ({ createdAt, createdBy }) => (
            <>
              <Instant at={createdAt} now={now} show="relative" />
              <br />
              <small>{createdBy}</small>
            </>
          ),
        },
      ]}
      rows={imports}
      empty={<EmptyState title="No imports yet" />}
    />
  )
}
