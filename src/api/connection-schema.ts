// Connections as the API shows them: in lists, whole, and changes to them.
import * as z from 'zod/mini'
import type { PresetID } from '../connections/presets/preset.ts'
import { PRESETS } from '../connections/presets/presets.ts'
import type { ConnectionFields } from '../connections/field.ts'
import { CONNECTION_FIELDS } from '../connections/fields.ts'
import { eventsFrom, LIFECYCLE_EVENTS, type LifecycleEvent } from '../connections/lifecycle.ts'
import { URL_FIELDS } from '../connections/reachability.ts'
import { certificateSummary } from './certificate-schema.ts'
import { optional, schemasOf } from './engine/field-schema.ts'
import { about, flag, instant, named, number, page, sid } from './engine/schema.ts'

const PRESET_IDS = Object.keys(PRESETS) as [PresetID, ...PresetID[]]

const FIELDS = schemasOf<ConnectionFields>(CONNECTION_FIELDS)

export const connectionCreation = named(
  'ConnectionCreation',
  z.strictObject({ ...optional(FIELDS), name: FIELDS.name }),
)

export const connectionEdit = named('ConnectionEdit', z.strictObject(optional(FIELDS)))

/** Without `validate`, which both sign-offs cause, and `break_trust`, which edits cause. */
const EVENTS = LIFECYCLE_EVENTS.filter(
  (event) => event !== 'validate' && event !== 'break_trust',
) as [LifecycleEvent, ...LifecycleEvent[]]

export function nextEvents(state: Parameters<typeof eventsFrom>[0]): LifecycleEvent[] {
  return eventsFrom(state).filter((event) => EVENTS.includes(event))
}

export const stateChange = named('StateChange', z.strictObject({ event: z.enum(EVENTS) }))

/** A key or endpoint of metadata that cannot be used. */
export const leftOut = z.object({
  what: about(z.string(), 'Such as `signing key 2`.'),
  code: about(z.string(), 'Why, as an error code.'),
  received: z.string(),
})

export const reachability = named(
  'Reachability',
  z.object({
    field: z.enum(URL_FIELDS),
    url: z.string(),
    result: z.enum(['reachable', 'unreachable', 'private']),
    reason: z.string(),
  }),
)

const state = z.enum(['draft', 'testing', 'validated', 'live', 'suspended'])

const ROW = {
  sid: sid('CN', 'the connection'),
  tenantSid: sid('TN', 'the tenant'),
  tenantName: z.string(),
  ...FIELDS,
  preset: about(z.nullable(z.string()), 'The product as chosen by a person.'),
  state,
  suspendedFrom: about(
    z.nullable(z.enum(['draft', 'testing', 'validated', 'live'])),
    'If suspended: the state before.',
  ),
  revision: about(z.int(), 'Counts the changes to what logins trust.'),
  reachability: about(
    z.nullable(z.array(reachability)),
    'Whether its URLs answered at the last check.',
  ),
  reachabilityCheckedAt: z.nullable(instant),
  lastLoginAt: z.nullable(instant),
  metadataFetchedAt: about(z.nullable(instant), 'When the IdP last read our metadata.'),
  createdAt: instant,
  updatedAt: about(z.int(), 'The version: it increases with every edit.'),
}

/** In lists. */
export const connectionPage = page(
  'ConnectionPage',
  named(
    'ConnectionSummary',
    z.object({
      ...ROW,
      certificatesExpireAt: about(
        z.nullable(instant),
        'When the last of its certificates expires; null: none, or not checked yet.',
      ),
      quarantined: about(z.int(), 'The number of certificates that wait for a decision.'),
    }),
  ),
)

const attribute = z.object({
  name: about(z.string(), 'The name of the attribute.'),
  value: about(z.string(), 'The IdP’s name for the value.'),
})

const words = named(
  'IdpWords',
  z.object({
    id: z.enum(PRESET_IDS),
    name: about(z.string(), 'The name of the product.'),
    place: about(z.string(), 'Where the settings of our application are.'),
    ours: about(
      z.object({
        entityID: z.string(),
        acsURL: z.string(),
        upload: z.string(),
        signOnURL: z.nullable(z.string()),
      }),
      'The names of our values on its screens.',
    ),
    theirs: about(
      z.object({
        entityID: z.string(),
        ssoURL: z.string(),
        certificate: z.string(),
        metadata: z.string(),
      }),
      'Where to find its own values.',
    ),
    attributesPlace: z.string(),
    attributes: z.object({ email: attribute, firstName: attribute, lastName: attribute }),
    nameID: about(z.string(), 'Which NameID to choose, and where.'),
  }),
)

export const connection = named(
  'Connection',
  z.object({
    ...ROW,
    certificateCount: about(z.int(), 'The number of certificates that logins trust.'),
    events: about(z.array(z.enum(EVENTS)), 'Events that can change the state now.'),
    ours: about(
      z.object({
        entityID: z.string(),
        acsURL: z.string(),
        metadataURL: z.string(),
        loginURL: about(z.string(), 'The URL that begins a login on our side.'),
        certificates: about(
          z.array(
            z.object({
              stage: z.enum(['current', 'next']),
              fingerprint: z.string(),
              certificate: about(z.string(), 'X.509, DER in base64.'),
              notAfter: instant,
            }),
          ),
          'The current one signs our requests; the next one will.',
        ),
      }),
      'What the IdP needs to know about us. Only certificates ever change.',
    ),
    idp: about(words, 'The IdP’s product and the terms of its screens.'),
  }),
)

/** The query of each change of a connection. */
export const CHANGE_QUERY = {
  preview: flag('Change nothing; show what would change.'),
  cutsOff: z.exactOptional(
    number('How many people the change may cut off: those who may sign in by SSO only.'),
  ),
}

const someFields = z.record(z.string(), z.unknown())
const fingerprints = z.array(z.string())

export const connectionChange = named(
  'ConnectionChange',
  z.object({
    before: about(someFields, 'The fields that change, before the change.'),
    after: someFields,
    addedCertificates: about(fingerprints, 'Fingerprints.'),
    newCertificates: about(
      z.array(certificateSummary),
      'The added certificates in full, to compare before you trust them.',
    ),
    removedCertificates: fingerprints,
    state: about(
      state,
      '`testing` if a tested connection must be tested again, `draft` if logins cannot use it.',
    ),
    openSessions: about(z.int(), 'Open sessions that the removed keys have opened.'),
    endsSessions: about(z.boolean(), 'Whether these end.'),
    cutsOff: about(
      z.int(),
      'How many people who may sign in by SSO only the change could cut off.',
    ),
    waits: about(
      z.boolean(),
      'True: an operator decides. Changes of the customer wait while a connection is in use.',
    ),
    reachability: about(z.array(reachability), 'Whether the changed URLs answer.'),
    warnings: z.array(
      z.enum([
        'nothing_changes',
        'certificate_expired',
        'certificate_not_yet_valid',
        'url_not_reachable',
      ]),
    ),
    leftOut: about(
      z.array(leftOut),
      'Keys and endpoints of the metadata that cannot be used, beside others that can.',
    ),
    connection: about(connection, 'The connection now. A preview does not change it.'),
  }),
)
