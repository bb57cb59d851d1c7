// Section 1 of a connection's page: what the IdP needs from us, in the words of its own screens.
import type { Brand } from '../../../connections/presets/brand.ts'
import { BRANDS } from '../../../connections/presets/brands.ts'
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
import { Expiry } from './show.tsx'
import type { Visit } from './visit.ts'

const PEOPLE = { email: 'E-mail', firstName: 'First name', lastName: 'Last name' } as const

export function OurSideSection(props: {
  visit: Visit
  keyPairs: readonly OwnKeyPair[]
  state: StepState
  stateWords?: string
}) {
  const { visit, keyPairs, state, stateWords } = props
  const { connection, brand, base, origin } = visit
  const { entityID, acsURL } = ourSide(origin, connection.sid)
  const current = keyPairs.find(({ stage }) => stage === 'current')
  return (
    <Section
      id="ours"
      step={1}
      title={visit.may.operate ? 'Give these to the IdP' : 'Give these to your IdP'}
      state={state}
      {...(stateWords ? { stateWords } : {})}
      lead="They never change while the connection lives. Copy them exactly: every character counts."
    >
      <BrandChooser visit={visit} />
      <div>
        <CopyField
          id="our-acs-url"
          label="ACS URL (Security Token Consumer URL)"
          value={acsURL}
          hint={<InTheWordsOf brand={brand}>{brand.ours.acsURL}</InTheWordsOf>}
        />
        <CopyField
          id="our-entity-id"
          label="Our Entity ID"
          value={entityID}
          hint={<InTheWordsOf brand={brand}>{brand.ours.entityID}</InTheWordsOf>}
        />
        <CopyField
          id="our-metadata-url"
          label="Our metadata URL"
          value={entityID}
          hint={<InTheWordsOf brand={brand}>{brand.ours.upload}</InTheWordsOf>}
        />
        <CopyField
          id="our-login-url"
          label="Login URL"
          value={`${origin}/sso/${connection.sid}`}
          hint={
            brand.ours.signOnURL === null ? (
              'Where a login begins. This IdP has no field for it: link to it where people start.'
            ) : (
              <InTheWordsOf brand={brand}>{brand.ours.signOnURL}</InTheWordsOf>
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
                <Expiry at={current.notAfter} now={visit.request.now} />.
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
          Three attributes, each once, with one value. Where: {brand.attributesPlace}.
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
              <Code>{connection.attributeMapping?.[field] ?? brand.attributes[field].name}</Code>
            ),
          },
          { name: 'Value', cell: ({ field }) => brand.attributes[field].value },
        ]}
        rows={(['email', 'firstName', 'lastName'] as const).map((field) => ({ field }))}
      />
      <KeyValues rows={[{ name: 'NameID', value: brand.nameID }]} />
    </Section>
  )
}

function InTheWordsOf({ brand, children }: { brand: Brand; children: string }) {
  return (
    <>
      {brand.id === 'generic' ? 'Often called' : `In ${brand.name}`}: {children}
    </>
  )
}

function BrandChooser({ visit }: { visit: Visit }) {
  const { connection, brand, base } = visit
  const isRecognised = connection.brand === null && brand.id !== 'generic'
  if (!visit.may.configure)
    return (
      <KeyValues
        rows={[
          { name: 'Product of the IdP', value: brand.name },
          { name: 'Where', value: brand.place },
        ]}
      />
    )
  return (
    <>
      <Form inline={true} action={`${base}/brand`}>
        <SelectField
          name="brand"
          label="Which product is the IdP?"
          options={[
            { value: '', label: isRecognised ? `Recognised: ${brand.name}` : 'As recognised' },
            ...Object.values(BRANDS).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={connection.brand ?? ''}
        />
        <Button label="Use its words" />
      </Form>
      <p>
        <b>Where:</b> {brand.place}.
      </p>
    </>
  )
}

export function toPEM(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
