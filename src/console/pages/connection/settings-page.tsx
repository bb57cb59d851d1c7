// How logins through a connection go: everything that no metadata says. Each setting in one sentence.
import type { Problem } from '../../../problem.ts'
import { KeyValues, Section } from '../../kit/blocks.tsx'
import {
  CheckboxField,
  Form,
  RadioGroup,
  SubmitRow,
  TextArea,
  TextField,
} from '../../kit/forms.tsx'
import { FIELD_NAMES, messageOf, nameOfField } from '../../kit/words.ts'
import { MappingFields } from '../shared/mapping-fields.tsx'
import { toFields, valuesOf, type SettingsValues } from './settings-values.ts'
import { asText, EnteredBefore } from '../shared/connection-values.tsx'
import { LegacyWarning } from './their-side.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

export function SettingsPage(props: {
  at: ConnectionContext
  values?: SettingsValues
  problem?: Problem | undefined
  /** What was sent and is not in the form: somebody else was faster. */
  entered?: Record<string, unknown>
}) {
  const { at, problem, entered } = props
  const { connection, base, may } = at
  const values = props.values ?? valuesOf(connection)
  return (
    <at.Frame
      title="Settings"
      breadcrumb={crumbs(at)}
      current={`${base}/settings`}
      problem={problem}
      problemField={problem?.field === 'attributeMapping' ? 'email' : problem?.field}
      lead="The defaults fit most identity providers."
      narrow={true}
    >
      <LegacyWarning at={at} />
      {entered && <EnteredBefore entered={entered} />}
      {may.configure ? (
        <Form action={`${base}/settings`} hidden={{ version: `${connection.updatedAt}` }}>
          <SettingsFields at={at} values={values} problem={problem} />
          <SubmitRow primary="Save" cancel={{ href: base }} />
        </Form>
      ) : (
        <Section id="settings" title="How logins go">
          <KeyValues
            rows={Object.entries(toFields(values, { operator: false })).map(([name, value]) => ({
              name: nameOfField(name),
              value: asText(name, value),
            }))}
          />
        </Section>
      )}
    </at.Frame>
  )
}

function SettingsFields(props: {
  at: ConnectionContext
  values: SettingsValues
  problem: Problem | undefined
}) {
  const { at, values, problem } = props
  const { may, connection, preset } = at
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, preset) : undefined
  return (
    <>
      {may.operate && (
        <Section id="name-section" title="Name">
          <TextField
            name="name"
            label={FIELD_NAMES.name!}
            hint="For people: it tells this connection from the tenant’s others."
            value={values.name}
            required={true}
            error={errorOf('name')}
          />
        </Section>
      )}
      <Section id="requests" title="Our request to the IdP">
        <RadioGroup
          name="requestBinding"
          label={FIELD_NAMES.requestBinding!}
          hint="Where the IdP takes both. Another way than before has to be tested again."
          value={values.requestBinding}
          options={[
            {
              value: 'HTTP-Redirect',
              label: 'In the address (HTTP-Redirect)',
              hint: connection.ssoRedirectURL ? undefined : 'The IdP has no SSO URL for it.',
            },
            {
              value: 'HTTP-POST',
              label: 'As a form (HTTP-POST)',
              hint: connection.ssoPostURL ? undefined : 'The IdP has no SSO URL for it.',
            },
          ]}
          error={errorOf('requestBinding')}
        />
        <CheckboxField
          name="signRequests"
          label={FIELD_NAMES.signRequests!}
          hint="IdPs that do not check signatures pass over them."
          checked={values.signRequests}
        />
        <CheckboxField
          name="forceAuthn"
          label={FIELD_NAMES.forceAuthn!}
          hint="Also where the person is signed in at the IdP already. Some IdPs cannot do it."
          checked={values.forceAuthn}
        />
        <TextField
          name="nameIDFormat"
          label={FIELD_NAMES.nameIDFormat!}
          kind="identifier"
          hint="Only where the IdP wants to be asked for one. Empty: the IdP decides."
          placeholder="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
          value={values.nameIDFormat}
          error={errorOf('nameIDFormat')}
        />
        <TextArea
          name="requestedAuthnContext"
          label={FIELD_NAMES.requestedAuthnContext!}
          kind="code"
          rows={3}
          hint="How people must authenticate at the IdP, one AuthnContextClassRef a line. Empty, as most want it: the IdP decides."
          value={values.requestedAuthnContext}
          error={errorOf('requestedAuthnContext')}
        />
      </Section>
      <Section id="responses" title="The IdP’s response">
        <RadioGroup
          name="idpInitiated"
          label={FIELD_NAMES.idpInitiated!}
          hint="Where people click a tile in the IdP’s portal instead of opening the app."
          value={values.idpInitiated}
          options={[
            {
              value: 'restart',
              label: 'Begin them again from our side',
              hint: 'People do not notice. The safest way for IdPs that answer our requests.',
            },
            { value: 'refuse', label: 'Refuse them', hint: 'People have to open the app itself.' },
            {
              value: 'accept',
              label: 'Accept them as they come',
              hint: 'Only for IdPs that can do nothing else: a stolen response could sign somebody in elsewhere.',
            },
          ]}
          error={errorOf('idpInitiated')}
        />
        {may.operate && (
          <TextField
            name="clockSkewSeconds"
            label={FIELD_NAMES.clockSkewSeconds!}
            kind="number"
            hint="0 to 300. How far the IdP’s clock may be from ours."
            value={values.clockSkewSeconds}
            error={errorOf('clockSkewSeconds')}
          />
        )}
        <MappingFields preset={preset} values={values} error={errorOf('attributeMapping')} />
      </Section>
      <Section id="logout" title="Logout">
        <TextField
          name="logoutRedirectURL"
          label={`${FIELD_NAMES.logoutRedirectURL!} (optional)`}
          kind="url"
          hint="People who sign out of the app are sent there by POST."
          value={values.logoutRedirectURL}
          error={errorOf('logoutRedirectURL')}
        />
      </Section>
      {may.operate && (
        <Section
          id="legacy"
          title="Legacy algorithms"
          lead="Each weakens every login of this connection, and is in the history with your name. Only for an IdP that cannot be set otherwise, and only until it can."
        >
          <CheckboxField
            name="sha1"
            label="Accept SHA-1 signatures"
            hint="SHA-1 can be forged with enough money."
            checked={values.sha1}
          />
          <CheckboxField
            name="aes-cbc"
            label="Accept AES-CBC encryption without a signed Response around it"
            hint="What is encrypted so can be changed by others on the way."
            checked={values['aes-cbc']}
          />
        </Section>
      )}
    </>
  )
}
