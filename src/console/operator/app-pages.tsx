// The pages of apps: the list, the details for each app's developer, and its secret, shown once.
import { DAY } from '../../durations.ts'
import { issuerSide } from '../../clients/client.ts'
import { CLIENT_FIELD_LIST, type AnyClientField } from '../../clients/fields.ts'
import type { ClientFields, ClientView } from '../../clients/operations.ts'
import type { Problem } from '../../problem.ts'
import {
  Code,
  CopyField,
  DataTable,
  Difference,
  EmptyState,
  Instant,
  KeyValues,
  Notice,
  Pagination,
  Section,
  Status,
} from '../kit/blocks.tsx'
import { ButtonLink, Form, SelectField, SubmitRow } from '../kit/forms.tsx'
import type { AdminContext } from '../kit/admin-context.tsx'
import type { PageLinks } from '../kit/lists.ts'
import { changedFields, type FieldValues } from '../kit/field-values.ts'
import { isCodeField, nameOfField, textOfField } from '../kit/field-words.ts'
import { messageOf } from '../kit/words.ts'
import { AppDangerZone } from './app-danger.tsx'
import { AppForm } from './app-form.tsx'

export const APPS = { name: 'Apps', href: '/console/apps' }

export function pathOf({ sid }: ClientView): string {
  return `${APPS.href}/${sid}`
}

export function AppsPage(props: {
  admin: AdminContext
  apps: readonly ClientView[]
  links: PageLinks
}) {
  const { admin, apps, links } = props
  const register = <ButtonLink href={`${APPS.href}/new`} label="Register app" tone="primary" />
  return (
    <admin.Frame
      title="Apps"
      lead="Your own apps that sign users in here by OpenID Connect."
      actions={register}
    >
      <DataTable
        caption="Apps"
        captionHidden={true}
        columns={[
          { name: 'Name', cell: (app) => <a href={pathOf(app)}>{app.name}</a> },
          { name: 'State', cell: (app) => <AppStatus app={app} /> },
          { name: 'Client ID', cell: ({ sid }) => <Code>{sid}</Code> },
          {
            name: 'Registered',
            cell: ({ createdAt }) => (
              <Instant at={createdAt} now={admin.context.now} show="relative" />
            ),
          },
        ]}
        rows={apps}
        empty={
          <EmptyState title="No app yet" action={register}>
            An app needs a client ID before its users can sign in here.
          </EmptyState>
        }
      />
      <Pagination {...links} />
    </admin.Frame>
  )
}

function AppStatus({ app }: { app: ClientView }) {
  if (app.disabledAt !== null) return <Status tone="warning">Disabled</Status>
  return <Status tone="good">{app.isDefault ? 'In use, default' : 'In use'}</Status>
}

export function NewAppPage(props: { admin: AdminContext; values: FieldValues; problem?: Problem }) {
  const { admin, values, problem } = props
  return (
    <admin.Frame title="New app" breadcrumb={[APPS]} problem={problem} narrow={true}>
      <AppForm action={APPS.href} values={values} problem={problem} cancelHref={APPS.href} />
    </admin.Frame>
  )
}

export function AppPage(props: {
  admin: AdminContext
  app: ClientView
  keepHours: string
  problem?: Problem
}) {
  const { admin, app, problem } = props
  const path = pathOf(app)
  const { now } = admin.context
  return (
    <admin.Frame
      title={app.name}
      badge={<AppStatus app={app} />}
      breadcrumb={[APPS]}
      actions={
        <>
          <ButtonLink href={`${path}/deliveries`} label="Deliveries" />
          <ButtonLink href={`${path}/edit`} label="Edit" />
        </>
      }
      problem={problem}
    >
      {isUnprotected(app, now) && (
        <Notice tone="warning" title="The app uses neither PKCE nor a nonce">
          Last seen <Instant at={app.unprotectedCodeAt!} now={now} show="relative" />. If its check
          of <Code>state</Code> fails too, somebody else’s login can end up in a user’s browser.
          Turn on PKCE or <Code>nonce</Code> in its library. This notice goes a week after the last
          such login.
        </Notice>
      )}
      <Section
        id="developer"
        title="Details for the developer"
        lead="The settings of an OpenID Connect library. It reads the rest at the discovery URL."
      >
        <DeveloperFields admin={admin} app={app} />
      </Section>
      <Section id="settings" title="Settings">
        <KeyValues
          rows={[
            ...shownFields(app, 'operators'),
            { name: 'Registered', value: <Instant at={app.createdAt} now={now} /> },
          ]}
        />
      </Section>
      {app.clientType === 'confidential' && <SecretSection {...props} />}
      <AppDangerZone app={app} path={path} />
    </admin.Frame>
  )
}

function isUnprotected({ unprotectedCodeAt }: ClientView, now: number): boolean {
  return unprotectedCodeAt !== null && unprotectedCodeAt > now - 7 * DAY
}

function SecretSection(props: Parameters<typeof AppPage>[0]) {
  const { admin, app, keepHours, problem } = props
  const path = pathOf(app)
  const { now } = admin.context
  return (
    <Section
      id="secret"
      title="Secret"
      lead="The secret was shown once and is not kept. A new one replaces it."
    >
      {app.previousSecretUntil !== null && app.previousSecretUntil > now && (
        <p>
          Previous secret valid until <Instant at={app.previousSecretUntil} now={now} />.
        </p>
      )}
      <Form action={`${path}/secret`}>
        <SelectField
          name="keepPreviousHours"
          label="What happens to the current secret"
          options={KEPT}
          value={keepHours}
          error={
            problem?.field === 'keepPreviousHours' ? messageOf(problem, 'operator') : undefined
          }
        />
        <SubmitRow primary="Create new secret" />
      </Form>
    </Section>
  )
}

const KEPT = [
  { value: '24', label: 'Stays valid for one more day' },
  { value: '168', label: 'Stays valid for one more week' },
  { value: '1', label: 'Stays valid for one more hour' },
  { value: '0', label: 'Becomes invalid at once, because it has leaked' },
]

/** The fields of one section of the app's page. */
function shownFields(app: ClientView, to: AnyClientField['shownTo']) {
  return CLIENT_FIELD_LIST.filter(([, { shownTo }]) => shownTo === to).map(([name, field]) => ({
    name: field.label,
    value: shownValue(name, app[name]),
  }))
}

function shownValue(name: string, value: ClientFields[keyof ClientFields]) {
  const values = Array.isArray(value) ? value : [value]
  const texts = values.map((one) => textOfField(name, one)).filter(Boolean)
  if (texts.length === 0) return null
  return texts.map((text) => <div>{isCodeField(name) ? <Code>{text}</Code> : text}</div>)
}

function DeveloperFields(props: { admin: AdminContext; app: ClientView; secret?: string | null }) {
  const { admin, app, secret } = props
  const { issuer, discoveryURL } = issuerSide(admin.origin)
  return (
    <>
      <CopyField id="issuer" label="Issuer" value={issuer} />
      <CopyField id="discovery" label="Discovery URL" value={discoveryURL} />
      <CopyField id="client-id" label="Client ID" value={app.sid} />
      {secret && (
        <Notice tone="warning" title="Copy the secret now. It is not shown again.">
          <CopyField
            id="client-secret"
            label="Client secret"
            value={secret}
            hint="Keep it as safe as a password, only on the app’s server."
          />
        </Notice>
      )}
      <KeyValues
        rows={[
          ...shownFields(app, 'developer'),
          { name: 'Scopes', value: <Code>openid email profile offline_access</Code> },
        ]}
      />
    </>
  )
}

/** The secret that was created just now. */
export function SecretPage(props: { admin: AdminContext; app: ClientView; secret: string | null }) {
  const { admin, app } = props
  return (
    <admin.Frame title={`${app.name}: details for the developer`} breadcrumb={[APPS]} narrow={true}>
      <DeveloperFields {...props} />
      <p>
        <a href={pathOf(app)}>Continue to the app</a>
      </p>
    </admin.Frame>
  )
}

export function EditAppPage(props: {
  admin: AdminContext
  app: ClientView
  values: FieldValues
  /** Entries for an older version. */
  lost?: FieldValues | undefined
  problem?: Problem
}) {
  const { admin, app, values, lost, problem } = props
  const changed = lost ? changedFields(CLIENT_FIELD_LIST, app, lost) : {}
  const differing = Object.entries(changed) as [keyof ClientFields, unknown][]
  return (
    <admin.Frame
      title="Edit app"
      breadcrumb={[APPS, { name: app.name, href: pathOf(app) }]}
      problem={problem}
      narrow={true}
    >
      {differing.length > 0 && (
        <Section id="lost" title="Your entries">
          <Difference
            changes={differing.map(([name, value]) => ({
              name: nameOfField(name),
              before: textOfField(name, app[name]),
              after: textOfField(name, value),
            }))}
          />
        </Section>
      )}
      <AppForm
        action={pathOf(app)}
        values={values}
        client={app}
        problem={problem}
        cancelHref={pathOf(app)}
      />
    </admin.Frame>
  )
}
