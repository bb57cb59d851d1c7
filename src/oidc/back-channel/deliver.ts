// Sends logout tokens to the clients of ended sessions (OpenID Connect Back-Channel Logout 1.0
// §2.5). Retries until a client accepts the token or a day and a half has passed.
import { postPublic, type PublicFetchOptions } from '../../platform/network/fetch-public.ts'
import { eachRow } from '../../platform/http/each-row.ts'
import type { Database } from '../../platform/db/client.ts'
import type { Config } from '../../env.ts'
import type { Word } from '../../platform/log/kinds.ts'
import { writeLine } from '../../platform/log/write-line.ts'
import { lookingUpOnce } from '../../platform/network/look-up-once.ts'
import { openSigner, type Signer } from '../signing-keys/signing-keys.ts'
import { logoutTokenClaims, nextTry, TYPE } from './logout-token.ts'
import { leaseDue, LEASED_AT_ONCE, updateLeased, type LeasedDelivery } from './store.ts'
import { MINUTE } from '../../durations.ts'

/** Sent at the same time: a Worker has six connections. */
const AT_ONCE = 5
const LEASE = 2 * MINUTE
/**
 * The limit of one run: a Worker may make 1,000 requests in an invocation, and a delivery costs
 * two, one of them to D1.
 */
const A_RUN = 400
/** A run leases nothing after this time: a Worker has 30 seconds after its response. */
const RUN_SECONDS = 8

export type DeliveryContext = {
  db: Database
  config: Pick<Config, 'origin' | 'keySecrets'>
  /** Includes the timeout for an app. */
  network: PublicFetchOptions
  /** Milliseconds since 1970. */
  now: number
}

export type DeliveryReport = { sent: number; failed: number }

/**
 * Sends the due tokens. It may run at any time, also twice at once, because a lease belongs to one
 * sender. An idle run costs one query.
 */
export async function deliverLogoutTokens(context: DeliveryContext): Promise<DeliveryReport> {
  const { db, config, now } = context
  const began = Date.now()
  const clock = () => now + Date.now() - began
  const run = {
    ...context,
    network: lookingUpOnce(context.network),
    clock,
    silent: new Set<string>(),
    report: { sent: 0, failed: 0 },
  }
  let signer: Signer | undefined
  for (let taken = 0; taken < A_RUN;) {
    const leased = await leaseDue(db, clock(), clock() + LEASE)
    if (leased.length === 0) break
    const sign = (signer ??= await openSigner(db, config.keySecrets, now))
    const [width, named] = [AT_ONCE, ({ sid }: LeasedDelivery) => sid]
    await eachRow('send_logout_tokens', leased, { width, named }, (delivery) =>
      deliver(run, sign, delivery),
    )
    taken += leased.length
    if (leased.length < LEASED_AT_ONCE || Date.now() - began > RUN_SECONDS * 1000) break
  }
  return run.report
}

type Run = DeliveryContext & {
  clock: () => number
  /**
   * URIs without an answer in this run. They are not tried again, so they delay no other client.
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
    uri === null
      ? { code: 'no_uri' as const, words: 'the client no longer has a URI' }
      : await send(run, signer, delivery)
  if (failure === null) {
    report.sent++
    return updateLeased(db, delivery, { sentAt: clock(), dueAt: null, failure: null })
  }
  report.failed++
  const dueAt = uri === null ? null : nextTry(tries, clock())
  await updateLeased(db, delivery, {
    failure: failure.words,
    dueAt,
    ...(dueAt === null && { deadAt: clock() }),
  })
  writeLine('logout_token_failed', { deliverySid: delivery.sid, tries, code: failure.code })
}

/** Returns why the token was not accepted; null: it was. */
async function send(
  { config, network, clock, silent }: Run,
  signer: Signer,
  delivery: LeasedDelivery,
): Promise<{ code: Word; words: string } | null> {
  const claims = logoutTokenClaims(delivery, { issuer: config.origin, now: clock() })
  const form = new URLSearchParams({
    logout_token: await signer.sign(claims, { typ: TYPE, algorithm: delivery.algorithm }),
  })
  const posted = await postPublic(delivery.uri!, form, network)
  // §2.8: 200; some frameworks send 204 instead.
  if (posted.ok) {
    const { status } = posted
    if (status === 200 || status === 204) return null
    return { code: `http_${status}` as Word, words: `it answers ${status}` }
  }
  if (posted.code === 'endpoint_unreachable') silent.add(delivery.uri!)
  return { code: posted.code, words: posted.reason }
}
