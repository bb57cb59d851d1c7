// Step 1 of a rollout: who is meant, frozen into a numbered list.
import type { SelectorProblem } from '../../../rollout/operations.ts'
import { KeyValues, None, Notice, Section } from '../../kit/blocks.tsx'
import { ButtonForm, FileField, Form, SubmitRow, TextArea, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { UnderWay, type SectionProps } from './section.tsx'
import { figure, people, SELECTOR_PROBLEMS } from './words.ts'

/** What came of choosing, to be shown beside what was entered. */
export type Chosen = {
  entered: { name: string; domains: string; accounts: string; users: string }
  problems: readonly SelectorProblem[]
  /** How many users were taken that were named one by one. */
  taken: number
}

export function ChooseSection(props: SectionProps & { chosen?: Chosen | undefined }) {
  const { at, state } = props
  const { rollout, page, path } = at
  const { version, frozen, cursors } = rollout
  return (
    <Section
      id="choose"
      step={1}
      title="Choose"
      state={state}
      {...(cursors.freeze ? { stateWords: 'Under way' } : {})}
      lead="Who is meant: everybody of these domains, of these accounts, and the people named, together. Freezing makes a numbered list of them; people who come later are not on it."
    >
      <UnderWay
        what={`Version ${version}`}
        action={`${path}/freeze`}
        cursor={cursors.freeze}
        may={page.may.operate}
      />
      {version > 0 && <ChosenValues {...props} />}
      {version > 0 && frozen && <VersionFacts {...props} />}
      {version === 0 &&
        (page.may.operate ? <ChooseForm {...props} /> : <None>Support chooses them.</None>)}
      {version > 0 && page.may.operate && !cursors.freeze && (
        <details open={props.chosen !== undefined || props.problem !== undefined}>
          <summary>Change who is chosen, or freeze again</summary>
          <ChooseForm {...props} />
          <div class="danger-row">
            <div>
              <h3>{`Freeze again, as version ${version + 1}`}</h3>
              <p>
                Takes in who has come since, or what is chosen now. It asks for another review and
                another go-ahead; nobody’s sign-in changes by it.
              </p>
            </div>
            <ButtonForm action={`${path}/freeze`} label={`Freeze version ${version + 1}`} />
          </div>
        </details>
      )}
    </Section>
  )
}

function ChooseForm({
  at,
  facts,
  problem,
  chosen,
}: SectionProps & { chosen?: Chosen | undefined }) {
  const { rollout, path } = at
  const { name, selectors, version } = rollout
  const values = chosen?.entered ?? {
    name,
    domains: selectors.domains.join('\n'),
    accounts: selectors.accounts.join('\n'),
    users: '',
  }
  const named = facts.namedUsers ?? 0
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  const report = (kind: SelectorProblem['kind']) =>
    reportOf(chosen?.problems.filter((one) => one.kind === kind) ?? [])
  return (
    <>
      {chosen && (
        <Notice tone="warning" title="Saved, but for what is named below">
          <p>
            Everything else has been taken
            {chosen.taken > 0 && `, ${people(chosen.taken)} of those named one by one among it`}.
            Correct the rest, or go on without it.
          </p>
        </Notice>
      )}
      <Form action={`${path}/choose`} multipart={true}>
        <TextField
          name="name"
          label="Name"
          hint="For those who look after it, such as “Sales, autumn”."
          value={values.name}
          required={true}
          error={errorOf('name')}
        />
        <TextArea
          name="domains"
          label="Domains of login e-mails"
          hint={
            facts.domains.length > 0
              ? `One a line. Proved to be this customer’s: ${facts.domains.join(', ')}. A subdomain is another domain.`
              : 'One a line. No domain has been proved to be this customer’s yet, so none can be taken.'
          }
          value={values.domains}
          kind="code"
          rows={2}
          error={report('domain') ?? errorOf('domains')}
        />
        <TextArea
          name="accounts"
          label="Accounts"
          hint={accountHint(facts.accountNames, selectors.accounts)}
          value={values.accounts}
          kind="code"
          rows={3}
          error={report('account') ?? errorOf('accounts')}
        />
        <TextArea
          name="users"
          label="People, one by one"
          hint={`User SIDs or external ids, one a line; they are added to those named before${named > 0 ? `, who are ${people(named)}` : ''}.`}
          value={values.users}
          kind="code"
          rows={3}
          error={report('user') ?? errorOf('users')}
        />
        <FileField
          name="file"
          label="Or a file of them"
          hint="CSV with a column “user”, “sid” or “external_id”, or one a line. Up to 10,000 at once: a longer list in several files."
          accept=".csv,.txt,text/csv,text/plain"
          error={errorOf('file')}
        />
        <SubmitRow
          primary={
            version === 0
              ? { label: 'Save and freeze version 1', name: 'and', value: 'freeze' }
              : 'Save'
          }
          {...(version === 0 ? { secondary: { label: 'Save' } } : {})}
        />
      </Form>
      {named > 0 && (
        <ButtonForm
          action={`${path}/users/clear`}
          label={`Forget the ${people(named)} named one by one`}
        />
      )}
    </>
  )
}

/** Whom the next list would be made of. */
function ChosenValues({ at, facts }: SectionProps) {
  const { domains, accounts } = at.rollout.selectors
  return (
    <KeyValues
      rows={[
        { name: 'Domains', value: domains.join(', ') },
        {
          name: 'Accounts',
          value: accountsInWords(accounts, facts.accountNames),
        },
        ...(facts.namedUsers === null
          ? []
          : [{ name: 'One by one', value: facts.namedUsers > 0 ? people(facts.namedUsers) : '' }]),
      ]}
    />
  )
}

function VersionFacts({ at, facts }: SectionProps) {
  const { rollout, path } = at
  const { summary, comparison } = facts
  if (!summary) return null
  const { version } = rollout
  return (
    <KeyValues
      rows={[
        {
          name: `Version ${version}`,
          value: (
            <>
              <a href={`${path}/list`}>{people(summary.rows)}</a>
              {summary.foreignUsers > 0 &&
                `; ${figure(summary.foreignUsers)} more of these accounts belong to another customer and are not on it`}
            </>
          ),
        },
        ...(comparison
          ? [
              {
                name: `Against version ${version - 1}`,
                value:
                  comparison.added.total + comparison.dropped.total === 0 ? (
                    <None>the same people</None>
                  ) : (
                    <a href={`${path}/versions?from=${version - 1}&to=${version}`}>
                      {figure(comparison.added.total)} added, {figure(comparison.dropped.total)}{' '}
                      dropped
                    </a>
                  ),
              },
            ]
          : []),
      ]}
    />
  )
}

/** A setup link does not see the tenant's accounts by name: for it they are counted. */
function accountsInWords(sids: readonly string[], names: ReadonlyMap<string, string>): string {
  const known = sids.flatMap((sid) => names.get(sid) ?? [])
  const rest = sids.length - known.length
  if (rest === 0) return known.join(', ')
  const more = known.length > 0 ? ' more' : ''
  return [...known, `${figure(rest)}${more} ${rest === 1 ? 'account' : 'accounts'}`].join(', ')
}

function accountHint(names: ReadonlyMap<string, string>, selected: readonly string[]): string {
  const known = selected.flatMap((sid) => names.get(sid) ?? [])
  return known.length > 0
    ? `SIDs or external ids, one a line. Selected now: ${known.join(', ')}.`
    : 'SIDs or external ids, one a line.'
}

/** At most this many are named: the rest is counted. */
const REPORTED = 20

function reportOf(problems: readonly SelectorProblem[]): string | undefined {
  if (problems.length === 0) return undefined
  const named = problems
    .slice(0, REPORTED)
    .map(({ value, code }) => `“${value}” ${SELECTOR_PROBLEMS[code]}`)
  const rest = problems.length - named.length
  return `${named.join('; ')}${rest > 0 ? `; and ${figure(rest)} more` : ''}.`
}
