// The form of an app: registered and edited by the same fields.
import { AUTH_METHODS, type AuthMethod } from '../../clients/client.ts'
import type { ClientFields, ClientView } from '../../clients/operations.ts'
import type { Problem } from '../../problem.ts'
import { CheckboxField, Form, RadioGroup, SubmitRow, TextArea, TextField } from '../kit/forms.tsx'
import type { Form as Sent } from '../kit/form.ts'
import { messageOf, nameOfField } from '../kit/words.ts'

/** One in a line. */
const LISTS = {
  redirectURIs: 'One in a line, exactly as the app sends them: https, or http on localhost.',
  postLogoutRedirectURIs: 'One in a line: where the browser may go after a logout.',
  returnOrigins:
    'One in a line, like https://app.example.com: where logins may end without OpenID Connect. An IdP’s RelayState with one of them means this app.',
} as const
const URLS = {
  passwordLoginURL:
    'People without single sign-on are sent there, with the app’s request as it came. https.',
  initiateLoginURI:
    'Logins that begin at an IdP end there (OpenID Connect Core, section 4). https.',
  backchannelLogoutURI:
    'Told of every session that ends (OpenID Connect Back-Channel Logout). Public, https.',
} as const

export const METHOD_WORDS: Readonly<Record<AuthMethod, string>> = {
  client_secret_basic: 'Secret, in the Authorization header (client_secret_basic)',
  client_secret_post: 'Secret, in the form (client_secret_post)',
  none: 'No secret: a public client (none)',
}

/** As entered: lists with one in a line. */
export type AppValues = Record<keyof typeof LISTS | keyof typeof URLS | 'name', string> &
  Pick<ClientFields, 'tokenEndpointAuthMethod' | 'isDefault'>

export const NEW_APP: AppValues = {
  name: '',
  tokenEndpointAuthMethod: 'client_secret_basic',
  redirectURIs: '',
  postLogoutRedirectURIs: '',
  returnOrigins: '',
  passwordLoginURL: '',
  initiateLoginURI: '',
  backchannelLogoutURI: '',
  isDefault: false,
}

export function valuesOf(client: ClientView): AppValues {
  return {
    ...client,
    redirectURIs: client.redirectURIs.join('\n'),
    postLogoutRedirectURIs: client.postLogoutRedirectURIs.join('\n'),
    returnOrigins: client.returnOrigins.join('\n'),
    passwordLoginURL: client.passwordLoginURL ?? '',
    initiateLoginURI: client.initiateLoginURI ?? '',
    backchannelLogoutURI: client.backchannelLogoutURI ?? '',
  }
}

export function readValues(form: Sent): AppValues {
  return {
    name: form.text('name'),
    tokenEndpointAuthMethod: form.text('tokenEndpointAuthMethod') as AuthMethod,
    redirectURIs: form.text('redirectURIs'),
    postLogoutRedirectURIs: form.text('postLogoutRedirectURIs'),
    returnOrigins: form.text('returnOrigins'),
    passwordLoginURL: form.text('passwordLoginURL'),
    initiateLoginURI: form.text('initiateLoginURI'),
    backchannelLogoutURI: form.text('backchannelLogoutURI'),
    isDefault: form.flag('isDefault'),
  }
}

export function fieldsOfValues(values: AppValues): ClientFields {
  const lines = (text: string) => text.split(/\s+/).filter(Boolean)
  return {
    ...values,
    redirectURIs: lines(values.redirectURIs),
    postLogoutRedirectURIs: lines(values.postLogoutRedirectURIs),
    returnOrigins: lines(values.returnOrigins),
    passwordLoginURL: values.passwordLoginURL || null,
    initiateLoginURI: values.initiateLoginURI || null,
    backchannelLogoutURI: values.backchannelLogoutURI || null,
  }
}

export function AppForm(props: {
  action: string
  values: AppValues
  /** Of the app as it is: whether it has a secret is settled. Unset: it is new. */
  client?: ClientView | undefined
  problem?: Problem | undefined
  cancelHref: string
}) {
  const { action, values, client, problem } = props
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  const methods = AUTH_METHODS.filter(
    (method) => !client || (method === 'none') === (client.tokenEndpointAuthMethod === 'none'),
  )
  const field = (name: keyof AppValues) => ({
    name,
    label: nameOfField(name),
    error: errorOf(name),
  })
  return (
    <Form action={action} hidden={client && { version: String(client.updatedAt) }}>
      <TextField {...field('name')} value={values.name} required={true} />
      <RadioGroup
        {...field('tokenEndpointAuthMethod')}
        value={values.tokenEndpointAuthMethod}
        options={methods.map((value) => ({ value, label: METHOD_WORDS[value] }))}
      />
      {Object.entries(LISTS).map(([name, hint]) => (
        <TextArea
          {...field(name as keyof typeof LISTS)}
          hint={hint}
          kind="code"
          rows={3}
          value={values[name as keyof typeof LISTS]}
          required={name === 'redirectURIs'}
        />
      ))}
      {Object.entries(URLS).map(([name, hint]) => (
        <TextField
          {...field(name as keyof typeof URLS)}
          hint={hint}
          kind="url"
          value={values[name as keyof typeof URLS]}
        />
      ))}
      <CheckboxField
        {...field('isDefault')}
        hint="Logins from an IdP that name no app go to this one. Another one that was it gives way."
        checked={values.isDefault}
      />
      <SubmitRow primary={client ? 'Save' : 'Register app'} cancel={{ href: props.cancelHref }} />
    </Form>
  )
}
