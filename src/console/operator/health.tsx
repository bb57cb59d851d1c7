// The health of the deployment: each check with what was found and what to do, and each job.
import type { Hono } from 'hono'
import type { Health } from '../../health/check-health.ts'
import { CHECKS, type HealthState } from '../../health/checks.ts'
import { getHealth } from '../../health/operations.ts'
import { isOverdue } from '../../health/schedule.ts'
import type { App } from '../../platform/http/http.ts'
import { openKeyValueStore } from '../../platform/kv/kv.ts'
import { showPage, unwrap, type AdminContext } from '../kit/admin-context.tsx'
import { DataTable, EmptyState, LastTime, Notice, Section, Status } from '../kit/blocks.tsx'
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

function HealthPage({ admin, health }: { admin: AdminContext; health: Health }) {
  const { checks, jobs, isReady, checkedAt } = health
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

function periodInWords(seconds: number): string {
  if (seconds >= 3600) return seconds === 3600 ? 'hour' : `${seconds / 3600} hours`
  return seconds === 60 ? 'minute' : `${seconds / 60} minutes`
}
