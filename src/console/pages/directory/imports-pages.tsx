// User imports: the form, the report of one import, and the list of imports.
import { CATALOGUE } from '../../../errors.ts'
import type { Import } from '../../../directory/import/store/imports.ts'
import type { Problem } from '../../../problem.ts'
import {
  Code,
  DataTable,
  EmptyState,
  Instant,
  Notice,
  Pagination,
  Section,
  Status,
} from '../../kit/blocks.tsx'
import { ButtonLink, CheckboxField, FileField, Form, SubmitRow } from '../../kit/forms.tsx'
import type { PageLinks } from '../../kit/lists.ts'
import { nameOfField } from '../../kit/field-words.ts'
import { errorsOf, type DirectoryContext } from './directory-context.ts'
import type { ImportReport } from './import-file.ts'

/** Refused rows on the page; the CLI writes all of them to a file. */
const SHOWN = 1000

const COUNTS = ['created', 'updated', 'unchanged', 'refused'] as const

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
            label="CSV or NDJSON file (UTF-8)"
            hint={
              <>
                Required column: <Code>email</Code>. Optional: <Code>first_name</Code>,{' '}
                <Code>last_name</Code>, <Code>external_id</Code>, <Code>accounts</Code>,{' '}
                <Code>suspended</Code>. At most 5,000 rows and 1 MiB. For larger files, use{' '}
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

export function ReportPage({ at, report }: { at: DirectoryContext; report: ImportReport }) {
  const { isTrial, name, counts, refused, resumedAt } = report
  const path = `${at.base}/imports`
  return (
    <at.Frame
      title={isTrial ? `Check of ${name}` : `Import of ${name}`}
      breadcrumb={[...at.above, { name: 'User imports', href: path }]}
      actions={<ButtonLink href={path} label={isTrial ? 'Import users' : 'Import another file'} />}
    >
      <Notice tone={isTrial ? 'info' : 'success'}>
        <p>
          {COUNTS.map((count) => `${counts[count]} ${count}`).join(', ')}.
          {isTrial && ' Nothing was changed.'}
          {resumedAt > 0 && ` The import continued after row ${resumedAt}.`}
        </p>
      </Notice>
      {refused.length > 0 && (
        <Section id="refused" title="Refused rows" lead={refusedLead(refused.length)}>
          <DataTable
            caption="Refused rows"
            captionHidden={true}
            columns={[
              { name: 'Row', cell: ({ row }) => row },
              { name: 'E-mail', cell: ({ email }) => email },
              {
                name: 'Reason',
                cell: ({ problem: { code, field } }) =>
                  `${field ? `${nameOfField(field)}: ` : ''}${CATALOGUE[code].title}`,
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
