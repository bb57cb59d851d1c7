// The form that selects the people of a rollout: domains, accounts and individual people.
import type { SelectorProblem } from '../../../rollout/operations.ts'
import { Notice } from '../../kit/blocks.tsx'
import {
  ButtonForm,
  CheckboxField,
  FileField,
  Form,
  SubmitRow,
  TextArea,
  TextField,
} from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import type { SectionProps } from './section.tsx'
import { figure, people, SELECTOR_PROBLEMS } from './words.ts'

/** The result of saving a selection, shown beside what was entered. */
export type Chosen = {
  entered: {
    name: string
    everybody: string
    fromConnection: string
    domains: string
    accounts: string
    users: string
  }
  problems: readonly SelectorProblem[]
  /** How many individually selected users were added. */
  taken: number
}

type ChooseFormProps = SectionProps & { chosen?: Chosen | undefined }

export function ChooseForm(props: ChooseFormProps) {
  const { at, facts, chosen } = props
  const { rollout, path } = at
  const { version } = rollout
  const named = facts.namedUsers ?? 0
  return (
    <>
      {chosen && (
        <Notice tone="warning" title="Saved, except for the entries below">
          <p>
            Correct the entries below, or continue without them.
            {chosen.taken > 0 && ` Selected individually: ${people(chosen.taken)}.`}
          </p>
        </Notice>
      )}
      <Form action={`${path}/choose`} multipart={true}>
        <SelectionFields {...props} />
        <SubmitRow
          primary={
            version === 0
              ? { label: 'Save and freeze version 1', name: 'and', value: 'freeze' }
              : 'Save selection'
          }
          {...(version === 0 ? { secondary: { label: 'Save selection' } } : {})}
        />
      </Form>
      {named > 0 && (
        <ButtonForm
          action={`${path}/users/clear`}
          label={`Remove the ${people(named)} selected individually`}
        />
      )}
    </>
  )
}

function SelectionFields({ at, facts, problem, chosen }: ChooseFormProps) {
  const { name, selectors } = at.rollout
  const values = chosen?.entered ?? {
    name,
    everybody: selectors.everybody ? 'true' : '',
    fromConnection: selectors.fromConnection ? 'true' : '',
    domains: selectors.domains.join('\n'),
    accounts: selectors.accounts.join('\n'),
    users: '',
  }
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.page.reader) : undefined
  const report = (kind: SelectorProblem['kind']) =>
    reportOf(chosen?.problems.filter((one) => one.kind === kind) ?? [])
  return (
    <>
      <TextField
        name="name"
        label="Name"
        hint="For administrators, such as “Sales, autumn”."
        value={values.name}
        required={true}
        error={errorOf('name')}
      />
      {at.rollout.fromConnectionSid !== null && (
        <CheckboxField
          name="fromConnection"
          label="Everyone of the connection before"
          hint="Who signs in through it when the list is frozen."
          checked={values.fromConnection !== ''}
        />
      )}
      <CheckboxField
        name="everybody"
        label="Everyone of this customer"
        hint="Then the fields below add no one."
        checked={values.everybody !== ''}
      />
      <TextArea
        name="domains"
        label="Login e-mail domains"
        hint={domainsHint(facts.domains)}
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
        label="Individual people"
        hint={usersHint(facts.namedUsers ?? 0)}
        value={values.users}
        kind="code"
        rows={3}
        error={report('user') ?? errorOf('users')}
      />
      <FileField
        name="file"
        label="Or upload a file"
        hint={
          <>
            CSV with a column “email”, “user”, “sid” or “external_id”, or one per line. At most
            10,000 per file.
          </>
        }
        accept=".csv,.txt,text/csv,text/plain"
        error={errorOf('file')}
      />
    </>
  )
}

function domainsHint(verified: readonly string[]): string {
  if (verified.length === 0)
    return 'This customer has no verified domain yet. Verify a domain before you select it.'
  return `One per line. Verified domains: ${verified.join(', ')}. A subdomain is a separate domain.`
}

function usersHint(named: number): string {
  const added = named > 0 ? ` They are added to the ${people(named)} already selected.` : ''
  return `Login e-mails, user SIDs or external IDs, one per line.${added}`
}

function accountHint(names: ReadonlyMap<string, string>, selected: readonly string[]): string {
  const known = selected.flatMap((sid) => names.get(sid) ?? [])
  return known.length > 0
    ? `SIDs or external IDs, one per line. Selected now: ${known.join(', ')}.`
    : 'SIDs or external IDs, one per line.'
}

/** How many problems are listed; the rest is counted. */
const REPORTED = 20

function reportOf(problems: readonly SelectorProblem[]): string | undefined {
  if (problems.length === 0) return undefined
  const named = problems
    .slice(0, REPORTED)
    .map(({ value, code }) => `“${value}” ${SELECTOR_PROBLEMS[code]}`)
  const rest = problems.length - named.length
  return `${named.join('; ')}${rest > 0 ? `; and ${figure(rest)} more` : ''}.`
}
