// The first page of the console: what waits for operators and for customers, how logins go, and
// what needs attention soon.
import type { Hono } from 'hono'
import { listAttention, type Attention } from '../../connections/attention/operations.ts'
import { CHECKS } from '../../health/checks.ts'
import { getHealth, type HealthDetail } from '../../health/operations.ts'
import { listLoginDays } from '../../login/operations.ts'
import type { App } from '../../platform/http/http.ts'
import { openKeyValueStore } from '../../platform/kv/kv.ts'
import { listTurns, type Day, type Turn } from '../../rollout/operations.ts'
import { showPage, unwrap, type AdminContext } from '../kit/admin-context.tsx'
import { DataTable, EmptyState, Instant, Section, Status } from '../kit/blocks.tsx'
import { ButtonLink } from '../kit/forms.tsx'
import { HistoryNotice } from '../kit/history-notice.tsx'
import { DayChart } from '../pages/rollout/day-chart.tsx'
import { count } from '../pages/rollout/words.ts'
import { hrefOfTurn, wordsOfTurn } from '../pages/shared/turns.tsx'
import { openConsole } from './frame.tsx'

/** Today, and the seven days before: the first is the same day of last week. */
const DAYS = 8

export function homeRoutes(routes: Hono<App>): void {
  routes.get('/', async (c) => {
    const admin = await openConsole(c)
    const { context } = admin
    const parts = { kv: openKeyValueStore(c.env.RELAY), config: c.var.config }
    const [own, others, days, attention, health] = await Promise.all([
      listTurns(context, { side: 'operator' }),
      listTurns(context, { side: 'customer' }),
      listLoginDays(context, DAYS),
      listAttention(context),
      getHealth(context, parts),
    ])
    return showPage(
      c,
      <HomePage
        admin={admin}
        own={unwrap(own)}
        others={unwrap(others)}
        days={unwrap(days)}
        attention={unwrap(attention)}
        health={unwrap(health)}
      />,
    )
  })
}

type HomeProps = {
  admin: AdminContext
  own: readonly Turn[]
  others: readonly Turn[]
  days: readonly Day[] | null
  attention: readonly Attention[]
  health: HealthDetail
}

function HomePage({ admin, own, others, days, attention, health }: HomeProps) {
  const { now } = admin.context
  return (
    <admin.Frame
      title="Home"
      actions={<ButtonLink href="/console/tenants/new" label="New tenant" tone="primary" />}
    >
      <Section id="own" title="Your turn" lead="Steps that wait for an operator.">
        <TurnTable
          turns={own}
          now={now}
          caption="Steps that wait for an operator"
          empty="Nothing waits for you"
        />
      </Section>
      <AttentionSection attention={attention} health={health} now={now} />
      <Section id="logins" title="Logins">
        {days ? <Logins days={days} /> : <HistoryNotice />}
      </Section>
      <Section id="customers" title="Waiting for customers" lead="The longest waiting first.">
        <TurnTable
          turns={others}
          now={now}
          caption="Steps that wait for customers"
          empty="No customer has to act"
        />
      </Section>
    </admin.Frame>
  )
}

function TurnTable(props: { turns: readonly Turn[]; now: number; caption: string; empty: string }) {
  const { turns, now, caption, empty } = props
  return (
    <DataTable
      caption={caption}
      captionHidden={true}
      columns={[
        {
          name: 'Step',
          cell: (turn) => (
            <a href={hrefOfTurn(turn, `/console/connections/${turn.connection.sid}`)}>
              {wordsOfTurn(turn)}
            </a>
          ),
        },
        {
          name: 'Customer',
          cell: ({ tenant }) => <a href={`/console/tenants/${tenant.sid}`}>{tenant.name}</a>,
        },
        { name: 'Connection', cell: ({ connection }) => connection.name },
        {
          name: 'Waiting since',
          cell: ({ beganAt }) => <Instant at={beganAt} now={now} show="relative" />,
        },
      ]}
      rows={turns}
      empty={<EmptyState title={empty} />}
    />
  )
}

/** Today against the same day of last week, and a chart with its table. */
function Logins({ days }: { days: readonly Day[] }) {
  const [then, today] = [days[0], days.at(-1)]
  const inWords = (day: Day | undefined) =>
    `${count(day?.logins ?? 0, 'login')}, ${count(day?.failures ?? 0, 'failure')}`
  return (
    <>
      <p>
        Today so far: <b>{inWords(today)}</b>. The same day last week: {inWords(then)}.
      </p>
      <DayChart days={days} whose="any IdP" />
    </>
  )
}

const ATTENTION: Readonly<Record<Attention['kind'], { words: string; at: string }>> = {
  certificates: { words: 'Last certificate expires', at: '/certificates' },
  metadata: { words: 'Metadata cannot be read', at: '/metadata-source' },
  urls: { words: 'A URL does not answer', at: '#theirs' },
}

function AttentionSection(props: {
  attention: readonly Attention[]
  health: HealthDetail
  now: number
}) {
  const { attention, health, now } = props
  const failed = health.checks.filter(({ state }) => state === 'failed')
  if (attention.length + failed.length === 0)
    return (
      <Section id="attention" title="Needs attention">
        <EmptyState title="No certificate expires soon, and no check fails" />
      </Section>
    )
  return (
    <Section id="attention" title="Needs attention">
      {failed.length > 0 && (
        <p>
          <Status tone="danger">Failed</Status>{' '}
          <a href="/console/health">
            {failed.map(({ name }) => CHECKS[name].title).join(', ')}: see Health
          </a>
        </p>
      )}
      {attention.length > 0 && (
        <DataTable
          caption="Connections that need attention"
          captionHidden={true}
          columns={[
            {
              name: 'What',
              cell: ({ kind, connection }) => (
                <a href={`/console/connections/${connection.sid}${ATTENTION[kind].at}`}>
                  {ATTENTION[kind].words}
                </a>
              ),
            },
            {
              name: 'Customer',
              cell: ({ tenant }) => <a href={`/console/tenants/${tenant.sid}`}>{tenant.name}</a>,
            },
            { name: 'Connection', cell: ({ connection }) => connection.name },
            { name: 'When', cell: ({ at }) => <Instant at={at} now={now} show="relative" /> },
          ]}
          rows={attention}
        />
      )}
    </Section>
  )
}
