// The compiled batches as JSON, by their names: none here. tools/build-worker.ts writes those of
// the Worker in place of this file. Elsewhere drizzle builds a batch when it is first sent.

export const BUILT: Readonly<Record<string, string | undefined>> = {}
