// A code as words, where no table has better ones. Pure.

/** `newcomer_limit` → "Newcomer limit". */
export function humanized(code: string): string {
  const words = code
    .replaceAll(/([a-z])([A-Z]+)/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
