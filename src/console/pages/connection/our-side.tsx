// Section 1 of a connection's page: our details for the IdP, in the words of its own screens.
import type { Preset } from '../../../connections/presets/preset.ts'
import { CONNECTION_FIELDS } from '../../../connections/fields.ts'
import { ourSide } from '../../../connections/connection.ts'
import type { OwnKeyPair } from '../../../keys/key-pair.ts'
import {
  CopyField,
  DataTable,
  Code,
  KeyValues,
  Section,
  type StepState,
} from '../../kit/blocks.tsx'
import { optionsFor } from '../../kit/field-controls.tsx'
import { ButtonLink, Form, Button, SelectField } from '../../kit/forms.tsx'
import { Expiry } from '../shared/connection-values.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'

const PEOPLE = { email: 'E-mail', firstName: 'First name', lastName: 'Last name' } as const

export function OurSideSection(props: {
  at: ConnectionContext
  keyPairs: readonly OwnKeyPair[]
  state: StepState
  stateWords?: string
}) {
  const { at, keyPairs, state, stateWords } = props
  const { connection, base } = at
  const current = keyPairs.find(({ stage }) => stage === 'current')
  return (
    <Section
      id="ours"
      step={1}
      title={at.reader === 'operator' ? 'Service provider details' : 'Our details for your IdP'}
      state={state}
      {...(stateWords ? { stateWords } : {})}
      lead={
        'Enter these in the IdP. Copy them exactly. They do not change while the connection exists.'
      }
    >
      <PresetChooser at={at} />
      <OurFields at={at} current={current} />
      <div class="submit">
        <ButtonLink
          href={`/saml/${connection.sid}/metadata`}
          download="gatepost-metadata.xml"
          label="Download metadata (XML)"
        />
        <ButtonLink href={`${base}/certificate.pem`} label="Download certificate (PEM)" />
        <ButtonLink href={`${base}/provisioning`} label="Provisioning (SCIM)" />
      </div>
      <RequiredAttributes at={at} />
    </Section>
  )
}

function OurFields(props: { at: ConnectionContext; current: OwnKeyPair | undefined }) {
  const { at, current } = props
  const { connection, preset, origin } = at
  const { entityID, acsURL } = ourSide(origin, connection.sid)
  return (
    <div>
      <CopyField
        id="our-acs-url"
        label="ACS URL (Security Token Consumer URL)"
        value={acsURL}
        hint={<InTheWordsOf preset={preset}>{preset.ours.acsURL}</InTheWordsOf>}
      />
      <CopyField
        id="our-entity-id"
        label="Our Entity ID"
        value={entityID}
        hint={<InTheWordsOf preset={preset}>{preset.ours.entityID}</InTheWordsOf>}
      />
      <CopyField
        id="our-metadata-url"
        label="Our metadata URL"
        value={entityID}
        hint={<InTheWordsOf preset={preset}>{preset.ours.upload}</InTheWordsOf>}
      />
      <CopyField
        id="our-login-url"
        label="Login URL"
        value={`${origin}/sso/${connection.sid}`}
        hint={
          preset.ours.signOnURL === null ? (
            'Starts a login on our side. This IdP has no field for it: link to it from your ' +
            'portal.'
          ) : (
            <InTheWordsOf preset={preset}>{preset.ours.signOnURL}</InTheWordsOf>
          )
        }
      />
      {current && (
        <CopyField
          id="our-certificate"
          label="Our certificate (X.509, PEM)"
          value={toPEM(current.certificate)}
          lines={6}
          hint={
            <>
              For IdPs that check our signatures or encrypt assertions. Valid until{' '}
              <Expiry at={current.notAfter} now={at.context.now} />.
            </>
          }
        />
      )}
    </div>
  )
}

function RequiredAttributes({ at }: { at: ConnectionContext }) {
  const { connection, preset } = at
  return (
    <>
      <div>
        <h3>Required attributes</h3>
        <p class="hint">
          The IdP must send three attributes for each user, each once with one value. Where to set
          them: {preset.attributesPlace}.
        </p>
      </div>
      <DataTable
        caption="Attributes"
        captionHidden={true}
        columns={[
          { name: 'Attribute', cell: ({ field }) => PEOPLE[field] },
          {
            name: 'Attribute name',
            cell: ({ field }) => (
              <Code>{connection.attributeMapping?.[field] ?? preset.attributes[field].name}</Code>
            ),
          },
          { name: 'Value', cell: ({ field }) => preset.attributes[field].value },
        ]}
        rows={(['email', 'firstName', 'lastName'] as const).map((field) => ({ field }))}
      />
      <KeyValues rows={[{ name: 'NameID', value: preset.nameID }]} />
    </>
  )
}

function InTheWordsOf({ preset, children }: { preset: Preset; children: string }) {
  return (
    <>
      {preset.id === 'generic' ? 'Often called' : `In ${preset.name}`}: {children}
    </>
  )
}

function PresetChooser({ at }: { at: ConnectionContext }) {
  const { connection, preset, base } = at
  const isRecognised = connection.preset === null && preset.id !== 'generic'
  if (!at.may.configure)
    return (
      <KeyValues
        rows={[
          { name: CONNECTION_FIELDS.preset.label, value: preset.name },
          { name: 'Where to set it up', value: preset.place },
        ]}
      />
    )
  return (
    <>
      <Form inline={true} action={`${base}/preset`}>
        <SelectField
          name="preset"
          label={CONNECTION_FIELDS.preset.label}
          options={[
            { value: '', label: isRecognised ? `Recognised: ${preset.name}` : 'As recognised' },
            ...optionsFor(CONNECTION_FIELDS.preset),
          ]}
          value={connection.preset ?? ''}
        />
        <Button label="Show steps for this IdP" />
      </Form>
      <p>
        <b>Where to set it up:</b> {preset.place}.
      </p>
    </>
  )
}

export function toPEM(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
