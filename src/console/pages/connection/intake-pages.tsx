// Three ways to enter the IdP's side: metadata as file or text, metadata by URL, single fields.
import type { Child } from 'hono/jsx'
import type { Reader } from '../../../errors/entry.ts'
import type { Problem } from '../../../problem.ts'
import { Section } from '../../kit/blocks.tsx'
import {
  FieldGroup,
  FileField,
  Form,
  SelectField,
  SubmitRow,
  TextArea,
  TextField,
} from '../../kit/forms.tsx'
import type { FieldValues } from '../../kit/field-values.ts'
import { messageOf } from '../../kit/words.ts'
import { FILE_FIELD } from '../shared/certificate-fields.ts'
import { ConnectionFieldControls } from '../shared/connection-fields.tsx'
import { crumbs, type ConnectionContext } from '../shared/connection-context.ts'

function WayPage(props: {
  at: ConnectionContext
  title: string
  way: string
  problem?: Problem | undefined
  problemField?: string | undefined
  children: Child
}) {
  const { at, way } = props
  const ways = [
    { path: 'metadata', name: 'a metadata file or text' },
    { path: 'metadata-url', name: 'a metadata URL' },
    { path: 'fields', name: 'single fields' },
  ].filter(({ path }) => path !== way)
  return (
    <at.Frame
      title={props.title}
      breadcrumb={crumbs(at)}
      narrow={true}
      problem={props.problem}
      problemField={props.problemField}
      lead={
        <>
          You can also enter{' '}
          {ways.map(({ path, name }, index) => (
            <>
              {index > 0 && ' or '}
              <a href={`${at.base}/${path}`}>{name}</a>
            </>
          ))}
          . You see a preview before you save.
        </>
      }
    >
      {props.children}
    </at.Frame>
  )
}

/** Which of several entities is meant. Where the list is not whole, it is typed. */
function EntityField(props: { value: string; problem: Problem | undefined; hint: string }) {
  const { value, problem, hint } = props
  const choices = problem?.code === 'metadata_several_entities' ? (problem.choices ?? []) : []
  const error =
    choices.length > 0
      ? 'The metadata has several entities. Choose your identity provider.'
      : undefined
  return choices.length > 0 ? (
    <SelectField
      name="entityID"
      label="Your identity provider"
      hint={hint}
      error={error}
      placeholder="Choose one"
      required={true}
      value={value}
      options={choices.map((choice) => ({ value: choice, label: choice }))}
    />
  ) : (
    <TextField
      name="entityID"
      label="Entity ID of your IdP"
      kind="identifier"
      hint={hint}
      value={value}
    />
  )
}

const FEDERATION = 'Only for the metadata of a federation, which has many identity providers.'

export function MetadataPage(props: {
  at: ConnectionContext
  text?: string
  entityID?: string
  problem?: Problem | undefined
  /** Which of the two was sent. */
  sent?: 'metadata' | 'file'
}) {
  const { at, text = '', entityID = '', problem, sent = 'metadata' } = props
  const asksWhich = problem?.code === 'metadata_several_entities' && problem.choices !== undefined
  const error = problem && !asksWhich ? messageOf(problem, at.reader) : undefined
  const again = sent === 'file' && text === ''
  return (
    <WayPage
      at={at}
      way="metadata"
      title="Metadata file or text"
      problem={problem}
      problemField={asksWhich ? 'entityID' : sent}
    >
      <Section
        id="enter-metadata"
        title="The IdP’s metadata"
        lead={`Where to find it: ${at.preset.theirs.metadata}.`}
      >
        <Form action={`${at.base}/metadata`} multipart={true}>
          {asksWhich && (
            <EntityField value={entityID} problem={problem} hint="Choose it by its Entity ID." />
          )}
          <FileField
            name="file"
            label="Metadata file"
            accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
            hint={
              again && problem
                ? 'Choose the file again: browsers do not keep it.'
                : 'XML, at most 1 MiB; of a federation at most 20 MiB.'
            }
            error={sent === 'file' ? error : undefined}
          />
          <TextArea
            name="metadata"
            label="Or its text"
            kind="code"
            rows={10}
            hint="The whole XML, from the first < to the last >."
            value={text}
            error={sent === 'metadata' ? error : undefined}
          />
          {!asksWhich && <EntityField value={entityID} problem={undefined} hint={FEDERATION} />}
          <SubmitRow primary="Preview changes" cancel={{ href: at.base }} />
        </Form>
      </Section>
    </WayPage>
  )
}

export function MetadataURLPage(props: {
  at: ConnectionContext
  url?: string
  entityID?: string
  problem?: Problem | undefined
}) {
  const { at, url = '', entityID = '', problem } = props
  const asksWhich = problem?.code === 'metadata_several_entities' && problem.choices !== undefined
  return (
    <WayPage
      at={at}
      way="metadata-url"
      title="Metadata URL"
      problem={problem}
      problemField={asksWhich ? 'entityID' : 'url'}
    >
      <Section
        id="enter-metadata-url"
        title="Published metadata of the IdP"
        lead={`Where to find it: ${at.preset.theirs.metadata}.`}
      >
        <Form action={`${at.base}/metadata-url`}>
          <TextField
            name="url"
            label="Metadata URL"
            kind="url"
            hint="An https URL that answers from the Internet without a sign-in."
            value={url}
            required={true}
            error={problem && !asksWhich ? messageOf(problem, at.reader) : undefined}
          />
          <EntityField
            value={entityID}
            problem={problem}
            hint={asksWhich ? 'Choose it by its Entity ID.' : FEDERATION}
          />
          <SubmitRow primary="Read metadata and preview changes" cancel={{ href: at.base }} />
        </Form>
      </Section>
    </WayPage>
  )
}

export function FieldsPage(props: {
  at: ConnectionContext
  values: FieldValues
  certificate: string
  problem?: Problem | undefined
}) {
  const { at, certificate, problem } = props
  const { theirs } = at.preset
  return (
    <WayPage at={at} way="fields" title="Single fields" problem={problem}>
      <Section id="enter-fields" title="The IdP’s settings">
        <Form action={`${at.base}/fields`} multipart={true}>
          <ConnectionFieldControls {...props} form="idp" group="identifier" />
          <FieldGroup
            legend="SSO URL"
            hint={`Where to find it: ${theirs.ssoURL}. Enter it for one binding or both.`}
          >
            <ConnectionFieldControls {...props} form="idp" group="ssoURL" />
          </FieldGroup>
          <FieldGroup
            legend="Signing certificate"
            hint={`Where to find it: ${theirs.certificate}. It is added; others stay.`}
          >
            <CertificateFields value={certificate} problem={problem} reader={at.reader} />
          </FieldGroup>
          <ConnectionFieldControls {...props} form="idp" group="logout" />
          <SubmitRow primary="Preview changes" cancel={{ href: at.base }} />
        </Form>
      </Section>
    </WayPage>
  )
}

/** Of a multipart form. */
export function CertificateFields(props: {
  value: string
  problem: Problem | undefined
  reader: Reader
}) {
  const { problem, reader } = props
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, reader) : undefined
  return (
    <>
      <TextArea
        name="certificate"
        label="Certificate as text"
        kind="code"
        rows={6}
        hint="PEM (also several, one after the other) or base64."
        value={props.value}
        error={errorOf('certificate')}
      />
      <FileField
        name={FILE_FIELD}
        label="Or as a file"
        accept=".pem,.crt,.cer,.der,application/x-x509-ca-cert"
        hint="PEM or DER, at most 64 KiB."
        error={errorOf(FILE_FIELD)}
      />
    </>
  )
}
