// The table of deliveries of a webhook endpoint: what was sent, and why it did not arrive.
import { CATALOGUE as EVENTS, isEventType } from '../../../events/catalogue.ts'
import { wordsOfFailure } from '../../../events/webhooks/failure.ts'
import type { WebhookDelivery } from '../../../events/webhooks/delivery-operations.ts'
import { Code, DataTable, EmptyState, Instant, Status } from '../../kit/blocks.tsx'
import { ButtonForm } from '../../kit/forms.tsx'

const STATES = {
  waiting: { tone: 'progress', word: 'Waiting' },
  dead: { tone: 'danger', word: 'Given up' },
  delivered: { tone: 'good', word: 'Delivered' },
} as const

/** `retryAt`: the form's action to send one again; undefined if the actor may not. */
export function WebhookDeliveryTable(props: {
  deliveries: readonly WebhookDelivery[]
  now: number
  retryAt: ((sid: string) => string) | undefined
}) {
  const { deliveries, now, retryAt } = props
  return (
    <DataTable
      caption="Deliveries"
      captionHidden={true}
      columns={[
        {
          name: 'Event',
          cell: ({ type, eventSid }) => (
            <>
              {typeInWords(type)}
              <br />
              <Code>{eventSid}</Code>
            </>
          ),
        },
        { name: 'Time', cell: ({ createdAt }) => <Instant at={createdAt} now={now} /> },
        {
          name: 'State',
          cell: ({ state, nextAt }) => (
            <>
              <Status tone={STATES[state].tone}>{STATES[state].word}</Status>
              {nextAt !== null && (
                <>
                  <br />
                  <small>
                    Next attempt{' '}
                    {nextAt > now ? <Instant at={nextAt} now={now} show="relative" /> : 'now'}
                  </small>
                </>
              )}
            </>
          ),
        },
        { name: 'Attempts', align: 'end', cell: ({ attempts }) => attempts },
        {
          name: 'Last failure',
          cell: ({ lastError }) => lastError !== null && wordsOfFailure(lastError),
        },
        {
          name: 'Actions',
          unnamed: true,
          cell: ({ sid, state, eventSid }) =>
            retryAt &&
            state !== 'delivered' && (
              <ButtonForm
                action={retryAt(sid)}
                label={state === 'dead' ? 'Send again' : 'Send now'}
                about={eventSid}
              />
            ),
        },
      ]}
      rows={deliveries}
      empty={<EmptyState title="No deliveries yet" />}
    />
  )
}

function typeInWords(type: string | null): string {
  if (type === null) return 'Deleted event'
  return isEventType(type) ? EVENTS[type].words : type
}
