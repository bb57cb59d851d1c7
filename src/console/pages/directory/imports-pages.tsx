// Users by file: the form, what came of one, and all imports there have been.
import { CATALOGUE } from '../../../errors.ts'
import type { Import } from '../../../directory/import/store.ts'
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

/** Refused rows on the page; the command writes all of them into a file. */
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
  const { now } = at.context
  return (
    <at.Frame title="Import users" breadcrumb={at.above} problem={problem} problemField="file">
      <Section
        id="new"
        title="A file"
        lead="A row that does not fit is refused and named; the others are taken."
      >
        <Form action={`${at.base}/imports`} multipart={true}>
          <FileField
            name="file"
            label="CSV or NDJSON, in UTF-8"
            hint={
              <>
                Columns: <Code>email</Code>, and any of <Code>first_name</Code>,{' '}
                <Code>last_name</Code>, <Code>external_id</Code>, <Code>accounts</Code>,{' '}
                <Code>suspended</Code>. Up to 5,000 rows and 1 MiB; larger ones by{' '}
                <Code>{`gatepost user import FILE --tenant ${at.tenant.sid}`}</Code>
              </>
            }
            accept=".csv,.ndjson,.jsonl,.txt"
            required={true}
            error={problem && errorsOf({ ...problem, field: 'file' })('file')}
          />
          <CheckboxField
            name="createAccounts"
            label="Make accounts that are not there"
            checked={props.createAccounts ?? false}
          />
          <SubmitRow
            primary="Import"
            secondary={{ label: 'Only check, and change nothing', name: 'trial', value: 'true' }}
          />
        </Form>
      </Section>
      <Section id="imports" title="Imports">
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
              name: 'Begun',
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
          empty={<EmptyState title="No import yet" />}
        />
        {imports.some(({ finishedAt }) => finishedAt === null) && (
          <p>Import the same file again to go on with one that was broken off.</p>
        )}
        <Pagination {...links} />
      </Section>
    </at.Frame>
  )
}

export function ReportPage({ at, report }: { at: DirectoryContext; report: ImportReport }) {
  const { isTrial, name, counts, refused, resumedAt } = report
  const path = `${at.base}/imports`
  return (
    <at.Frame
      title={isTrial ? `What ${name} would do` : `${name} has been imported`}
      breadcrumb={[...at.above, { name: 'Import users', href: path }]}
      actions={<ButtonLink href={path} label={isTrial ? 'Import it' : 'Another file'} />}
    >
      <Notice tone={isTrial ? 'info' : 'success'}>
        <p>
          {COUNTS.map((count) => `${counts[count]} ${count}`).join(', ')}.
          {isTrial && ' Nothing has changed.'}
          {resumedAt > 0 && ` It went on after row ${resumedAt}.`}
        </p>
      </Notice>
      {refused.length > 0 && (
        <Section
          id="refused"
          title="Refused rows"
          lead={`Counted from 1, without the header.${refused.length > SHOWN ? ` The first ${SHOWN} of ${refused.length}.` : ''}`}
        >
          <DataTable
            caption="Refused rows"
            captionHidden={true}
            columns={[
              { name: 'Row', cell: ({ row }) => row },
              { name: 'E-mail', cell: ({ email }) => email },
              {
                name: 'Why',
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
