// Bounded concurrency: a Worker has six connections and 128 MiB.

/** Works on all items, at most so many of them at the same time. */
export async function inTurns<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of waiting) await work(item)
    }),
  )
}
