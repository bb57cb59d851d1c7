// What is wrong with connections in use, or will be soon: for the operators' first page.
import { DAY } from '../../durations.ts'
import { maySee } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { findAttention } from './store.ts'

export type Attention = {
  /** `certificates`: the last one expires, or has expired. */
  kind: 'certificates' | 'metadata' | 'urls'
  connection: { sid: string; name: string }
  tenant: { sid: string; name: string }
  /** When it expires, or since when it fails. */
  at: number
}

/** The first warning of an expiry. */
const SOON = 60 * DAY
const MOST = 20

/** At most 20 of each kind. For operators. Refuses `not_there`. */
export async function listAttention({
  db,
  actor,
  now,
}: OperationContext): Promise<Result<Attention[], Problem>> {
  if (!maySee(actor, { tenantSid: null, connectionSid: null }))
    return problem('not_there', 'the deployment', 'none')
  const { certificates, metadata, urls } = await findAttention(db, now + SOON, MOST)
  return ok([
    ...certificates.map((one) => ({ kind: 'certificates' as const, ...one })),
    ...metadata.map(({ failure, ...one }) => ({
      kind: 'metadata' as const,
      ...one,
      at: failure?.since ?? now,
    })),
    ...urls.map(({ at, ...one }) => ({ kind: 'urls' as const, ...one, at: at ?? now })),
  ])
}
