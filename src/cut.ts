// Shortens values that came from outside. Pure.

/** So that a value can be stored and shown, whatever its length. */
export function cut(value: string, length = 300): string {
  return value.length > length ? `${value.slice(0, length)}… (${value.length} characters)` : value
}
