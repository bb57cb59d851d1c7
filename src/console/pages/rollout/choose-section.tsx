// Step 1 of a rollout: the selection, frozen into a numbered list.
import type { Comparison } from '../../../rollout/operations.ts'
import { ActionRow, KeyValues, None, Section } from '../../kit/blocks.tsx'
import { ButtonForm } from '../../kit/forms.tsx'
import { ChooseForm, type Chosen } from './choose-form.tsx'
import { UnderWay, type SectionProps } from './section.tsx'
import { count, figure, people } from './words.ts'

export function ChooseSection(props: SectionProps & { chosen?: Chosen | undefined }) {
  const { at, state } = props
  const { rollout, page, path } = at
  const { version, frozen, cursors } = rollout
  return (
    <Section
      id="choose"
      step={1}
      title="Select people"
      state={state}
      {...(cursors.freeze ? { stateWords: 'In progress' } : {})}
      lead={
        <>
          Everyone of this customer, or everyone in these domains and accounts plus people selected
          individually. Freezing makes a numbered list. People who join later are not on it.
        </>
      }
    >
      <UnderWay
        what={`Freezing version ${version}`}
        action={`${path}/freeze`}
        cursor={cursors.freeze}
        may={page.may.operate}
      />
      {version > 0 && <ChosenValues {...props} />}
      {version > 0 && frozen && <VersionFacts {...props} />}
      {version === 0 &&
        (page.may.operate ? (
          <ChooseForm {...props} />
        ) : (
          <p>
            <None>Support selects the people.</None>
          </p>
        ))}
      {version > 0 && page.may.operate && !cursors.freeze && (
        <details open={props.chosen !== undefined || props.problem !== undefined}>
          <summary>Change selection or freeze again</summary>
          <ChooseForm {...props} />
          <ActionRow
            title="Freeze again"
            text={
              <>
                Uses the current selection and adds people who joined since. The new version needs
                its own review and go-ahead. No sign-in method changes.
              </>
            }
            control={
              <ButtonForm action={`${path}/freeze`} label={`Freeze version ${version + 1}`} />
            }
          />
        </details>
      )}
    </Section>
  )
}

/** What the next list would be made of. */
function ChosenValues({ at, facts }: SectionProps) {
  const { everybody, fromConnection, domains, accounts } = at.rollout.selectors
  if (everybody)
    return <KeyValues rows={[{ name: 'Selected', value: 'Everyone of this customer' }]} />
  return (
    <KeyValues
      rows={[
        ...(fromConnection
          ? [{ name: 'Selected', value: 'Everyone of the connection before' }]
          : []),
        { name: 'Domains', value: domains.join(', ') },
        {
          name: 'Accounts',
          value: accountsInWords(accounts, facts.accountNames),
        },
        ...(facts.namedUsers === null
          ? []
          : [
              {
                name: 'Individual people',
                value: facts.namedUsers > 0 ? people(facts.namedUsers) : '',
              },
            ]),
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
                `. Not on the list: ${figure(summary.foreignUsers)} from other customers.`}
            </>
          ),
        },
        ...(comparison
          ? [
              {
                name: `Changes since version ${version - 1}`,
                value:
                  comparison.added.total + comparison.dropped.total === 0 ? (
                    <None>no changes</None>
                  ) : (
                    <a href={`${path}/versions?from=${version - 1}&to=${version}`}>
                      {differenceInWords(comparison)}
                    </a>
                  ),
              },
            ]
          : []),
      ]}
    />
  )
}

/** A setup link may not see the names of accounts: they are counted instead. */
function accountsInWords(sids: readonly string[], names: ReadonlyMap<string, string>): string {
  const known = sids.flatMap((sid) => names.get(sid) ?? [])
  const rest = sids.length - known.length
  if (rest === 0) return known.join(', ')
  return [...known, count(rest, known.length > 0 ? 'more account' : 'account')].join(', ')
}

function differenceInWords({ added, dropped }: Comparison): string {
  return `${figure(added.total)} added, ${figure(dropped.total)} removed`
}
