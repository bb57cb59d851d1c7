// Reads IdP metadata (SAML Metadata §2.4.3). Metadata without a signature proves nothing: an
// administrator vouches for it.
import { parseCertificate, type Certificate } from '../signature/certificate.ts'
import { checkKeyStrength } from '../signature/public-key.ts'
import { parseDuration } from '../response/duration.ts'
import { isEndpoint, writtenURL } from '../../endpoint.ts'
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
import { type Refusal, refuse, type MetadataCode } from '../refusal.ts'
import { readMetadataText } from './metadata-text.ts'
import type { StrictElement } from '../xml/strict-tree.ts'
import { canonicalForm, readAgain } from '../xml/two-readers.ts'
import { attribute, childrenNamed, elements, leafText, type XmlElement } from '../xml/xml-tree.ts'

export type IdpMetadata = {
  entityID: string
  /** In document order; bindings we do not speak are left out. */
  ssoEndpoints: { binding: Binding; location: string }[]
  certificates: Certificate[]
  /** Keys and endpoints that cannot be used, beside others of their kind that can. */
  leftOut: LeftOut[]
  /** Milliseconds since 1970; the earliest of those given. */
  validUntil: number | null
  /** cacheDuration; the shortest of those given. */
  cacheSeconds: number | null
  wantAuthnRequestsSigned: boolean
}

/** `what`: such as “signing key 2”. */
export type LeftOut = { what: string; code: MetadataCode; received: string }

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
 * are ignored, and both readers must agree on the rest. A key or endpoint that cannot be used is
 * left out where another one can. Refuses the `metadata_*`, `certificate_*`, `signature_key_*` and
 * `xml_*` codes, and `readers_disagree`.
 */
export async function parseIdpMetadata(
  bytes: Uint8Array,
  options: MetadataOptions,
): Promise<Result<IdpMetadata, Refusal<MetadataCode>>> {
  const text =
    bytes.length > METADATA_BYTES
      ? sliceAggregate(bytes, options.entityID)
      : readMetadataText(bytes)
  const root = text.ok ? readMetadataXml(text.value) : text
  if (!root.ok) return root
  const octets = canonicalForm(root.value, { exclusive: false })
  const tree = octets.ok ? readAgain(octets.value, root.value) : octets
  return tree.ok ? readIdpMetadata(tree.value, options) : tree
}

/** Comments are left out before anything is read or compared. Refuses the `xml_*` codes. */
export function readMetadataXml(text: string): Result<StrictElement, Refusal<MetadataCode>> {
  return readStrictXml(text, { limits: METADATA_LIMITS, comments: true, xmlPrefix: true })
}

/** Reads the tree of a whole document. Refuses the `metadata_*` and `certificate_*` codes. */
export async function readIdpMetadata(
  root: XmlElement,
  options: MetadataOptions,
): Promise<Result<IdpMetadata, Refusal<MetadataCode>>> {
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
    return refuse('metadata_no_idp', CLAUSE, 'an IDPSSODescriptor for SAML 2.0', rolesOf(entity))

  // Each ancestor’s validUntil also limits the entity (§2.3.1, §2.3.2, §2.4.1).
  const limiting = [...ancestors, entity, descriptor]
  const validUntil = earliest(limiting)
  if (!validUntil.ok) return validUntil
  if (validUntil.value !== null && validUntil.value <= options.now)
    return refuse(
      'metadata_expired',
      CLAUSE,
      'a validUntil in the future',
      new Date(validUntil.value).toISOString(),
    )
  const leftOut: LeftOut[] = []
  const ssoEndpoints = readEndpoints(descriptor, options.allowHttp === true, leftOut)
  if (!ssoEndpoints.ok) return ssoEndpoints
  const certificates = await readCertificates(descriptor, leftOut)
  if (!certificates.ok) return certificates
  return ok({
    entityID,
    ssoEndpoints: ssoEndpoints.value,
    certificates: certificates.value,
    leftOut,
    validUntil: validUntil.value,
    cacheSeconds: shortest(limiting),
    wantAuthnRequestsSigned: /^(?:true|1)$/.test(
      attribute(descriptor, 'WantAuthnRequestsSigned') ?? '',
    ),
  })
}

type Placed = { entity: XmlElement; ancestors: readonly XmlElement[] }

function chooseEntity(
  root: XmlElement,
  entityID: string | undefined,
): Result<Placed, Refusal<MetadataCode>> {
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
  leftOut: LeftOut[],
): Result<IdpMetadata['ssoEndpoints'], Refusal<MetadataCode>> {
  const endpoints: IdpMetadata['ssoEndpoints'] = []
  const unfit: LeftOut[] = []
  for (const service of childrenNamed(descriptor, NS.md, 'SingleSignOnService')) {
    const binding = (Object.keys(BINDING) as Binding[]).find(
      (name) => BINDING[name] === attribute(service, 'Binding'),
    )
    if (!binding) continue
    const location = writtenURL(attribute(service, 'Location') ?? '')
    if (isEndpoint(location, allowHttp)) endpoints.push({ binding, location })
    else
      unfit.push({ what: `SSO URL for ${binding}`, code: 'metadata_endpoint', received: location })
  }
  const [first] = unfit
  if (first && endpoints.length === 0)
    return refuse('metadata_endpoint', 'SAML Metadata §2.2.2', 'an https URL', first.received)
  leftOut.push(...unfit)
  return ok(endpoints)
}

/** A KeyDescriptor without `use` serves both uses (§2.4.1.1). */
async function readCertificates(
  descriptor: XmlElement,
  leftOut: LeftOut[],
): Promise<Result<Certificate[], Refusal<MetadataCode>>> {
  const certificates = new Map<string, Certificate>()
  const refusals: Refusal<MetadataCode>[] = []
  let count = 0
  for (const key of childrenNamed(descriptor, NS.md, 'KeyDescriptor')) {
    if ((attribute(key, 'use') ?? 'signing') !== 'signing') continue
    for (const info of childrenNamed(key, NS.ds, 'KeyInfo'))
      for (const data of childrenNamed(info, NS.ds, 'X509Data'))
        for (const element of childrenNamed(data, NS.ds, 'X509Certificate')) {
          count++
          const read = await readUsable(leafText(element) ?? '')
          if (read.ok) certificates.set(read.value.fingerprint, read.value)
          else {
            const { code, received } = read.error
            refusals.push(read.error)
            leftOut.push({ what: `signing key ${count}`, code, received })
          }
        }
  }
  if (certificates.size > 0) return ok([...certificates.values()])
  const [first] = refusals
  return first
    ? { ok: false, error: first }
    : refuse('metadata_no_certificate', 'SAML Metadata §2.4.1.1', 'a signing certificate', 'none')
}

async function readUsable(text: string): Promise<Result<Certificate, Refusal<MetadataCode>>> {
  const certificate = await parseCertificate(text)
  if (!certificate.ok) return certificate
  const strength = checkKeyStrength(certificate.value.key)
  return strength.ok ? certificate : strength
}

/** Refuses `metadata_time`: nobody knows then whether it still holds. */
function earliest(limited: XmlElement[]): Result<number | null, Refusal<MetadataCode>> {
  let first: number | null = null
  for (const element of limited) {
    const text = attribute(element, 'validUntil')
    if (text === undefined) continue
    const instant = parseInstant(text)
    if (instant === undefined)
      return refuse('metadata_time', 'SAML Core §1.3.3', 'a validUntil in UTC', text)
    first = Math.min(first ?? instant, instant)
  }
  return ok(first)
}

/** An unreadable duration counts as absent. */
function shortest(elements: XmlElement[]): number | null {
  const durations = elements
    .map((element) => parseDuration(attribute(element, 'cacheDuration') ?? ''))
    .filter((seconds) => seconds !== undefined)
  return durations.length > 0 ? Math.min(...durations) : null
}

function rolesOf(entity: XmlElement): string {
  if (descriptorsOf(entity).length > 0) return 'an IdP without SAML 2.0'
  if (childrenNamed(entity, NS.md, 'SPSSODescriptor').length > 0)
    return 'metadata of an application (SPSSODescriptor)'
  return (
    elements(entity)
      .map(({ name }) => name)
      .join(', ') || 'nothing'
  )
}
