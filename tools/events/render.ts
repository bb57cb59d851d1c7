// docs/events.md, from the catalogue.
import { CATALOGUE, EVENT_TYPES, definitionOf, type EventType } from '../../src/events/catalogue.ts'
import { ACCESS } from '../../src/events/catalogue/access.ts'
import { CONNECTIONS } from '../../src/events/catalogue/connections.ts'
import type { EventDefinition } from '../../src/events/catalogue/define.ts'
import { DATA_FIELDS, type DataField } from '../../src/events/catalogue/data-fields.ts'
import { DIRECTORY } from '../../src/events/catalogue/directory.ts'
import { ROLLOUTS } from '../../src/events/catalogue/rollouts.ts'
import { SERVICE } from '../../src/events/catalogue/service.ts'
import { WEBHOOKS } from '../../src/events/catalogue/webhooks.ts'
import { exampleOf } from '../../src/events/event-data.ts'

const PARTS: readonly [title: string, part: Partial<typeof CATALOGUE>][] = [
  ['Tenants, users, accounts and domains', DIRECTORY],
  ['Connections, certificates and metadata', CONNECTIONS],
  ['Rollouts and break-glass owners', ROLLOUTS],
  ['Links, tokens, apps, sessions and logins', ACCESS],
  ['Webhook endpoints', WEBHOOKS],
  ['Gatepost itself', SERVICE],
]

const INTRODUCTION = `# Events

This page is generated from the catalogue in [src/events](../src/events/README.md) by
\`npm run docs:events\`. It lists every event type: what it means, who may see it, who must act, which
mail it causes, and its data.

## How events reach you

- An event of administration is recorded in the transaction of its change. A trigger writes a row of
  the outbox for each destination in the same transaction.
- Rows are delivered after the response, and by a job each minute: what a job or a first login has
  recorded leaves within a minute. A failed delivery is tried again
  after 5 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and 24 hours. Then it is dead: it is
  listed for 30 days, and can be sent again.
- **Each event arrives at least once.** A delivery whose result could not be written is made again.
  Compare the event's \`sid\` to recognise a repetition.
- **The order is not promised**, not even at one endpoint. Compare \`createdAt\`.
- An endpoint that names \`*\` gets all types of the audit trail. \`login.succeeded\`,
  \`login.refused\` and \`session.ended\` are many: name them. While no endpoint names them, a login
  writes no row for them. A refused login is an event only if a key of the connection signed its
  message: strangers cannot send events.
- A tenant's endpoint gets the events of its tenant. Types for operators belong to no tenant.

Data never has a name, an e-mail, a NameID, an attribute or a secret. \`changed\` names the fields
that changed; read the values through the API. Every field of data may be missing.
`

export function renderEvents(): string {
  const parts = PARTS.map(([title, part]) => renderPart(title, Object.keys(part) as EventType[]))
  const shown = PARTS.flatMap(([, part]) => Object.keys(part))
  if (shown.length !== EVENT_TYPES.length) throw new Error('a part of the catalogue is left out')
  return [INTRODUCTION, ...parts, renderFields(), renderExample('certificate.expiring')].join('\n')
}

function renderPart(title: string, types: readonly EventType[]): string {
  const rows = types.map((type) => {
    const { words, audience, asks, mail, step, data, source } = definitionOf(type)
    const fields = [...(source === 'audit' ? ['changed'] : []), ...data]
    return [
      `\`${type}\``,
      words,
      audience === 'operator' ? 'operators' : 'operators, tenant',
      asks ?? '–',
      mailed(mail, step),
      fields.map((name) => `\`${name}\``).join(', '),
    ]
  })
  return table(title, ['type', 'means', 'seen by', 'must act', 'mail', 'data'], rows)
}

function mailed(mail: EventDefinition['mail'], step: string | null): string {
  if (mail) return `\`${mail.template}\` to ${mail.to}`
  return step === null ? '–' : `\`turn_${step}\`, by \`turn.began\``
}

function renderFields(): string {
  const rows = (Object.keys(DATA_FIELDS) as DataField[])
    .toSorted()
    .map((name) => [`\`${name}\``, DATA_FIELDS[name].kind, DATA_FIELDS[name].words])
  return table(
    'Fields of data',
    ['field', 'kind', 'is'],
    [['`changed`', 'words', 'names of the fields that changed'], ...rows],
  )
}

function renderExample(type: EventType): string {
  const json = JSON.stringify(exampleOf(type), null, 2)
  return `## An example\n\nThe data of \`${type}\`. Times are milliseconds since 1970.\n\n\`\`\`json\n${json}\n\`\`\`\n`
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]) {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [`## ${title}\n`, line(head), line(head.map(() => '---')), ...rows.map(line), ''].join(
    '\n',
  )
}
