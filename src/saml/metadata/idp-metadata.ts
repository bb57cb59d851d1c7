// Reads IdP metadata (SAML Metadata §2.4.3). Metadata without a signature proves nothing: an
// administrator vouches for it.
import { parseCertificate, type Certificate } from '../signature/certificate.ts'
import { parseDuration } from '../response/duration.ts'
import { isEndpoint } from '../../endpoint.ts'
import { parseInstant } from '../instant.ts'
import { LIMITS, readStrictXml, type Limits } from '../xml/strict-xml.ts'
import {
  AGGREGATE_BYTES,
  askWhich,
  isEntityID,
  METADATA_BYTES,
  noEntity,
  notOnce,
  sliceAggregate,
} from './metadata-aggregate.ts'
import { BINDING, NS, type Binding } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { decodeText } from '../xml/decode-text.ts'
import type { StrictElement } from '../xml/strict-tree.ts'
import { canonicalForm, readAgain } from '../xml/two-readers.ts'
import { attribute, childrenNamed, elements, leafText, type XmlElement } from '../xml/xml-tree.ts'

export type IdpMetadata = {
  entityID: string
  /** In document order; bindings we do not speak are left out. */
  ssoEndpoints: { binding: Binding; location: string }[]
  certificates: Certificate[]
  /** Milliseconds since 1970; the earliest of those given. */
  validUntil: number | null
  /** cacheDuration; the shortest of those given. */
  cacheSeconds: number | null
  wantAuthnRequestsSigned: boolean
}

export type MetadataOptions = {
  /** Milliseconds since 1970. */
  now: number
  /** Chooses one of several entities. Compared exactly. */
  entityID?: string
  /** For IdPs on the developer's own machine. */
  allowHttp?: boolean
}

export { AGGREGATE_BYTES, METADATA_BYTES }

const CLAUSE = 'SAML Metadata §2'

/**
 * Limits for metadata of 1 MiB: some 30,000 nodes where it is indented, and a few declarations for
 * each claim type of WS-Federation. Messages have lower limits, because anybody can send them.
 */
const METADATA_LIMITS: Limits = { ...LIMITS, nodes: 80_000, declarations: 10_000 }

/**
 * Reads metadata of up to 20 MiB. Above 1 MiB it reads only the entity that is asked for. Comments
 * are ignored, and both readers must agree on the rest. Refuses the `metadata_*`, `certificate_*`
 * and `xml_*` codes, `readers_disagree` and `response_not_utf8`.
 */
export async function parseIdpMetadata(
  bytes: Uint8Array,
  options: MetadataOptions,
): Promise<Result<IdpMetadata, Refusal>> {
  const text =
    bytes.length > METADATA_BYTES
      ? sliceAggregate(bytes, options.entityID)
      : decodeText(bytes, METADATA_BYTES)
  const root = text.ok ? readMetadataXml(text.value) : text
  if (!root.ok) return root
  const octets = canonicalForm(root.value, { exclusive: false })
  const tree = octets.ok ? readAgain(octets.value, root.value) : octets
  return tree.ok ? readIdpMetadata(tree.value, options) : tree
}

/** Comments are left out before anything is read or compared. Refuses the `xml_*` codes. */
export function readMetadataXml(text: string): Result<StrictElement, Refusal> {
  return readStrictXml(text, { limits: METADATA_LIMITS, comments: true, xmlPrefix: true })
}

/** Reads the tree of a whole document. Refuses the `metadata_*` and `certificate_*` codes. */
export async function readIdpMetadata(
  root: XmlElement,
  options: MetadataOptions,
): Promise<Result<IdpMetadata, Refusal>> {
  const chosen = chooseEntity(root, options.entityID)
  if (!chosen.ok) return chosen
  const { entity, ancestors } = chosen.value
  const entityID = attribute(entity, 'entityID') ?? ''
  if (!isEntityID(entityID))
    return noEntity('an entityID of 1 to 1024 characters', `${entityID.length}`)
  const descriptor = descriptorsOf(entity).find((one) =>
    (attribute(one, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(NS.samlp),
  )
  if (!descriptor)
    return refuse('metadata_no_idp', CLAUSE, 'an IDPSSODescriptor for SAML 2.0', roles(entity))

  // Each ancestor’s validUntil also limits the entity (§2.3.1, §2.3.2, §2.4.1).
  const limiting = [...ancestors, entity, descriptor]
  const validUntil = earliest(limiting)
  if (validUntil !== null && validUntil <= options.now)
    return refuse(
      'metadata_expired',
      CLAUSE,
      'a validUntil in the future',
      new Date(validUntil).toISOString(),
    )
  const ssoEndpoints = readEndpoints(descriptor, options.allowHttp === true)
  if (!ssoEndpoints.ok) return ssoEndpoints
  const certificates = await readCertificates(descriptor)
  if (!certificates.ok) return certificates
  return ok({
    entityID,
    ssoEndpoints: ssoEndpoints.value,
    certificates: certificates.value,
    validUntil,
    cacheSeconds: shortest(limiting),
    wantAuthnRequestsSigned: /^(?:true|1)$/.test(
      attribute(descriptor, 'WantAuthnRequestsSigned') ?? '',
    ),
  })
}

type Placed = { entity: XmlElement; ancestors: readonly XmlElement[] }

function chooseEntity(root: XmlElement, entityID: string | undefined): Result<Placed, Refusal> {
  const entities = entitiesIn(root)
  const chosen =
    entityID === undefined
      ? entities
      : entities.filter(({ entity }) => attribute(entity, 'entityID') === entityID)
  const [first] = chosen
  if (!first)
    return noEntity(
      entityID ?? 'an md:EntityDescriptor',
      entities.length > 0 ? `${entities.length} other entities` : `{${root.namespace}}${root.name}`,
    )
  if (chosen.length === 1) return ok(first)
  if (entityID !== undefined) return notOnce(entityID, chosen.length)
  const providers = entities.filter(({ entity }) => descriptorsOf(entity).length > 0)
  const choices = new Set(providers.map(({ entity }) => attribute(entity, 'entityID') ?? ''))
  return askWhich([...choices].filter(isEntityID), entities.length, providers.length)
}

function entitiesIn(root: XmlElement, ancestors: readonly XmlElement[] = []): Placed[] {
  if (root.namespace !== NS.md) return []
  if (root.name === 'EntityDescriptor') return [{ entity: root, ancestors }]
  if (root.name !== 'EntitiesDescriptor') return []
  const within = [...ancestors, root]
  return elements(root).flatMap((child) => entitiesIn(child, within))
}

function descriptorsOf(entity: XmlElement): XmlElement[] {
  return childrenNamed(entity, NS.md, 'IDPSSODescriptor')
}

function readEndpoints(
  descriptor: XmlElement,
  allowHttp: boolean,
): Result<IdpMetadata['ssoEndpoints'], Refusal> {
  const endpoints: IdpMetadata['ssoEndpoints'] = []
  for (const service of childrenNamed(descriptor, NS.md, 'SingleSignOnService')) {
    const binding = (Object.keys(BINDING) as Binding[]).find(
      (name) => BINDING[name] === attribute(service, 'Binding'),
    )
    if (!binding) continue
    const location = attribute(service, 'Location') ?? ''
    if (!isEndpoint(location, allowHttp))
      return refuse('metadata_endpoint', 'SAML Metadata §2.2.2', 'an https URL', location)
    endpoints.push({ binding, location })
  }
  return ok(endpoints)
}

/** A KeyDescriptor without `use` serves both uses (§2.4.1.1). */
async function readCertificates(descriptor: XmlElement): Promise<Result<Certificate[], Refusal>> {
  const certificates = new Map<string, Certificate>()
  for (const key of childrenNamed(descriptor, NS.md, 'KeyDescriptor')) {
    if ((attribute(key, 'use') ?? 'signing') !== 'signing') continue
    for (const info of childrenNamed(key, NS.ds, 'KeyInfo'))
      for (const data of childrenNamed(info, NS.ds, 'X509Data'))
        for (const element of childrenNamed(data, NS.ds, 'X509Certificate')) {
          const certificate = await parseCertificate(leafText(element) ?? '')
          if (!certificate.ok) return certificate
          certificates.set(certificate.value.fingerprint, certificate.value)
        }
  }
  return certificates.size > 0
    ? ok([...certificates.values()])
    : refuse('metadata_no_certificate', 'SAML Metadata §2.4.1.1', 'a signing certificate', 'none')
}

function earliest(elements: XmlElement[]): number | null {
  const instants = elements
    .map((element) => attribute(element, 'validUntil'))
    .filter((text) => text !== undefined)
    // An unreadable date counts as past.
    .map((text) => parseInstant(text) ?? 0)
  return instants.length > 0 ? Math.min(...instants) : null
}

/** An unreadable duration counts as absent. */
function shortest(elements: XmlElement[]): number | null {
  const durations = elements
    .map((element) => parseDuration(attribute(element, 'cacheDuration') ?? ''))
    .filter((seconds) => seconds !== undefined)
  return durations.length > 0 ? Math.min(...durations) : null
}

function roles(entity: XmlElement): string {
  return (
    elements(entity)
      .map(({ name }) => name)
      .join(', ') || 'nothing'
  )
}
