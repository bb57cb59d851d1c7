// The form of what-if: the settings that can mend a refusal, as they are and as somebody tries them; and back to an edit.
import type { Connection } from '../../../connections/connection.ts'
import type { ConnectionFields } from '../../../connections/fields.ts'
import { encodeBase64 } from '../../../saml/base64.ts'
import { PERSON_FIELDS } from '../../../saml/response/principal.ts'
import { shownAgain, type Form } from '../../kit/form.ts'

export type WhatIfValues = {
  entityID: string
  email: string
  firstName: string
  lastName: string
  clockSkewSeconds: string
  sha1: boolean
  'aes-cbc': boolean
  certificate: string
}

/** What is judged: an attempt, or else a response that somebody has captured. */
export type WhatIfSubject = { attemptSid: string; response: string }

export function valuesNow({
  entityID,
  attributeMapping: mapping,
  clockSkewSeconds,
  allow,
}: Connection): WhatIfValues {
  return {
    entityID,
    email: mapping?.email ?? '',
    firstName: mapping?.firstName ?? '',
    lastName: mapping?.lastName ?? '',
    clockSkewSeconds: String(clockSkewSeconds),
    sha1: allow.includes('sha1'),
    'aes-cbc': allow.includes('aes-cbc'),
    certificate: '',
  }
}

export function readValues(form: Form): WhatIfValues {
  return {
    entityID: form.text('entityID'),
    email: form.text('email'),
    firstName: form.text('firstName'),
    lastName: form.text('lastName'),
    clockSkewSeconds: form.text('clockSkewSeconds'),
    sha1: form.flag('sha1'),
    'aes-cbc': form.flag('aes-cbc'),
    certificate: form.text('certificate'),
  }
}

export function readSubject(form: Form): WhatIfSubject {
  return { attemptSid: form.text('attempt'), response: carried(shownAgain(form.text('response'))) }
}

/** XML as the form field that it came in, so that nobody reads over a shoulder what it says of a person. */
function carried(response: string): string {
  return response.startsWith('<') ? encodeBase64(new TextEncoder().encode(response)) : response
}

/** Only what differs. `operator`: with what is theirs alone to set. */
export function changedFields(
  connection: Connection,
  values: WhatIfValues,
  { operator }: { operator: boolean },
): Partial<ConnectionFields> {
  const mapping = Object.fromEntries(
    PERSON_FIELDS.flatMap((field) => (values[field] ? [[field, values[field]]] : [])),
  )
  const entered: Partial<ConnectionFields> = {
    entityID: values.entityID,
    attributeMapping: Object.keys(mapping).length > 0 ? mapping : null,
    ...(operator && {
      clockSkewSeconds: /^\d{1,6}$/.test(values.clockSkewSeconds)
        ? Number(values.clockSkewSeconds)
        : Number.NaN,
      allow: (['sha1', 'aes-cbc'] as const).filter((one) => values[one]),
    }),
  }
  return Object.fromEntries(
    Object.entries(entered).filter(
      ([name, value]) => canonical(value) !== canonical(connection[name as keyof ConnectionFields]),
    ),
  )
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.toSorted())
  if (typeof value !== 'object' || value === null) return String(value)
  return JSON.stringify(
    Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  )
}
