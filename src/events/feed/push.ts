// Writes the feed to an R2 bucket, as objects of lines. The bucket keeps the cursor too.
import * as z from 'zod/mini'
import type { OperationContext } from '../operation-context.ts'
import type { FeedCursor, LoginSource } from './feed.ts'
import { readFeed } from './read-feed.ts'

/** What it uses of R2. */
export type EventBucket = Pick<R2Bucket, 'get' | 'put'>

/** Items of an object, and objects of a run. */
const AN_OBJECT = 500
const A_RUN = 10

const CURSOR = 'cursor.json'
const cursorSchema = z.object({
  seq: z.int(),
  login: z.string(),
  rings: z.array(z.tuple([z.string(), z.int()])),
})

/**
 * An object is named by the cursor before it: a run that was broken off writes the same one again.
 * Does nothing without a bucket.
 */
export async function pushEvents(
  context: OperationContext,
  bucket: EventBucket | undefined,
  source: LoginSource,
): Promise<{ objects: number }> {
  if (!bucket) return { objects: 0 }
  let cursor = await readCursor(bucket)
  let objects = 0
  while (objects < A_RUN) {
    const page = await readFeed(context, { filter: {}, cursor, limit: AN_OBJECT }, source)
    if (!page.ok) throw new Error('the feed of events cannot be read')
    const { items, gaps, hasMore } = page.value
    const lines = [...gaps.map((gap) => ({ type: 'feed.gap', ...gap })), ...items]
    if (lines.length > 0) {
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      const httpMetadata = { contentType: 'application/x-ndjson' }
      await bucket.put(nameOf(cursor, context.now), text, { httpMetadata })
      objects++
    }
    const hasMoved = JSON.stringify(cursor) !== JSON.stringify(page.value.cursor)
    cursor = page.value.cursor
    if (lines.length > 0 || (hasMoved && hasMore))
      await bucket.put(CURSOR, JSON.stringify(cursor), {
        httpMetadata: { contentType: 'application/json' },
      })
    if (!hasMore) break
  }
  return { objects }
}

/** By day, and in the order of the feed. */
function nameOf(cursor: FeedCursor | null, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/')
  const seq = String(cursor?.seq ?? 0).padStart(12, '0')
  return `events/${day}/${seq}-${cursor?.login ?? 'AT'}.ndjson`
}

async function readCursor(bucket: EventBucket): Promise<FeedCursor | null> {
  const stored = await bucket.get(CURSOR)
  return stored ? cursorSchema.parse(await stored.json()) : null
}
