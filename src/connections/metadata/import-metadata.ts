// Fills a connection once from the metadata of its IdP: a file, or what a URL says now.
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { parseIdpMetadata } from '../../saml/metadata/idp-metadata.ts'
import { fieldsOf, fromRefusal, type Preview } from '../edit.ts'
import { editConnection, getConnectionTo, type EditOptions } from '../operations.ts'
import { fetchMetadata, PUBLIC_METADATA } from './fetch-metadata.ts'

/**
 * Fills identifier, SSO URLs and certificates from the IdP's metadata; certificates that it does
 * not have stay. `entityID` chooses one of several. Refuses the `metadata_*`, `certificate_*` and
 * `xml_*` codes, and what `editConnection` refuses.
 */
export async function importMetadata(
  context: OperationContext,
  sid: string,
  bytes: Uint8Array,
  options: EditOptions & { entityID?: string | undefined } = {},
): Promise<Result<Preview, Problem>> {
  const found = await getConnectionTo('configure', context, sid)
  if (!found.ok) return found
  const metadata = await parseIdpMetadata(bytes, {
    now: context.now,
    allowHttp: context.network.allowLocal,
    ...(options.entityID && { entityID: options.entityID }),
  })
  if (!metadata.ok) return fromRefusal(metadata.error, 'metadata', 'metadata')
  const edit = { fields: fieldsOf(metadata.value), addCertificates: metadata.value.certificates }
  const type = 'connection.metadata_imported'
  const edited = await editConnection(context, sid, edit, { ...options, type })
  return edited.ok ? ok({ ...edited.value, leftOut: metadata.value.leftOut }) : edited
}

/**
 * The same from a URL, which has to be public. Up to 20 MiB. Refuses the `endpoint_*` codes too.
 */
export async function importMetadataFromURL(
  context: OperationContext,
  sid: string,
  url: string,
  options: EditOptions & { entityID?: string | undefined } = {},
): Promise<Result<Preview, Problem>> {
  const found = await getConnectionTo('configure', context, sid)
  if (!found.ok) return found
  const fetched = await fetchMetadata(url, context.network)
  if (!fetched.ok) return problem(fetched.code, PUBLIC_METADATA, fetched.reason, 'metadata')
  if (!fetched.document) throw new TypeError('nothing was said of what is known already')
  return importMetadata(context, sid, fetched.document.body, options)
}
