// IdP metadata as text in exclusive canonical form, so that signText can sign it, and what a test
// asks of it.
import {
  parseIdpMetadata,
  type IdpMetadata,
  type MetadataOptions,
} from '../../../src/saml/metadata/idp-metadata.ts'
import type { Refusal } from '../../../src/saml/refusal.ts'
import { certificateOf } from '../../support/keys.ts'
import { escapeAttribute } from '../../support/xml-text.ts'

export const NOW = Date.UTC(2026, 10, 24, 12)
export const MD = 'urn:oasis:names:tc:SAML:2.0:metadata'
export const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const IDP = 'https://idp.tenant.example/metadata'
const BINDINGS = 'urn:oasis:names:tc:SAML:2.0:bindings'

export function keyDescriptor(use: string | null = 'signing', certificate = certificateOf('idp')) {
  return `<md:KeyDescriptor${use === null ? '' : ` use="${use}"`}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
}

export function ssoService(location: string, binding = 'HTTP-Redirect') {
  return `<md:SingleSignOnService Binding="${BINDINGS}:${binding}" Location="${escapeAttribute(location)}"></md:SingleSignOnService>`
}

export type EntityText = {
  entityID: string
  ID: string
  validUntil: string
  /** What stands in the role. */
  content: string
  role: string
  roleAttributes: string
  /** What stands before the role. */
  extensions: string
}

/** With its own declaration of `md` where it is a root. */
export function entityDescriptor(changes: Partial<EntityText> = {}, root = true): string {
  const {
    entityID = IDP,
    ID = root ? '_entity' : '',
    validUntil = '',
    content = keyDescriptor() + ssoService('https://idp.tenant.example/sso'),
    role = 'IDPSSODescriptor',
    roleAttributes = '',
    extensions = '',
  } = changes
  return (
    `<md:EntityDescriptor${root ? ` xmlns:md="${MD}"` : ''}${ID && ` ID="${ID}"`} entityID="${escapeAttribute(entityID)}"${validUntil && ` validUntil="${validUntil}"`}>` +
    `${extensions}<md:${role} protocolSupportEnumeration="${PROTOCOL}"${roleAttributes}>${content}</md:${role}></md:EntityDescriptor>`
  )
}

export function entitiesDescriptor(content: string, { ID = '_entities', validUntil = '' } = {}) {
  return `<md:EntitiesDescriptor xmlns:md="${MD}"${ID && ` ID="${ID}"`}${validUntil && ` validUntil="${validUntil}"`}>${content}</md:EntitiesDescriptor>`
}

/**
 * The same document, too large to be read as a whole: the comment makes no difference to what it
 * says.
 */
export function enlarged(xml: string, bytes = 1024 * 1024): string {
  return `${xml}<!--${' '.repeat(bytes)}-->`
}

const ENCODER = new TextEncoder()

export function bytesOf(xml: string): Uint8Array {
  return ENCODER.encode(xml)
}

/** What is read; throws the code of a refusal. */
export async function read(
  xml: string,
  options: Partial<MetadataOptions> = {},
): Promise<IdpMetadata> {
  const result = await parseIdpMetadata(bytesOf(xml), { now: NOW, ...options })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

/** Null where it is read. */
export async function refusalOf(
  xml: string,
  options: Partial<MetadataOptions> = {},
): Promise<Refusal | null> {
  const result = await parseIdpMetadata(bytesOf(xml), { now: NOW, ...options })
  return result.ok ? null : result.error
}
