// What is known about a request by the time its line is written: handlers note it here.
import type { LineFields } from './lines.ts'

type LoginStage = 'read' | 'verify' | 'write'

/** `code` refuses the request. `login`: its response was accepted. */
export type RequestNotes = {
  [Name in Exclude<keyof LineFields<'refused'>, 'area' | 'method' | 'status' | 'ms' | 'colo'>]?:
    LineFields<'refused'>[Name] | undefined
} & {
  login?: { idpInitiated: boolean }
  /** True: the status says no, and nothing was refused. */
  isAnswer?: true
}

const notes = new WeakMap<Request, RequestNotes>()

/** `request`: as the platform gave it, `c.req.raw`. */
export function notesOf(request: Request): RequestNotes {
  return notes.get(request) ?? {}
}

/** Later notes replace earlier ones of the same name. */
export function noteRequest(request: Request, more: RequestNotes): void {
  notes.set(request, { ...notes.get(request), ...more })
}

/** Does a stage of a login, and notes how long it took. Workers' clocks stop while they compute. */
export async function timeStage<T>(
  request: Request,
  stage: LoginStage,
  work: () => Promise<T>,
): Promise<T> {
  const start = Date.now()
  try {
    return await work()
  } finally {
    noteRequest(request, { [stage]: (notesOf(request)[stage] ?? 0) + Date.now() - start })
  }
}
