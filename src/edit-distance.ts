// How many edits lead from one text to another. Pure.

/**
 * Insertions, deletions, replacements and swaps of neighbours between two texts; undefined where
 * there are more than `limit`. Looks at a band of the table alone: the time grows with length ×
 * limit.
 */
export function editDistance(left: string, right: string, limit: number): number | undefined {
  if (Math.abs(left.length - right.length) > limit) return undefined
  const far = limit + 1
  let before: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => Math.min(column, far))
  for (let row = 1; row <= left.length; row++) {
    const current = Array<number>(right.length + 1).fill(far)
    if (row <= limit) current[0] = row
    for (
      let column = Math.max(1, row - limit);
      column <= Math.min(right.length, row + limit);
      column++
    ) {
      const isSame = left[row - 1] === right[column - 1]
      let cost = Math.min(
        previous[column - 1]! + (isSame ? 0 : 1),
        previous[column]! + 1,
        current[column - 1]! + 1,
      )
      const isSwap =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1]
      if (isSwap) cost = Math.min(cost, before[column - 2]! + 1)
      current[column] = Math.min(cost, far)
    }
    before = previous
    previous = current
  }
  const distance = previous[right.length]!
  return distance <= limit ? distance : undefined
}
