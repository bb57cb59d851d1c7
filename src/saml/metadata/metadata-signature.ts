// Verifies the signature of metadata under pinned keys (SAML Metadata §3). The result is read from
// the canonical octets whose digest was verified, and from nothing else.
import type { Certificate, TrustedKey } from '../signature/certificate.ts'
import {
  attributeOf,
  descendants,
  describe,
  isNamed,
  type StrictElement,
} from '../xml/strict-tree.ts'
import {
  METADATA_BYTES,
  readIdpMetadata,
  readMetadataXml,
  type IdpMetadata,
  type MetadataOptions,
} from './idp-metadata.ts'
import { noEntity, tooLarge } from './metadata-aggregate.ts'
import { NS } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type MetadataCode } from '../refusal.ts'
import { verifySignatures, type Enveloped } from '../signature/signature.ts'
import { readMetadataText } from './metadata-text.ts'

export type SignedMetadata = {
  metadata: IdpMetadata
  /** The pinned certificate whose key signed the metadata. */
  certificate: TrustedKey
}

const CLAUSE = 'SAML Metadata §3.1; SAML Core §5.4'
const NCNAME = /^[A-Za-z_][A-Za-z0-9._-]*$/
/** Without SHA-1: federations that sign metadata no longer use it. */
const NO_LEGACY: ReadonlySet<string> = new Set()

/**
 * Verifies the enveloped signature of the root element, EntityDescriptor or EntitiesDescriptor,
 * under `certificates`. The profile is that of messages. The limit is 1 MiB, since an entity cut
 * out of an aggregate is not what was signed. Comments pass where the canonical form leaves them
 * out: no reader sees them. One that keeps them does not fit, and is refused. Refuses
 * `metadata_too_large`, `metadata_unsigned`, the `signature_*` codes, `readers_disagree`, and the
 * codes of `parseIdpMetadata`.
 */
export async function verifyMetadataSignature(
  bytes: Uint8Array,
  options: MetadataOptions & { certificates: readonly Certificate[] },
): Promise<Result<SignedMetadata, Refusal<MetadataCode>>> {
  if (bytes.length > METADATA_BYTES)
    return tooLarge(`at most ${METADATA_BYTES} bytes with a signature`, bytes.length)
  const text = readMetadataText(bytes)
  const read = text.ok ? readMetadataXml(text.value) : text
  const root = read.ok ? checkRoot(read.value) : read
  if (!root.ok) return root
  const signature = findSignature(root.value)
  if (!signature.ok) return signature
  const octets = await verifySignatures([signature.value], {
    certificates: options.certificates,
    allow: NO_LEGACY,
  })
  if (!octets.ok) return octets
  const { tree, certificate } = octets.value
  const metadata = await readIdpMetadata(tree, options)
  return metadata.ok ? ok({ metadata: metadata.value, certificate }) : metadata
}

function checkRoot(root: StrictElement): Result<StrictElement, Refusal<MetadataCode>> {
  return isNamed(root, NS.md, 'EntityDescriptor') || isNamed(root, NS.md, 'EntitiesDescriptor')
    ? ok(root)
    : noEntity('md:EntityDescriptor or md:EntitiesDescriptor', describe(root))
}

/**
 * The one Signature of the document. Signatures of entities in an aggregate are refused: they would
 * not cover the root.
 */
function findSignature(root: StrictElement): Result<Enveloped, Refusal<MetadataCode>> {
  const signatures: StrictElement[] = []
  for (const element of descendants(root))
    if (isNamed(element, NS.ds, 'Signature')) signatures.push(element)
  const [signature, ...others] = signatures
  if (!signature)
    return refuse('metadata_unsigned', CLAUSE, 'a ds:Signature of the root element', 'none')
  const misplaced = signature.parent === root ? others[0] : signature
  if (misplaced)
    return refuse(
      'signature_misplaced',
      CLAUSE,
      'one Signature, a child of the root element',
      `a Signature in ${describe(misplaced.parent ?? misplaced)}`,
    )
  const id = attributeOf(root, 'ID') ?? ''
  if (!NCNAME.test(id))
    return refuse('xml_id', 'XML Schema Part 2 §3.3.8', 'an ID that is an NCName', id)
  return ok({ element: root, signature })
}
