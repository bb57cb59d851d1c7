// The pages that show what erasing will do, ask once, and say what it did.
import type { Removed, Erasure } from '../../privacy/erasure.ts'
import type { RetentionRow } from '../../privacy/retention.ts'
import type { Problem } from '../../problem.ts'
import type { AdminContext } from '../kit/admin-context.tsx'
import {
  Code,
  DataTable,
  EmptyState,
  Instant,
  KeyValues,
  None,
  Notice,
  Pagination,
  Section,
  Status,
} from '../kit/blocks.tsx'
import { CheckboxField, TextField } from '../kit/fields.tsx'
import { ButtonLink, Form, SubmitRow } from '../kit/forms.tsx'
import type { PageLink } from '../kit/console-frame.tsx'
import type { PageLinks } from '../kit/lists.ts'
import { messageOf } from '../kit/words.ts'

export const PRIVACY = { name: 'Privacy', href: '/console/privacy' }

const KINDS: Readonly<Record<Erasure['kind'], string>> = {
  user: 'Person',
  tenant: 'Tenant',
  connection: 'Connection',
  account: 'Account',
  client: 'App',
  rollout: 'Rollout',
}

/** Of the tables whose name says too little. */
const TABLES: Readonly<Record<string, string>> = {
  attempt_details: 'Details of logins',
  break_glass: 'Break-glass exemptions',
  event_details: 'Details of events',
  grants: 'Sign-ins to apps',
  idp_users: 'Rows of the IdP’s user list',
  mail_letters: 'Words of mails',
  mails: 'Rows of the mail log',
  memberships: 'Memberships of accounts',
  name_ids: 'NameIDs',
  proofs: 'Proofs of a first login',
  rollout_members: 'Rows of rollouts’ lists',
  rollout_selections: 'Individual selections of rollouts',
  scim_users: 'What the IdP provisioned',
  test_values: 'What test sign-ins said',
  users_to_password: 'Users who sign in by password again',
}

function nameOfTable(table: string): string {
  const name = TABLES[table] ?? table.replaceAll('_', ' ')
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function RowCounts({ rows }: { rows: Removed }) {
  const counted = Object.entries(rows).filter(([, count]) => count > 0)
  if (counted.length === 0) return <None>Nothing else</None>
  return (
    <KeyValues
      rows={counted.map(([table, count]) => ({
        name: nameOfTable(table),
        value: count.toLocaleString('en'),
      }))}
    />
  )
}

export type AskProps = {
  admin: AdminContext
  kind: Erasure['kind']
  above: readonly PageLink[]
  /** What the person repeats. */
  confirm: string
  action: string
  rows: Removed
  effects: { users: number; sso: number; sessions: number } | null
  /** Connections whose IdP may create the person anew. */
  provisioned: boolean
  exportHref: string | null
  refusal: Problem | null
  problem?: Problem | undefined
  entered?: string
}

export function AskErasurePage(props: AskProps) {
  const { admin, kind, above, confirm, action, rows, effects, refusal, problem } = props
  const isErasing = kind === 'user' || kind === 'tenant'
  const verb = isErasing ? 'Erase' : 'Delete'
  const thing = KINDS[kind].toLowerCase()
  const mustWait = refusal !== null && refusal.code !== 'export_first'
  return (
    <admin.Frame
      title={`${verb} ${thing}`}
      lead={confirm}
      breadcrumb={[...above]}
      problem={problem}
      narrow={true}
    >
      <Notice tone="warning" title="This cannot be undone">
        <p>{WHAT_HAPPENS[kind]}</p>
        {effects && effects.users > 0 && (
          <p>
            {effects.users.toLocaleString('en')} users, {effects.sso.toLocaleString('en')} of them
            with SSO, and {effects.sessions.toLocaleString('en')} open sessions.
          </p>
        )}
        {props.provisioned && (
          <p>
            The customer’s IdP provisions this person and may create them anew. Ask the customer to
            remove them there first. An import with their row creates them anew, too.
          </p>
        )}
      </Notice>
      <Section id="removes" title="What it removes">
        <RowCounts rows={rows} />
      </Section>
      {props.exportHref && (
        <Section
          id="export"
          title="Export first"
          lead="All that is held, as a file. Secrets and keys are left out."
        >
          <ButtonLink href={props.exportHref} label="Download export" download="" />
        </Section>
      )}
      <Section id="confirm" title={verb}>
        {mustWait ? (
          <p>{messageOf(refusal, 'operator')}</p>
        ) : (
          <Form action={action}>
            <TextField
              name="confirm"
              label={kind === 'user' ? 'Login e-mail' : 'Name'}
              hint={`Enter “${confirm}” to confirm.`}
              value={props.entered ?? ''}
              error={problem?.field === 'confirm' ? messageOf(problem, 'operator') : undefined}
            />
            {kind === 'tenant' && (
              <CheckboxField
                name="withoutExport"
                label="Nobody needs an export"
                hint="Needed where the tenant has not been exported in the last 30 days."
                checked={false}
              />
            )}
            <SubmitRow danger={{ label: `${verb} ${thing}` }} cancel={cancelOf(above)} />
          </Form>
        )}
      </Section>
    </admin.Frame>
  )
}

const cancelOf = (above: readonly PageLink[]) => ({ href: above.at(-1)?.href ?? '/console' })

const WHAT_HAPPENS: Readonly<Record<Erasure['kind'], string>> = {
  user:
    'The person is signed out and gone from every list. The audit trail keeps what happened, by ' +
    'SID alone.',
  tenant:
    'Nobody of the tenant can sign in from the first moment. Its users, accounts, connections ' +
    'and history go. The audit trail keeps what happened, by SID alone.',
  connection:
    'Its sessions end. Users who sign in through it sign in by password. Its rollouts and ' +
    'history go.',
  account: 'Its members stay, without this account.',
  client: 'Nobody can sign in to the app any more. Its tokens and grants go.',
  rollout: 'Its lists and reviews go. Nobody’s sign-in method changes.',
}

export function ErasurePage({ admin, erasure }: { admin: AdminContext; erasure: Erasure }) {
  const { now } = admin.context
  const isErased = erasure.kind === 'user' || erasure.kind === 'tenant'
  return (
    <admin.Frame
      title={`${KINDS[erasure.kind]} ${isErased ? 'erased' : 'deleted'}`}
      badge={<ErasureStatus erasure={erasure} />}
      breadcrumb={[PRIVACY]}
    >
      <KeyValues
        rows={[
          { name: 'SID', value: <Code>{erasure.subjectSid}</Code> },
          { name: 'By', value: erasure.requestedBy },
          { name: 'Began', value: <Instant at={erasure.createdAt} now={now} /> },
          {
            name: 'Finished',
            value:
              erasure.finishedAt === null ? (
                'A job looks for the rest, and once more five minutes later'
              ) : (
                <Instant at={erasure.finishedAt} now={now} />
              ),
          },
        ]}
      />
      <Section id="removed" title="What it removed">
        <RowCounts rows={erasure.removed} />
      </Section>
    </admin.Frame>
  )
}

function ErasureStatus({ erasure }: { erasure: Erasure }) {
  if (erasure.finishedAt !== null) return <Status tone="good">Finished</Status>
  return <Status tone="warning">{erasure.round === 1 ? 'Under way' : 'Last check due'}</Status>
}

export function PrivacyPage(props: {
  admin: AdminContext
  erasures: readonly Erasure[]
  links: PageLinks
  retention: readonly RetentionRow[]
}) {
  const { admin, erasures, links, retention } = props
  const { now } = admin.context
  return (
    <admin.Frame
      title="Privacy"
      lead="How long data stays, and what was erased. Everything is stored at Cloudflare alone."
    >
      <Section
        id="retention"
        title="Retention"
        lead="Settings are variables of the Worker, in wrangler.toml."
      >
        <DataTable
          caption="Retention"
          captionHidden={true}
          columns={[
            { name: 'Data', cell: ({ what }) => what },
            { name: 'Kept', cell: ({ kept }) => kept },
            {
              name: 'Setting',
              cell: ({ setting }) => (setting ? <Code>{setting}</Code> : 'Fixed'),
            },
          ]}
          rows={retention}
        />
      </Section>
      <Section id="erasures" title="Erased and deleted">
        <DataTable
          caption="Erased and deleted"
          captionHidden={true}
          columns={[
            {
              name: 'What',
              cell: (one) => <a href={`${PRIVACY.href}/${one.sid}`}>{KINDS[one.kind]}</a>,
            },
            { name: 'SID', cell: ({ subjectSid }) => <Code>{subjectSid}</Code> },
            { name: 'State', cell: (one) => <ErasureStatus erasure={one} /> },
            { name: 'By', cell: ({ requestedBy }) => requestedBy },
            {
              name: 'Began',
              cell: ({ createdAt }) => <Instant at={createdAt} now={now} show="relative" />,
            },
          ]}
          rows={erasures}
          empty={<EmptyState title="Nothing erased yet" />}
        />
        <Pagination {...links} />
      </Section>
    </admin.Frame>
  )
}
