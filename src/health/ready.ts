// The answer of /ready. A stranger who asks often costs one check in ten seconds.
import { readConfig, type Env } from '../env.ts'
import { openDatabase } from '../platform/db/client.ts'
import { openHistory } from '../platform/db/history.ts'
import { openKeyValueStore } from '../platform/kv/kv.ts'
import { writeLine } from '../platform/log/write-line.ts'
import { checkHealth } from './check-health.ts'

const MAXIMUM_AGE = 10_000

/** Shared by the isolates of a location. The types of the DOM do not know it. */
const { default: cache } = caches as unknown as { default: Cache }

type ReadyAnswer = { isReady: boolean; checkedAt: number }

/** Of this isolate: the requests that come during a check wait for it. */
const answers = new WeakMap<Env, { askedAt: number; answer: Promise<ReadyAnswer> }>()

/** Whether the deployment was ready at most ten seconds ago. Never rejects. */
export async function isReady(env: Env, now: number): Promise<boolean> {
  const last = answers.get(env)
  if (last && now - last.askedAt < MAXIMUM_AGE) return (await last.answer).isReady
  const answer = findAnswer(env, now)
  answers.set(env, { askedAt: now, answer })
  const { isReady, checkedAt } = await answer
  // The answer of another isolate is older than the question.
  answers.set(env, { askedAt: checkedAt, answer })
  return isReady
}

async function findAnswer(env: Env, now: number): Promise<ReadyAnswer> {
  try {
    const config = readConfig(env)
    // No route has this path.
    const key = `${config.origin}/ready/answer`
    const shared = await readShared(key, now)
    if (shared) return shared
    const deployment = {
      db: openDatabase(env.DB),
      history: openHistory(env.HISTORY),
      kv: openKeyValueStore(env.RELAY),
      config,
    }
    const { isReady, checks } = await checkHealth(deployment, now)
    if (!isReady) {
      const names = checks.filter(({ state }) => state === 'failed').map(({ name }) => name)
      writeLine('not_ready', { failed: names })
    }
    const answer = { isReady, checkedAt: now }
    await share(key, answer)
    return answer
  } catch {
    return { isReady: false, checkedAt: now }
  }
}

/** The answer of another isolate in this location. */
async function readShared(key: string, now: number): Promise<ReadyAnswer | undefined> {
  const found = await cache.match(key).catch(() => undefined)
  const answer = await found?.json<ReadyAnswer>()
  return answer && now - answer.checkedAt < MAXIMUM_AGE ? answer : undefined
}

async function share(key: string, answer: ReadyAnswer): Promise<void> {
  const headers = { 'cache-control': `max-age=${MAXIMUM_AGE / 1000}` }
  await cache.put(key, Response.json(answer, { headers })).catch(() => {})
}
