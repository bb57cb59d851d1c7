// Sends logout tokens to clients whose session has ended (OpenID Connect Back-Channel Logout 1.0
// §2.5): again and again until a client has taken it, or a day and a half has gone.
import { postPublic, type PublicFetchOptions } from '../../platform/network/fetch-public.ts'
import { inTurns } from '../../platform/in-turns.ts'
import type { Database } from '../../platform/db/client.ts'
import type { Config } from '../../env.ts'
import { readLimited } from '../../platform/network/read-limited.ts'
import { openSigner, type Signer } from '../signing-keys/signing-keys.ts'
import { logoutTokenClaims, nextTry, TYPE } from './logout-token.ts'
import { leaseDue, updateLeased, type LeasedDelivery } from './store.ts'

const MINUTE = 60_000
/** Taken at a time: done, whatever clients do, long before the lease is over. */
const PORTION = 20
/** At the same time: a Worker has six connections. */
const AT_ONCE = 5
const LEASE = 2 * MINUTE
/**
 * A run sends no more: a Worker has 1,000 requests an invocation, and each of these costs two, D1's
 * among them.
 */
const A_RUN = 400
/** Nor does it begin anything after so long: after an answer has gone a Worker has 30 seconds. */
const RUN_SECONDS = 8
const DNS_BYTES = 64 * 1024

export type Courier = {
  db: Database
  config: Pick<Config, 'origin' | 'keySecrets'>
  /** Says too how long an app is waited for. */
  network: PublicFetchOptions
  /** Milliseconds since 1970. */
  now: number
}

export type DeliveryReport = { sent: number; failed: number }

/**
 * Sends what is due. May be run at any time, also twice at once: each delivery is one sender's
 * alone. Where nothing is due it asks D1 once and that is all.
 */
export async function deliverLogoutTokens(courier: Courier): Promise<DeliveryReport> {
  const { db, config, now } = courier
  const began = Date.now()
  const clock = () => now + Date.now() - began
  const run = {
    ...courier,
    network: lookingUpOnce(courier.network),
    clock,
    silent: new Set<string>(),
    report: { sent: 0, failed: 0 },
  }
  let signer: Signer | undefined
  for (let taken = 0; taken < A_RUN;) {
    const leased = await leaseDue(db, clock(), clock() + LEASE, PORTION)
    if (leased.length === 0) break
    const sign = (signer ??= await openSigner(db, config.keySecrets, now))
    await inTurns(leased, AT_ONCE, (delivery) => deliver(run, sign, delivery))
    taken += leased.length
    if (leased.length < PORTION || Date.now() - began > RUN_SECONDS * 1000) break
  }
  return run.report
}

type Run = Courier & {
  clock: () => number
  /**
   * URIs that have given no answer in this run: nobody waits for them a second time, so that they
   * hold nobody else up.
   */
  silent: Set<string>
  report: DeliveryReport
}

async function deliver(run: Run, signer: Signer, delivery: LeasedDelivery): Promise<void> {
  const { db, clock, silent, report } = run
  const { uri, tries } = delivery
  if (uri !== null && silent.has(uri))
    return updateLeased(db, delivery, { tries: tries - 1, dueAt: clock() + MINUTE })
  const failure =
    uri === null ? 'the client has no URI any more' : await send(run, signer, delivery)
  if (failure === null) {
    report.sent++
    return updateLeased(db, delivery, { sentAt: clock(), dueAt: null, failure: null })
  }
  report.failed++
  const dueAt = uri === null ? null : nextTry(tries, clock())
  await updateLeased(db, delivery, {
    failure,
    dueAt,
    ...(dueAt === null && { deadAt: clock() }),
  })
  console.log(
    JSON.stringify({ event: 'logout_token_failed', delivery: delivery.sid, tries, failure }),
  )
}

/** Why it did not arrive; null: it did. */
async function send(
  { config, network, clock, silent }: Run,
  signer: Signer,
  delivery: LeasedDelivery,
): Promise<string | null> {
  const claims = logoutTokenClaims(delivery, { issuer: config.origin, now: clock() })
  const form = new URLSearchParams({ logout_token: await signer.sign(claims, { typ: TYPE }) })
  const posted = await postPublic(delivery.uri!, form, network)
  // §2.8: 200, and 204 of those who have nothing to say.
  if (posted.ok) return [200, 204].includes(posted.status) ? null : `it answers ${posted.status}`
  if (posted.code === 'endpoint_unreachable') silent.add(delivery.uri!)
  return posted.reason
}

/** What a thousand deliveries to one app ask of the resolver is one question. */
function lookingUpOnce(network: PublicFetchOptions): PublicFetchOptions {
  const { fetch, resolver } = network
  const answers = new Map<string, Promise<{ status: number; body: Uint8Array<ArrayBuffer> }>>()
  const ask = async (...question: Parameters<typeof fetch>) => {
    const response = await fetch(...question)
    const body = await readLimited(response.body, DNS_BYTES)
    if (!body) throw new Error('the resolver says too much')
    return { status: response.status, body }
  }
  const remembering = async (...question: Parameters<typeof fetch>) => {
    const url = String(question[0])
    if (!url.startsWith(`${resolver}?`)) return fetch(...question)
    let answer = answers.get(url)
    if (!answer) {
      answers.set(url, (answer = ask(...question)))
      answer.catch(() => answers.delete(url))
    }
    const { status, body } = await answer
    return new Response(body, { status })
  }
  return { ...network, fetch: remembering as typeof fetch }
}
