// The service documents (RFC 7643 §5 to §7): ServiceProviderConfig, ResourceTypes, Schemas. Pure.
import { USER_SCHEMA } from './filter.ts'

const CORE = USER_SCHEMA.slice(0, -'User'.length)

export const MOST_ON_A_PAGE = 100

export function describeService(base: string) {
  const unsupported = { supported: false }
  return {
    schemas: [`${CORE}ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { ...unsupported, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MOST_ON_A_PAGE },
    changePassword: unsupported,
    sort: unsupported,
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'Bearer token',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}

export function describeType(base: string) {
  return {
    schemas: [`${CORE}ResourceType`],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    description: 'A person who signs in',
    schema: USER_SCHEMA,
    schemaExtensions: [],
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
  }
}

type More = Record<string, unknown>

function attribute(name: string, type = 'string', more: More = {}): More {
  return {
    name,
    type,
    multiValued: false,
    required: false,
    ...(type === 'string' && { caseExact: false, uniqueness: 'none' }),
    mutability: 'readWrite',
    returned: 'default',
    ...more,
  }
}

const ATTRIBUTES = [
  attribute('userName', 'string', { required: true, uniqueness: 'server' }),
  attribute('name', 'complex', {
    subAttributes: [
      attribute('formatted', 'string', { mutability: 'readOnly' }),
      attribute('familyName'),
      attribute('givenName'),
    ],
  }),
  attribute('displayName'),
  attribute('active', 'boolean'),
  attribute('emails', 'complex', {
    multiValued: true,
    subAttributes: [
      attribute('value', 'string', { uniqueness: 'global' }),
      attribute('type', 'string', { canonicalValues: ['work'] }),
      attribute('primary', 'boolean'),
    ],
  }),
]

export function describeSchema(base: string) {
  return {
    schemas: [`${CORE}Schema`],
    id: USER_SCHEMA,
    name: 'User',
    description: 'A person who signs in',
    attributes: ATTRIBUTES,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${USER_SCHEMA}` },
  }
}
