// Reads IdP metadata (SAML Metadata §2.4.3). It says what an administrator hands over, and proves nothing.
import { parseCertificate, type Certificate } from './certificate.ts'
import { isEndpoint } from './endpoint.ts'
import { parseInstant } from './instant.ts'
import { lint } from './lint.ts'
import { BINDING, NS, type Binding } from './names.ts'
import { accept, refuse, type Result } from './refusal.ts'
import { decodeText } from './xml.ts'
import { attribute, childrenNamed, leafText, readTree, type XmlElement } from './xml-tree.ts'

export type IdpMetadata = {
  entityID: string
  /** In document order; bindings we do not speak are left out. */
  ssoEndpoints: { binding: Binding; location: string }[]
  certificates: Certificate[]
  /** Milliseconds since 1970; the earliest of those given. */
  validUntil: number | null
  wantAuthnRequestsSigned: boolean
}

const CLAUSE = 'SAML Metadata §2'
/** The largest metadata that is read. */
export const METADATA_BYTES = 1024 * 1024

/**
 * `entityID` chooses one of several entities. `now`: milliseconds since 1970. `allowHttp` is for IdPs on the developer's own
 * machine. Refuses the `metadata_*`, `certificate_*` and `xml_*` codes. Comments pass: nothing signed is read here.
 */
export async function parseIdpMetadata(
  bytes: Uint8Array,
  options: { now: number; entityID?: string; allowHttp?: boolean },
): Promise<Result<IdpMetadata>> {
  const text = decodeText(bytes, METADATA_BYTES)
  if (!text.ok) return text
  const linted = lint(text.value, { comments: true })
  if (!linted.ok) return linted
  const tree = readTree(text.value)
  if (!tree.ok) return tree

  const entity = chooseEntity(tree.value, options.entityID)
  if (!entity.ok) return entity
  const entityID = attribute(entity.value, 'entityID') ?? ''
  if (entityID === '' || entityID.length > 1024)
    return refuse(
      'metadata_no_entity',
      CLAUSE,
      'an entityID of 1 to 1024 characters',
      `${entityID.length}`,
    )
  const descriptor = childrenNamed(entity.value, NS.md, 'IDPSSODescriptor').find((descriptor) =>
    (attribute(descriptor, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(NS.samlp),
  )
  if (!descriptor)
    return refuse(
      'metadata_no_idp',
      CLAUSE,
      'an IDPSSODescriptor for SAML 2.0',
      roles(entity.value),
    )

  const validUntil = earliest([tree.value, entity.value, descriptor])
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
  return accept({
    entityID,
    ssoEndpoints: ssoEndpoints.value,
    certificates: certificates.value,
    validUntil,
    wantAuthnRequestsSigned: /^(?:true|1)$/.test(
      attribute(descriptor, 'WantAuthnRequestsSigned') ?? '',
    ),
  })
}

function chooseEntity(root: XmlElement, entityID: string | undefined): Result<XmlElement> {
  const entities = entitiesIn(root)
  const chosen =
    entityID === undefined
      ? entities
      : entities.filter((entity) => attribute(entity, 'entityID') === entityID)
  const [first] = chosen
  if (!first)
    return refuse(
      'metadata_no_entity',
      CLAUSE,
      entityID ?? 'an md:EntityDescriptor',
      `{${root.namespace}}${root.name}`,
    )
  if (chosen.length > 1)
    return refuse(
      'metadata_several_entities',
      CLAUSE,
      'one entity, or the entityID of the one to take',
      chosen.map((entity) => attribute(entity, 'entityID')).join(', '),
    )
  return accept(first)
}

function entitiesIn(root: XmlElement): XmlElement[] {
  if (root.namespace !== NS.md) return []
  if (root.name === 'EntityDescriptor') return [root]
  if (root.name !== 'EntitiesDescriptor') return []
  return [
    ...childrenNamed(root, NS.md, 'EntityDescriptor'),
    ...childrenNamed(root, NS.md, 'EntitiesDescriptor').flatMap(entitiesIn),
  ]
}

function readEndpoints(
  descriptor: XmlElement,
  allowHttp: boolean,
): Result<IdpMetadata['ssoEndpoints']> {
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
  return accept(endpoints)
}

/** A KeyDescriptor without `use` serves both uses (§2.4.1.1). */
async function readCertificates(descriptor: XmlElement): Promise<Result<Certificate[]>> {
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
    ? accept([...certificates.values()])
    : refuse('metadata_no_certificate', 'SAML Metadata §2.4.1.1', 'a signing certificate', 'none')
}

function earliest(elements: XmlElement[]): number | null {
  const instants = elements
    .map((element) => attribute(element, 'validUntil'))
    .filter((text) => text !== undefined)
    // A date nobody can read is no promise: it counts as past.
    .map((text) => parseInstant(text) ?? 0)
  return instants.length > 0 ? Math.min(...instants) : null
}

function roles(entity: XmlElement): string {
  return (
    entity.children
      .filter((child): child is XmlElement => typeof child !== 'string')
      .map(({ name }) => name)
      .join(', ') || 'nothing'
  )
}
