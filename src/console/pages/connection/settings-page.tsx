// The settings of a connection that no metadata has.
import { CONNECTION_FIELDS } from '../../../connections/fields.ts'
import type { Problem } from '../../../problem.ts'
import { KeyValues, Section } from '../../kit/blocks.tsx'
import type { FieldValues } from '../../kit/field-values.ts'
import { Form, SubmitRow } from '../../kit/forms.tsx'
import { nameOfField, textOfField } from '../../kit/field-words.ts'
import {
  ConnectionFieldControls,
  controlToBlame,
  fieldsFrom,
  valuesNow,
} from '../shared/connection-fields.tsx'
import { EnteredBefore } from '../shared/connection-values.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'
import { DeleteZone } from '../shared/delete-zone.tsx'
import { LegacyWarning } from './their-side.tsx'

/** The groups of the form, in their order. */
const GROUPS = [
  { group: 'name', title: 'Name', forOperators: true },
  { group: 'request', title: 'Our request to the IdP' },
  { group: 'response', title: 'The IdP’s response' },
  { group: 'logout', title: 'Logout' },
  {
    group: 'revocation',
    title: 'Sign-out by the IdP',
    lead:
      'For IdPs that end sessions by Global Token Revocation, such as Okta with Universal ' +
      'Logout. The page Sessions has the URL that the IdP needs. While the connection is live, ' +
      'only support can change these fields.',
  },
  {
    group: 'sessions',
    title: CONNECTION_FIELDS.endSessionsOn.label,
    lead: 'Suspending a user or the tenant always ends their sessions.',
    forOperators: true,
  },
  {
    group: 'newcomers',
    title: CONNECTION_FIELDS.newcomers.label,
    lead:
      'For users who are added after the rollout. It applies to verified domains that lead to ' +
      'this connection, once the connection is validated. The page Domains says where each leads.',
    forOperators: true,
  },
  {
    group: 'legacy',
    title: CONNECTION_FIELDS.allow.label,
    lead:
      'Each weakens every login of this connection. The history records who allowed it. ' +
      'Allow one only while the IdP has no other setting.',
    forOperators: true,
  },
] as const

export function SettingsPage(props: {
  at: ConnectionContext
  values?: FieldValues
  problem?: Problem | undefined
  /** What was sent and is not in the form: somebody else saved first. */
  entered?: Record<string, unknown>
}) {
  const { at, problem, entered } = props
  const { connection, base, may } = at
  const values = props.values ?? valuesNow(at, 'settings')
  return (
    <at.Frame
      title="Settings"
      breadcrumb={crumbs(at)}
      current={`${base}/settings`}
      problem={problem}
      problemField={controlToBlame(problem)}
      lead="The defaults fit most identity providers."
      narrow={true}
    >
      <LegacyWarning at={at} />
      {entered && <EnteredBefore entered={entered} />}
      {may.configure ? (
        <Form action={`${base}/settings`} hidden={{ version: `${connection.updatedAt}` }}>
          {GROUPS.filter((one) => at.reader === 'operator' || !('forOperators' in one)).map(
            (one) => (
              <Section
                id={`settings-${one.group}`}
                title={one.title}
                {...('lead' in one && { lead: one.lead })}
              >
                <ConnectionFieldControls
                  at={at}
                  form="settings"
                  group={one.group}
                  values={values}
                  problem={problem}
                />
              </Section>
            ),
          )}
          <SubmitRow primary="Save settings" cancel={{ href: base }} />
        </Form>
      ) : (
        <Section id="settings" title="Login settings">
          <KeyValues
            rows={Object.entries(fieldsFrom(at, 'settings', values)).map(([name, value]) => ({
              name: nameOfField(name),
              value: textOfField(name, value),
            }))}
          />
        </Section>
      )}
      {at.reader === 'operator' && (
        <DeleteZone
          noun="connection"
          path={`connection/${connection.sid}`}
          text="With its certificates, rollouts and links, for good. People keep their users."
        />
      )}
    </at.Frame>
  )
}
