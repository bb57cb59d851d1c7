// What a connection looks like from outside: in lists, whole, and what a change does to it.
import * as z from 'zod/mini'
import type { PresetID } from '../connections/presets/preset.ts'
import { PRESETS } from '../connections/presets/presets.ts'
import type { ConnectionFields } from '../connections/field.ts'
import { CONNECTION_FIELDS } from '../connections/fields.ts'
import { eventsFrom, LIFECYCLE_EVENTS, type LifecycleEvent } from '../connections/lifecycle.ts'
import { URL_FIELDS } from '../connections/reachability.ts'
import { certificateSummary } from './certificate-schema.ts'
import { optional, schemasOf } from './engine/field-schema.ts'
import { about, instant, named, page, sid } from './engine/schema.ts'

const PRESET_IDS = Object.keys(PRESETS) as [PresetID, ...PresetID[]]

const FIELDS = schemasOf<ConnectionFields>(CONNECTION_FIELDS)

export const connectionCreation = named(
  'ConnectionCreation',
  z.strictObject({ ...optional(FIELDS), name: FIELDS.name }),
)

export const connectionEdit = named('ConnectionEdit', z.strictObject(optional(FIELDS)))

/** `validate` is for the two sides together and `break_trust` for edits: neither is asked for by name. */
export const EVENTS = LIFECYCLE_EVENTS.filter(
  (event) => event !== 'validate' && event !== 'break_trust',
) as [LifecycleEvent, ...LifecycleEvent[]]

export function nextEvents(state: Parameters<typeof eventsFrom>[0]): LifecycleEvent[] {
  return eventsFrom(state).filter((event) => EVENTS.includes(event))
}

export const stateChange = named('StateChange', z.strictObject({ event: z.enum(EVENTS) }))

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
  preset: about(z.nullable(z.string()), 'The product as somebody has chosen it.'),
  state,
  suspendedFrom: about(
    z.nullable(z.enum(['draft', 'testing', 'validated', 'live'])),
    'While suspended: what was interrupted.',
  ),
  revision: about(z.int(), 'Counts the changes of what logins trust.'),
  reachability: about(
    z.nullable(z.array(reachability)),
    'Whether its URLs answered when they were asked last.',
  ),
  reachabilityCheckedAt: z.nullable(instant),
  lastLoginAt: z.nullable(instant),
  metadataFetchedAt: about(z.nullable(instant), 'When the IdP read our metadata last.'),
  createdAt: instant,
  updatedAt: about(z.int(), 'The version: every edit makes it greater.'),
}

/** As lists have it. */
export const connectionPage = page(
  'ConnectionPage',
  named(
    'ConnectionSummary',
    z.object({
      ...ROW,
      certificatesExpireAt: about(
        z.nullable(instant),
        'When the last of its certificates expires; null: it has none, or nobody has looked yet.',
      ),
      quarantined: about(z.int(), 'Certificates that wait for somebody to trust or refuse them.'),
    }),
  ),
)

const attribute = z.object({
  name: about(z.string(), 'The name that is sent.'),
  value: about(z.string(), 'What the IdP calls the value it takes.'),
})

const words = named(
  'IdpWords',
  z.object({
    id: z.enum(PRESET_IDS),
    name: about(z.string(), 'The product, as people know it.'),
    place: about(z.string(), 'Where the settings of our application are.'),
    ours: about(
      z.object({
        entityID: z.string(),
        acsURL: z.string(),
        upload: z.string(),
        signOnURL: z.nullable(z.string()),
      }),
      'What its screens call what is ours.',
    ),
    theirs: about(
      z.object({
        entityID: z.string(),
        ssoURL: z.string(),
        certificate: z.string(),
        metadata: z.string(),
      }),
      'Where its own values are found.',
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
    certificateCount: about(z.int(), 'Certificates of the IdP that logins trust.'),
    events: about(z.array(z.enum(EVENTS)), 'What may be done with its state next.'),
    ours: about(
      z.object({
        entityID: z.string(),
        acsURL: z.string(),
        metadataURL: z.string(),
        loginURL: about(z.string(), 'Where a login begins on our side.'),
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
      'What the IdP has to know of us. It never changes, certificates aside.',
    ),
    idp: about(words, 'The IdP’s product and the words of its screens.'),
  }),
)

const someFields = z.record(z.string(), z.unknown())
const fingerprints = z.array(z.string())

export const connectionChange = named(
  'ConnectionChange',
  z.object({
    before: about(someFields, 'The fields that change, as they were.'),
    after: someFields,
    addedCertificates: about(fingerprints, 'Fingerprints.'),
    newCertificates: about(
      z.array(certificateSummary),
      'The same in full: what somebody has to compare before trusting them.',
    ),
    removedCertificates: fingerprints,
    state: about(state, '`testing` where a tested connection has to be tested again.'),
    reachability: about(z.array(reachability), 'Of the URLs that change, whether they answer.'),
    warnings: z.array(
      z.enum([
        'nothing_changes',
        'certificate_expired',
        'certificate_not_yet_valid',
        'url_not_reachable',
      ]),
    ),
    connection: about(connection, 'As it is now: as it was, after a preview.'),
  }),
)
