// Section 1 of a connection's page: what the IdP needs from us, in the words of its own screens.
import type { Preset } from '../../../connections/presets/preset.ts'
import { PRESETS } from '../../../connections/presets/presets.ts'
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
  const { connection, preset, base, origin } = at
  const { entityID, acsURL } = ourSide(origin, connection.sid)
  const current = keyPairs.find(({ stage }) => stage === 'current')
  return (
    <Section
      id="ours"
      step={1}
      title={at.may.operate ? 'Give these to the IdP' : 'Give these to your IdP'}
      state={state}
      {...(stateWords ? { stateWords } : {})}
      lead="They never change while the connection lives. Copy them exactly: every character counts."
    >
      <PresetChooser at={at} />
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
              'Where a login begins. This IdP has no field for it: link to it where people start.'
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
                For IdPs that check the signature of our requests or encrypt to us. Valid until{' '}
                <Expiry at={current.notAfter} now={at.context.now} />.
              </>
            }
          />
        )}
      </div>
      <div class="submit">
        <ButtonLink
          href={`/saml/${connection.sid}/metadata`}
          download="gatepost-metadata.xml"
          label="Download metadata (XML)"
        />
        <ButtonLink href={`${base}/certificate.pem`} label="Download certificate (PEM)" />
        <ButtonLink href={`${base}/provisioning`} label="Provisioning (SCIM)" />
      </div>
      <div>
        <h3>What the IdP must send about each person</h3>
        <p class="hint">
          Three attributes, each once, with one value. Where: {preset.attributesPlace}.
        </p>
      </div>
      <DataTable
        caption="Attributes"
        captionHidden={true}
        columns={[
          { name: 'We need', cell: ({ field }) => PEOPLE[field] },
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
    </Section>
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
          { name: 'Product of the IdP', value: preset.name },
          { name: 'Where', value: preset.place },
        ]}
      />
    )
  return (
    <>
      <Form inline={true} action={`${base}/preset`}>
        <SelectField
          name="preset"
          label="Which product is the IdP?"
          options={[
            { value: '', label: isRecognised ? `Recognised: ${preset.name}` : 'As recognised' },
            ...Object.values(PRESETS).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={connection.preset ?? ''}
        />
        <Button label="Use its words" />
      </Form>
      <p>
        <b>Where:</b> {preset.place}.
      </p>
    </>
  )
}

export function toPEM(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
