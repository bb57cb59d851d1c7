// How connections share the room for details: each gets what it needs up to an equal share, so that
// one connection's flood pushes out nobody else's. Pure.

/**
 * The most bytes that one connection may hold, so that all together hold at most `room`. Infinity
 * where all fit.
 */
export function shareOf(sizes: readonly number[], room: number): number {
  const ascending = sizes.toSorted((left, right) => left - right)
  let left = room
  for (const [index, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index))
    if (size > share) return share
    left -= size
  }
  return Infinity
}
