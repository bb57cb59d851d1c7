// Shortens values from outside. Pure.

/** Limits the length of a value that is stored or shown. */
export function cut(value: string, length = 300): string {
  return value.length > length ? `${value.slice(0, length)}… (${value.length} characters)` : value
}
