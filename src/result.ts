// The result of a step: a value or an error. Expected failures are values; programmer errors throw.

export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E }

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}
