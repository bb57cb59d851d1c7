// ETags of rows with a version: `"VERSION.CONTENT"`. If-Match compares the version, to prevent lost
// updates. If-None-Match compares the content, which also changes without an edit (last login).
import { hashSecret } from '../../platform/secret.ts'

/** Strong (RFC 9110 §8.8.3). */
export async function renderTag(tagged: { updatedAt: number }): Promise<string> {
  const hash = await hashSecret(JSON.stringify(tagged))
  return `"${tagged.updatedAt}.${hash.slice(0, 16)}"`
}

/** A version that no row has. */
const NO_VERSION = -1

/**
 * The version that If-Match names, with or without the content; undefined: any. A tag that we did
 * not make matches nothing (RFC 9110 §13.1.1).
 */
export function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const version = /^"(\d{1,15})(?:\.[A-Za-z0-9_-]{1,64})?"$/.exec(ifMatch.trim())?.[1]
  return version === undefined ? NO_VERSION : Number(version)
}

/** Whether the caller already has this content. Weak comparison (RFC 9110 §13.1.2). */
export function isFresh(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === tag || one === '*')
}
