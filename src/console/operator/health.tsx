// The health of the deployment: each check with what was found and what to do, and each job.
import type { Hono } from 'hono'
import { CHECKS, type HealthState } from '../../health/checks.ts'
import { getHealth, type HealthDetail } from '../../health/operations.ts'
import { isOverdue } from '../../health/schedule.ts'
import type { App } from '../../platform/http/http.ts'
import { openKeyValueStore } from '../../platform/kv/kv.ts'
import { showPage, unwrap, type AdminContext } from '../kit/admin-context.tsx'
import {
  DataTable,
  EmptyState,
  Instant,
  LastTime,
  Notice,
  Section,
  Status,
} from '../kit/blocks.tsx'
import { openConsole } from './frame.tsx'

export function healthRoutes(routes: Hono<App>): void {
  routes.get('/health', async (c) => {
    const admin = await openConsole(c)
    const parts = { kv: openKeyValueStore(c.env.RELAY), config: c.var.config }
    const health = unwrap(await getHealth(admin.context, parts))
    return showPage(c, <HealthPage admin={admin} health={health} />)
  })
}

const STATES = {
  ok: { tone: 'good', word: 'OK' },
  failed: { tone: 'danger', word: 'Failed' },
  skipped: { tone: 'neutral', word: 'Not checked' },
} as const satisfies Record<HealthState, { tone: string; word: string }>

function HealthPage({ admin, health }: { admin: AdminContext; health: HealthDetail }) {
  const { checks, jobs, isReady, checkedAt, lateDrills } = health
  return (
    <admin.Frame title="Health">
      {isReady ? (
        <Notice tone="success" title="All checks passed" />
      ) : (
        <Notice tone="danger" title="A check has failed">
          <p>/ready answers 503 until it passes.</p>
        </Notice>
      )}
      <Section id="checks" title="Checks" lead="Checked when this page was opened.">
        <DataTable
          caption="Checks"
          captionHidden={true}
          columns={[
            { name: 'Check', cell: ({ name }) => CHECKS[name].title },
            {
              name: 'Status',
              cell: ({ state }) => <Status tone={STATES[state].tone}>{STATES[state].word}</Status>,
            },
            { name: 'Found', cell: ({ found }) => found },
            {
              name: 'What to do',
              cell: ({ name, state }) => (state === 'failed' ? CHECKS[name].remedy : null),
            },
          ]}
          rows={checks}
        />
      </Section>
      <LateDrills drills={lateDrills} now={checkedAt} />
      <Section id="jobs" title="Jobs" lead="The last run of each scheduled job.">
        <DataTable
          caption="Jobs"
          captionHidden={true}
          columns={[
            { name: 'Job', cell: ({ job }) => <code>{job}</code> },
            {
              name: 'Status',
              cell: (run) =>
                isOverdue(run, checkedAt) ? (
                  <Status tone="danger">Overdue</Status>
                ) : (run.failedAt ?? 0) > (run.succeededAt ?? 0) ? (
                  <Status tone="warning">Failed</Status>
                ) : (
                  <Status tone="good">OK</Status>
                ),
            },
            { name: 'Runs every', cell: ({ everySeconds }) => periodInWords(everySeconds) },
            {
              name: 'Last success',
              cell: ({ succeededAt }) => <LastTime at={succeededAt} now={checkedAt} />,
            },
            {
              name: 'Last failure',
              cell: ({ failedAt }) => <LastTime at={failedAt} now={checkedAt} />,
            },
          ]}
          rows={jobs}
          empty={
            <EmptyState title="No job has run">A cron runs the first within a minute.</EmptyState>
          }
        />
      </Section>
    </admin.Frame>
  )
}

function LateDrills({ drills, now }: { drills: HealthDetail['lateDrills']; now: number }) {
  if (drills.length === 0) return null
  return (
    <Section
      id="drills"
      title="Late drills"
      lead="Break-glass owners who have not tried a recovery code. Remind them."
    >
      <DataTable
        caption="Late drills"
        captionHidden={true}
        columns={[
          { name: 'Owner', cell: ({ email }) => email },
          {
            name: 'Tenant',
            cell: ({ tenantSid, tenant }) => (
              <a href={`/console/tenants/${tenantSid}/break-glass`}>{tenant}</a>
            ),
          },
          {
            name: 'Date of the drill',
            cell: ({ drillAt }) => <Instant at={drillAt} now={now} show="date" />,
          },
        ]}
        rows={drills}
      />
    </Section>
  )
}

function periodInWords(seconds: number): string {
  if (seconds >= 3600) return seconds === 3600 ? 'hour' : `${seconds / 3600} hours`
  return seconds === 60 ? 'minute' : `${seconds / 60} minutes`
}
