// The routes to enter the IdP's side. Each way leads to a preview, and the preview to saving.
// Nothing changes before that.
import type { Hono } from 'hono'
import { editConnection } from '../../../connections/operations.ts'
import {
  importMetadata,
  importMetadataFromURL,
} from '../../../connections/metadata/import-metadata.ts'
import { setMetadataSource } from '../../../connections/metadata/operations.ts'
import type { ErrorCode } from '../../../errors.ts'
import { problem } from '../../../problem.ts'
import { METADATA_BYTES } from '../../../saml/metadata/idp-metadata.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { isRefusal, seeOther, showAgain, showPage, unwrapOrShow } from '../../kit/admin-context.tsx'
import {
  CERTIFICATE_FORM_BYTES,
  METADATA_FORM_BYTES,
  readForm,
  readUpload,
  shownAgain,
} from '../../kit/form.ts'
import {
  CHANGE_FORM_BYTES,
  editOf,
  previewChange,
  previewed,
  readChange,
  type ProposedChange,
  type Previewed,
} from '../shared/change.ts'
import { readCertificateFields, tooLargeCertificate } from '../shared/certificate-fields.ts'
import { changesFrom, readValues, valuesNow } from '../shared/connection-fields.tsx'
import { FieldsPage, MetadataPage, MetadataURLPage } from './intake-pages.tsx'
import { readCutsOff } from '../shared/cuts-off.tsx'
import { PreviewPage } from '../shared/preview-page.tsx'
import {
  requireMay,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'

/** The file is something else, or in an encoding that a form does not keep. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'metadata_other',
  'metadata_encoding',
  'certificate_private_key',
])

async function opened(c: AppContext, open: OpenConnectionContext) {
  const at = await open(c)
  requireMay(at, 'configure')
  return at
}

export function intakeRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/metadata', async (c) => {
    const at = await opened(c, open)
    return showPage(c, <MetadataPage at={at} />)
  })

  routes.post('/metadata', async (c) => {
    const at = await opened(c, open)
    const form = await readUpload(c, METADATA_FORM_BYTES)
    if (!form) {
      const tooLarge = problem('metadata_too_large', 'at most 20 MiB', 'more', 'file', {
        context: 'metadata',
      }).error
      return showAgain(c, tooLarge, <MetadataPage at={at} problem={tooLarge} sent="file" />)
    }
    const file = form.file('file')
    const text = form.text('metadata')
    const entityID = form.text('entityID')
    const bytes = file ?? new TextEncoder().encode(text)
    const preview =
      bytes.length === 0
        ? problem('input', 'the metadata, as a file or as text', '', 'metadata')
        : unwrapOrShow(
            await importMetadata(at.context, at.connection.sid, bytes, {
              preview: true,
              ...(entityID && { entityID }),
            }),
          )
    if (preview.ok) {
      const shown = previewed({ way: 'metadata', metadataURL: null }, preview.value)
      return showPage(c, <PreviewPage at={at} previewed={shown} />)
    }
    // What can be shown again need not be chosen again. What is no metadata is not worth it.
    const { code } = preview.error
    const isLost = file !== undefined && (file.length > METADATA_BYTES || UNREADABLE.has(code))
    const kept = file ? new TextDecoder().decode(isLost ? undefined : file) : text
    return showAgain(
      c,
      preview.error,
      <MetadataPage
        at={at}
        text={shownAgain(kept)}
        entityID={entityID}
        problem={preview.error}
        sent={isLost ? 'file' : 'metadata'}
      />,
    )
  })

  routes.get('/metadata-url', async (c) => {
    const at = await opened(c, open)
    return showPage(c, <MetadataURLPage at={at} />)
  })

  routes.post('/metadata-url', async (c) => {
    const at = await opened(c, open)
    const form = await readForm(c)
    const url = form.text('url')
    const entityID = form.text('entityID')
    const preview = unwrapOrShow(
      await importMetadataFromURL(at.context, at.connection.sid, url, {
        preview: true,
        ...(entityID && { entityID }),
      }),
    )
    if (preview.ok) {
      const shown = previewed({ way: 'metadata-url', metadataURL: url }, preview.value)
      return showPage(c, <PreviewPage at={at} previewed={shown} />)
    }
    const page = <MetadataURLPage at={at} url={url} entityID={entityID} problem={preview.error} />
    return showAgain(c, preview.error, page)
  })

  fieldRoutes(routes, open)
}

function fieldRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/fields', async (c) => {
    const at = await opened(c, open)
    return showPage(c, <FieldsPage at={at} values={valuesNow(at, 'idp')} certificate="" />)
  })

  routes.post('/fields', async (c) => {
    const at = await opened(c, open)
    const form = await readUpload(c, CERTIFICATE_FORM_BYTES)
    if (!form) {
      const tooLarge = tooLargeCertificate().error
      const values = valuesNow(at, 'idp')
      return showAgain(
        c,
        tooLarge,
        <FieldsPage at={at} values={values} certificate="" problem={tooLarge} />,
      )
    }
    const values = readValues(at, 'idp', form)
    const certificates = await readCertificateFields(form, { required: false })
    const shown = certificates.ok
      ? await previewChange(at, {
          way: 'fields',
          fields: changesFrom(at, 'idp', values),
          certificates: certificates.value,
          metadataURL: null,
        })
      : certificates
    if (shown.ok) return showPage(c, <PreviewPage at={at} previewed={shown.value} />)
    const certificate = shownAgain(form.text('certificate'))
    return showAgain(
      c,
      shown.error,
      <FieldsPage at={at} values={values} certificate={certificate} problem={shown.error} />,
    )
  })

  routes.post('/save', async (c) => {
    const at = await opened(c, open)
    const form = await readForm(c, CHANGE_FORM_BYTES)
    return saveChange(c, at, readChange(form.text('change')), {
      version: form.number('version'),
      keepURL: form.flag('keep'),
      cutsOff: readCutsOff(form),
    })
  })
}

/**
 * Saves what a preview has shown, or shows the preview again where that is not how things are any
 * more.
 */
async function saveChange(
  c: AppContext,
  at: ConnectionContext,
  change: ProposedChange,
  { version, keepURL, cutsOff }: { version: number; keepURL: boolean; cutsOff: number },
): Promise<Response> {
  const { context, connection, base } = at
  const edit = await editOf(change)
  const saved = edit.ok
    ? unwrapOrShow(
        await editConnection(context, connection.sid, edit.value, {
          ifVersion: version,
          cutsOff,
          ...(change.way.startsWith('metadata') && { type: 'connection.metadata_imported' }),
        }),
      )
    : edit
  if (!saved.ok) {
    const again = await previewChange(at, change)
    // Nothing that a preview can be made of was ever shown by one.
    const shown = again.ok ? again.value : emptyPreview(at, change)
    return showAgain(
      c,
      saved.error,
      <PreviewPage at={at} previewed={shown} problem={saved.error} />,
    )
  }
  const { after, newCertificates, waits } = saved.value
  if (waits) return seeOther(c, `${base}/pending`, 'change_proposed')
  const isNothing = Object.keys(after).length + newCertificates.length === 0
  if (change.metadataURL !== null && keepURL) {
    const kept = await setMetadataSource(context, connection.sid, { url: change.metadataURL })
    if (!kept.ok && isRefusal(kept.error)) unwrapOrShow(kept)
    return kept.ok
      ? seeOther(c, base, 'metadata_url_saved')
      : seeOther(c, `${base}/metadata-source`, 'saved')
  }
  const page = change.way === 'certificates' ? `${base}/certificates` : base
  return seeOther(c, page, isNothing ? 'nothing_changed' : 'saved')
}

function emptyPreview({ connection }: ConnectionContext, { way }: ProposedChange): Previewed {
  return previewed(
    { way, metadataURL: null },
    {
      before: {},
      after: {},
      addedCertificates: [],
      newCertificates: [],
      certificates: [],
      removedCertificates: [],
      state: connection.state,
      cutsOff: 0,
      waits: false,
      openSessions: 0,
      endsSessions: false,
      reachability: [],
      leftOut: [],
      warnings: ['nothing_changes'],
    },
  )
}
