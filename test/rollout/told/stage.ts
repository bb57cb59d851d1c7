// The onboarding story on a stage: both sides call the API, people sign in, mail goes to a real HTTP
// server, and a test says how the work after a response ends.
import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { asc, eq, gt } from 'drizzle-orm'
import { createApiKey } from '../../../src/access/operations.ts'
import type { Env } from '../../../src/env.ts'
import { events, outbox, turns } from '../../../src/platform/db/schema.ts'
import worker from '../../../src/worker.ts'
import { openBrowser } from '../../support/browser.ts'
import { openReceiver } from '../../support/receiver-client.ts'
import { good, request } from '../../support/request.ts'
import { clearDatabase, db, doorOf } from '../../support/world.ts'
import { wrapD1 } from '../../support/wrap-d1.ts'
import { idpNetwork } from '../../api/stage.ts'
import { caller, type Caller } from '../../api/caller.ts'

/**
 * `response`: the work after the response delivers; no job runs. `killed`: the Worker ends with its
 * response, and the job delivers. `both`: the job runs while that work does. `nobody`: neither.
 */
export type Delivery = 'response' | 'killed' | 'both' | 'nobody'

export const IDP = 'https://idp.tenant.example/metadata'

/** What has come of a step: event types, mails as `receiver: subject`, and steps that wait. */
export type Heard = { events: string[]; mails: string[]; turns: string[] }

export async function openStory(delivery: Delivery) {
  await clearDatabase()
  const mailbox = openReceiver({ status: 200, body: '{}' })
  await mailbox.ready
  const environment: Env = {
    ...env,
    EMAIL: undefined!,
    MAIL_API_URL: mailbox.url,
    MAIL_API_KEY: 'key',
    MAIL_FROM: 'sso@vendor.example',
  }
  const over = (around: Around): Env => ({ ...environment, DB: wrapD1(env.DB, around) })
  const served = { response: environment, killed: over(die), nobody: over(die), both: over(meet()) }
  const answering: Env = served[delivery]
  const working = delivery === 'both' ? served.both : environment
  const runJob = () => worker.scheduled(createScheduledController({ cron: '* * * * *' }), working)
  const jobs: Promise<void>[] = []
  const onAnswer = () => {
    if (delivery === 'both') jobs.push(runJob())
  }
  const options = { fetch: idpNetwork(), environment: answering, onAnswer }
  const key = async (tenantSid: string | null): Promise<Caller> => {
    const input = {
      name: 'test',
      tenantSid,
      role: tenantSid === null ? ('owner' as const) : ('admin' as const),
      expiresInDays: 1,
    }
    const { secret } = good(await createApiKey(request(), input))
    return caller(`Bearer ${secret}`, options)
  }
  const operator = await key(null)
  let [seenEvent, seenMails] = [0, 0]

  /** All that has come since the last call, when every delivery is done. */
  async function hear(): Promise<Heard> {
    if (delivery === 'killed') await runJob()
    await Promise.all(jobs.splice(0))
    const recorded = await db
      .select({ seq: events.seq, type: events.type })
      .from(events)
      .where(gt(events.seq, seenEvent))
      .orderBy(asc(events.seq))
    const mails = (await mailbox.received()).map(({ body }) => mailOf(body))
    const waiting = await db.select().from(turns).orderBy(asc(turns.beganAt))
    const news = { recorded, mails: mails.slice(seenMails) }
    seenEvent = recorded.at(-1)?.seq ?? seenEvent
    seenMails = mails.length
    return {
      events: news.recorded.map(({ type }) => type).filter((type) => type !== 'turn.began'),
      mails: news.mails.toSorted(),
      turns: waiting.map(({ side, step }) => `${side} ${step}`).toSorted(),
    }
  }

  return {
    operator,
    key,
    hear,
    runJob,
    /** A login of a person whom the IdP knows by that address. */
    async login(connectionSid: string, email: string) {
      const browser = openBrowser(answering, { context: createExecutionContext() })
      return doorOf(connectionSid, IDP).login(email, {}, browser)
    },
    allMails: async () => (await mailbox.received()).map(({ body }) => mailOf(body)),
    countTurnEvents: () => db.$count(events, eq(events.type, 'turn.began')),
    openDeliveries: async () => (await db.select().from(outbox)).filter((row) => !row.outcome),
  }
}

export type Story = Awaited<ReturnType<typeof openStory>>

type Around = Parameters<typeof wrapD1>[1]

/** What follows a response asks for turns and for the outbox: it gets no answer. */
const die: Around = async (trip, asked) => {
  if (asked.some(({ query }) => /turn_cursor|"outbox"/.test(query))) throw new Error('killed')
  return trip()
}

/** Two runs store turns, and lease deliveries, at the same moment. */
function meet(): Around {
  const waiting = new Map<string, () => void>()
  return async (trip, asked) => {
    const text = asked.map(({ query }) => query).join()
    const [place] = /insert into "turns"|update "outbox" set "next_at"/.exec(text) ?? []
    if (place === undefined) return trip()
    const arrived = waiting.get(place)
    waiting.delete(place)
    if (arrived) arrived()
    else
      await new Promise<void>((resolve) => {
        waiting.set(place, resolve)
        setTimeout(resolve, MOMENT)
      })
    return trip()
  }
}

/** So long one waits for the other. */
const MOMENT = 200

function mailOf(body: string): string {
  const { to, subject } = JSON.parse(body) as { to: string[]; subject: string }
  return `${to.map((address) => address.split('@')[0]).join()}: ${subject.replace(/ \(.*\)$/, '')}`
}
