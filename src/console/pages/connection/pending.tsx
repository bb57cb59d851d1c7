// Changes of the customer that wait for an operator: both sides see them, operators decide, and the
// customer can take them back.
import type { Hono } from 'hono'
import {
  acceptPendingChange,
  declinePendingChange,
  listPendingChanges,
  type PendingView,
} from '../../../connections/pending/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import type { Problem } from '../../../problem.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { EmptyState, Fingerprint, Instant, Notice, Section } from '../../kit/blocks.tsx'
import { readForm } from '../../kit/form.ts'
import { ButtonForm, Form, SubmitRow } from '../../kit/forms.tsx'
import { CertificateFacts, Differences } from '../shared/connection-values.tsx'
import {
  crumbs,
  type ConnectionContext,
  type OpenConnectionContext,
} from '../shared/connection-context.ts'
import { cutsOffError, CutsOffField, readCutsOff } from '../shared/cuts-off.tsx'

export function pendingRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/pending', async (c) => showPage(c, await pendingPage(await open(c))))

  routes.post('/pending/:change/accept', async (c) => {
    const at = await open(c)
    const cutsOff = readCutsOff(await readForm(c))
    const sid = c.req.param('change')
    const { context, connection, base } = at
    const accepted = unwrapOrShow(
      await acceptPendingChange(context, connection.sid, sid, { cutsOff }),
    )
    if (accepted.ok) return seeOther(c, base, 'change_accepted')
    return showAgain(c, accepted.error, await pendingPage(at, accepted.error))
  })

  routes.post('/pending/:change/decline', async (c) => decline(c, await open(c)))
}

async function decline(c: AppContext, { context, connection, base }: ConnectionContext) {
  unwrap(await declinePendingChange(context, connection.sid, c.req.param('change') ?? ''))
  return seeOther(c, `${base}/pending`, 'change_declined')
}

async function pendingPage(at: ConnectionContext, problem?: Problem) {
  const { context, connection, may } = at
  const changes = unwrap(await listPendingChanges(context, connection.sid))
  const counts = await Promise.all(
    changes.map(async ({ sid }) => {
      if (!may.operate) return 0
      const shown = await acceptPendingChange(context, connection.sid, sid, { preview: true })
      return shown.ok ? shown.value.cutsOff : 0
    }),
  )
  const shown = changes.map((change, index) => ({ ...change, cutsOff: counts[index] ?? 0 }))
  return <PendingPage at={at} changes={shown} problem={problem} />
}

type CountedChange = PendingView & { cutsOff: number }

function PendingPage(props: {
  at: ConnectionContext
  changes: readonly CountedChange[]
  problem: Problem | undefined
}) {
  const { at, changes, problem } = props
  return (
    <at.Frame
      title="Changes that wait"
      breadcrumb={crumbs(at)}
      problem={problem}
      lead={
        'Keys, identifier and URLs from the customer wait for an operator while people use the ' +
        'connection. Logins do not trust them before that.'
      }
      narrow={true}
    >
      {changes.length === 0 && <EmptyState title="No changes wait" />}
      {changes.map((change) => (
        <ChangeSection at={at} change={change} problem={problem} />
      ))}
    </at.Frame>
  )
}

function ChangeSection(props: {
  at: ConnectionContext
  change: CountedChange
  problem: Problem | undefined
}) {
  const { at, change, problem } = props
  const { connection, context, base, may } = at
  const { sid, fields, newCertificates, removed, compromised, proposedBy, createdAt, cutsOff } =
    change
  const before = Object.fromEntries(
    Object.keys(fields).map((name) => [name, connection[name as keyof typeof fields]]),
  )
  return (
    <Section id={sid} title={`Proposed by ${proposedBy}`}>
      <p>
        <Instant at={createdAt} now={context.now} />
      </p>
      <Differences before={before} after={fields} />
      {newCertificates.map((certificate) => (
        <>
          <h3>New signing certificate</h3>
          <CertificateFacts certificate={certificate} now={context.now} />
        </>
      ))}
      {removed.map((fingerprint) => (
        <p>
          Remove <Fingerprint hex={fingerprint} />
          {compromised && ' as compromised: its sessions end'}
        </p>
      ))}
      {may.operate && (
        <>
          <Notice tone="warning" title="Ask the customer’s administrator first">
            <p>
              Compare the values by telephone, not by a reply to the same link. A person with a
              trusted key can sign in as any user of this customer.
            </p>
          </Notice>
          <Form action={`${base}/pending/${sid}/accept`}>
            <CutsOffField count={cutsOff} error={cutsOffError(problem, at.reader)} />
            <SubmitRow primary="Accept change" />
          </Form>
        </>
      )}
      {may.configure && (
        <ButtonForm
          action={`${base}/pending/${sid}/decline`}
          label={may.operate ? 'Decline change' : 'Take change back'}
          about={proposedBy}
        />
      )}
    </Section>
  )
}
