// What a what-if judges: an attempt, or else a response that somebody has captured.
import { encodeBase64 } from '../../../base64.ts'
import { shownAgain, type Form } from '../../kit/form.ts'

export type WhatIfSubject = { attemptSid: string; response: string }

export function readSubject(form: Form): WhatIfSubject {
  return { attemptSid: form.text('attempt'), response: carried(shownAgain(form.text('response'))) }
}

/** XML as base64, so that what it says of a person is not readable over a shoulder. */
function carried(response: string): string {
  return response.startsWith('<') ? encodeBase64(new TextEncoder().encode(response)) : response
}
