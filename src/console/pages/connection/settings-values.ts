// The settings of a connection as a form has them, and back.
import type { Connection } from '../../../connections/connection.ts'
import type { ConnectionFields } from '../../../connections/fields.ts'
import { PERSON_FIELDS } from '../../../saml/response/principal.ts'
import type { Form } from '../../kit/form.ts'

/** Every control's value, as it is shown and sent. */
export type SettingsValues = {
  name: string
  logoutRedirectURL: string
  requestBinding: string
  signRequests: boolean
  forceAuthn: boolean
  nameIDFormat: string
  requestedAuthnContext: string
  idpInitiated: string
  email: string
  firstName: string
  lastName: string
  clockSkewSeconds: string
  sha1: boolean
  'aes-cbc': boolean
}

export function valuesOf(connection: Connection): SettingsValues {
  const { attributeMapping: mapping, allow } = connection
  return {
    name: connection.name,
    logoutRedirectURL: connection.logoutRedirectURL ?? '',
    requestBinding: connection.requestBinding,
    signRequests: connection.signRequests,
    forceAuthn: connection.forceAuthn,
    nameIDFormat: connection.nameIDFormat ?? '',
    requestedAuthnContext: (connection.requestedAuthnContext ?? []).join('\n'),
    idpInitiated: connection.idpInitiated,
    email: mapping?.email ?? '',
    firstName: mapping?.firstName ?? '',
    lastName: mapping?.lastName ?? '',
    clockSkewSeconds: `${connection.clockSkewSeconds}`,
    sha1: allow.includes('sha1'),
    'aes-cbc': allow.includes('aes-cbc'),
  }
}

export function readSettings(form: Form): SettingsValues {
  return {
    name: form.text('name'),
    logoutRedirectURL: form.text('logoutRedirectURL'),
    requestBinding: form.text('requestBinding'),
    signRequests: form.flag('signRequests'),
    forceAuthn: form.flag('forceAuthn'),
    nameIDFormat: form.text('nameIDFormat'),
    requestedAuthnContext: form.text('requestedAuthnContext'),
    idpInitiated: form.text('idpInitiated'),
    email: form.text('email'),
    firstName: form.text('firstName'),
    lastName: form.text('lastName'),
    clockSkewSeconds: form.text('clockSkewSeconds'),
    sha1: form.flag('sha1'),
    'aes-cbc': form.flag('aes-cbc'),
  }
}

/** As the operation takes them: it says which values do not fit. `operator`: with those that are operators' to set. */
export function toFields(
  values: SettingsValues,
  { operator }: { operator: boolean },
): Partial<ConnectionFields> {
  const contexts = values.requestedAuthnContext.split(/\s+/).filter(Boolean)
  const mapping = Object.fromEntries(
    PERSON_FIELDS.flatMap((field) => (values[field] ? [[field, values[field]]] : [])),
  )
  return {
    logoutRedirectURL: values.logoutRedirectURL || null,
    requestBinding: values.requestBinding as ConnectionFields['requestBinding'],
    signRequests: values.signRequests,
    forceAuthn: values.forceAuthn,
    nameIDFormat: values.nameIDFormat || null,
    requestedAuthnContext: contexts.length > 0 ? contexts : null,
    idpInitiated: values.idpInitiated as ConnectionFields['idpInitiated'],
    attributeMapping: Object.keys(mapping).length > 0 ? mapping : null,
    ...(operator && {
      name: values.name,
      clockSkewSeconds: /^\d{1,6}$/.test(values.clockSkewSeconds)
        ? Number(values.clockSkewSeconds)
        : Number.NaN,
      allow: (['sha1', 'aes-cbc'] as const).filter((one) => values[one]),
    }),
  }
}
