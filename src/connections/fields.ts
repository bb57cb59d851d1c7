// The one table of the fields of a connection that people edit. API schemas, forms, previews, the
// history, what-if and the list of trusted fields derive from it: a new field is a column and a
// row.
import type { OptionWords } from '../platform/fields/field.ts'
import { LARGEST_SKEW_SECONDS } from '../saml/response/compare.ts'
import {
  ENDPOINT,
  type AnyConnectionField,
  type ConnectionField,
  type ConnectionFields,
  type ConnectionForms,
} from './field.ts'
import { NEWCOMER_FIELDS } from './newcomer-fields.ts'
import { PERSON_FIELD_ROWS } from './person-fields.ts'
import { SESSION_FIELDS } from './session-fields.ts'
import type { PresetID } from './presets/preset.ts'
import { PRESETS } from './presets/presets.ts'

const NO_URL = 'The IdP has no SSO URL for it.'

export const CONNECTION_FIELDS = {
  name: {
    label: 'Name',
    hint: 'Tells it from the tenant’s other connections: “Okta” or “Entra ID, Spain”.',
    description: 'Name of the connection, for administrators.',
    shape: { kind: 'text', most: 200 },
    control: 'text',
    required: true,
    mayEdit: 'customers',
    offeredTo: 'operators',
    trust: null,
    forms: { create: 'name', settings: 'name' },
  },
  entityID: {
    label: 'Identifier (Entity ID, Connection ID, or External Key)',
    short: 'Identifier',
    hint: 'Compared exactly: case and a trailing slash count.',
    description:
      'Entity ID, Connection ID or External Key of the IdP. Compared with Issuer exactly.',
    example: 'https://idp.example.com/metadata',
    shape: { kind: 'text', most: 1024, isUnbroken: true },
    control: 'identifier',
    code: 'identifier',
    expected: '1 to 1,024 characters; no white space but single spaces in plain words',
    mayEdit: 'customers',
    trust: 'breaks',
    forms: { idp: 'identifier', 'what-if': 'idp' },
    checks: /^(?:response_issuer|assertion_issuer)$/,
    foundAt: 'entityID',
  },
  ssoRedirectURL: {
    label: 'SSO URL for GET (HTTP-Redirect)',
    short: 'SSO URL (GET)',
    hint: 'Carries the request in the address. Most IdPs accept this.',
    description: 'URL of the IdP for requests by GET (HTTP-Redirect binding).',
    shape: { kind: 'url', rule: ENDPOINT, nullable: true },
    control: 'url',
    mayEdit: 'customers',
    trust: 'breaks',
    forms: { idp: 'ssoURL' },
  },
  ssoPostURL: {
    label: 'SSO URL for POST (HTTP-POST)',
    short: 'SSO URL (POST)',
    hint: 'Carries the request in a form that submits itself.',
    description: 'URL of the IdP for requests by POST (HTTP-POST binding).',
    shape: { kind: 'url', rule: ENDPOINT, nullable: true },
    control: 'url',
    mayEdit: 'customers',
    trust: 'breaks',
    forms: { idp: 'ssoURL' },
  },
  requestBinding: {
    label: 'Binding of our requests',
    hint: 'Used where the IdP accepts both. A change needs a new test.',
    description: 'The preferred binding, where the IdP has an SSO URL for both.',
    shape: {
      kind: 'choice',
      options: {
        'HTTP-Redirect': { label: 'In the address (HTTP-Redirect)', short: 'HTTP-Redirect' },
        'HTTP-POST': { label: 'As a form (HTTP-POST)', short: 'HTTP-POST' },
      },
    },
    control: 'radios',
    mayEdit: 'customers',
    trust: 'breaks',
    forms: { settings: 'request' },
    needs: {
      'HTTP-Redirect': { field: 'ssoRedirectURL', otherwise: NO_URL },
      'HTTP-POST': { field: 'ssoPostURL', otherwise: NO_URL },
    },
  },
  signRequests: {
    label: 'Sign our requests',
    hint: 'IdPs that do not check signatures ignore them.',
    description: 'Sign each AuthnRequest.',
    shape: { kind: 'boolean' },
    control: 'checkbox',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'request' },
  },
  forceAuthn: {
    label: 'Ask for authentication every time (ForceAuthn)',
    hint: 'Also for users who already have a session at the IdP. Some IdPs do not support it.',
    description: 'Ask the IdP to authenticate users each time (ForceAuthn).',
    shape: { kind: 'boolean' },
    control: 'checkbox',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'request' },
    checks: /^authn_not_forced$/,
  },
  nameIDFormat: {
    label: 'NameID format',
    hint: 'Only for IdPs that need to be asked for one. If empty, the IdP decides.',
    description: 'The NameID format that requests ask for (NameIDPolicy); null: none.',
    placeholder: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    shape: { kind: 'text', most: 200, nullable: true },
    control: 'identifier',
    expected: '1 to 200 characters',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'request' },
  },
  requestedAuthnContext: {
    label: 'Requested authentication context',
    hint: 'One AuthnContextClassRef per line. If empty, the IdP decides, which fits most.',
    description: 'AuthnContextClassRef values that requests ask for; null: none.',
    shape: { kind: 'texts', most: 10, length: 200, nullable: true },
    control: 'lines',
    expected: 'up to 10 AuthnContextClassRef values',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'request', 'what-if': 'idp' },
    checks: /^authn_context$/,
  },
  requireAuthnContext: {
    label: 'Require a requested authentication context',
    hint: 'Refuses logins whose AuthnContextClassRef is not exactly one of the lines above.',
    description: 'Refuse responses whose AuthnContextClassRef is not one of those requested.',
    shape: { kind: 'boolean' },
    control: 'checkbox',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'request', 'what-if': 'idp' },
    checks: /^authn_context$/,
  },
  idpInitiated: {
    label: 'IdP-initiated logins',
    hint: 'For users who click a tile in the IdP’s portal instead of opening the app.',
    description: 'Logins that begin at the IdP. `restart` begins each again from our side.',
    shape: {
      kind: 'choice',
      options: {
        restart: {
          label: 'Begin them again from our side',
          short: 'Begun again from our side',
          hint: 'Users do not notice it. The safest choice for IdPs that answer our requests.',
        },
        refuse: {
          label: 'Refuse them',
          short: 'Refused',
          hint: 'Users have to open the app itself.',
        },
        accept: {
          label: 'Accept them as they come',
          short: 'Accepted as they come',
          hint: 'For IdPs that support nothing else: a stolen response can be used elsewhere.',
        },
      },
    },
    control: 'radios',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'response' },
  },
  clockSkewSeconds: {
    label: 'Allowed clock skew, in seconds',
    hint: '0 to 300. The largest difference accepted between the IdP’s clock and ours.',
    description: 'The largest difference accepted between the IdP’s clock and ours, in seconds.',
    shape: { kind: 'integer', least: 0, most: LARGEST_SKEW_SECONDS },
    control: 'number',
    expected: '0 to 300 seconds',
    mayEdit: 'customers',
    offeredTo: 'operators',
    trust: 'keeps',
    forms: { settings: 'response', 'what-if': 'operators' },
    checks: /(?:^|_)not_on_or_after$|^not_before$|^authn_(?:instant|too_old|not_forced)$/,
  },
  maximumAuthnAgeMinutes: {
    label: 'Oldest accepted authentication, in minutes',
    short: 'Oldest authentication',
    hint:
      'How long ago the user may have authenticated at the IdP. If empty, any time: many IdPs ' +
      'keep their sessions for weeks.',
    description: 'The oldest AuthnInstant that is accepted, in minutes; null: any.',
    shape: { kind: 'integer', least: 1, most: 525_600, nullable: true },
    control: 'number',
    expected: '1 to 525,600 minutes (a year)',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'response', 'what-if': 'idp' },
    checks: /^authn_too_old$/,
  },
  ...PERSON_FIELD_ROWS,
  ...SESSION_FIELDS,
  ...NEWCOMER_FIELDS,
  allow: {
    label: 'Legacy algorithms',
    description: 'Legacy algorithms. Operators alone may allow them: each weakens every login.',
    shape: {
      kind: 'choices',
      options: {
        sha1: {
          label: 'Accept SHA-1 signatures',
          short: 'SHA-1 signatures',
          hint: 'SHA-1 can be forged by an attacker with enough money.',
        },
        'aes-cbc': {
          label: 'Accept AES-CBC encryption without a signed Response around it',
          short: 'AES-CBC encryption',
          hint: 'Others can change the encrypted content on the way.',
        },
      },
    },
    control: 'checkboxes',
    mayEdit: 'operators',
    offeredTo: 'operators',
    trust: 'keeps',
    forms: { settings: 'legacy', 'what-if': 'operators' },
    checks: /^(?:signature|encryption|readers_disagree)/,
  },
  preset: {
    label: 'IdP product',
    description:
      'The product of the IdP; null: as recognised. Chooses words and has no effect on logins.',
    shape: { kind: 'choice', options: presetNames(), nullable: true },
    control: 'select',
    mayEdit: 'customers',
    trust: null,
    forms: { preset: 'preset' },
  },
} as const satisfies { [Name in keyof ConnectionFields]: ConnectionField<ConnectionFields[Name]> }

export type ConnectionFieldName = keyof ConnectionFields

/** The same, for code that works on all fields alike. */
export const CONNECTION_FIELD_LIST = Object.entries(CONNECTION_FIELDS) as [
  ConnectionFieldName,
  AnyConnectionField,
][]

/** The fields of a form, in the order of the table; of one group of it where that is named. */
export function fieldsOfForm<Form extends keyof ConnectionForms>(
  form: Form,
  { group, operator }: { group?: ConnectionForms[Form]; operator: boolean },
): [ConnectionFieldName, AnyConnectionField][] {
  return CONNECTION_FIELD_LIST.filter(([, { forms, offeredTo }]) => {
    const isOffered = operator || offeredTo !== 'operators'
    return isOffered && (group === undefined ? form in forms : forms[form] === group)
  })
}

function presetNames() {
  return Object.fromEntries(
    Object.values(PRESETS).map(({ id, name }) => [id, { label: name }]),
  ) as Record<PresetID, OptionWords>
}
