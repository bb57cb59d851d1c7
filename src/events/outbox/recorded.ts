// Whether this isolate has recorded events: then they are delivered after the response. A hint; the
// outbox is the truth, and the minute's job reads it.
let recorded = 0

/** Grows with each event. Of several requests at once each sees the events of all. */
export function recordedSoFar(): number {
  return recorded
}

/** Statements that were built before call it where they run. */
export function noteRecorded(): void {
  recorded++
}
