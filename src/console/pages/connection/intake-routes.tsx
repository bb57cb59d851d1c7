// Entering the IdP's side: each way leads to a preview, and the preview to "save". Nothing is changed before that.
import type { Hono } from 'hono'
import {
  editConnection,
  importMetadata,
  importMetadataFromURL,
  readCertificates,
} from '../../../connections/operations.ts'
import { setMetadataSource } from '../../../connections/metadata/metadata-source-operations.ts'
import { done, problem, type Outcome } from '../../../result.ts'
import { encodeBase64 } from '../../../saml/base64.ts'
import { METADATA_BYTES } from '../../../saml/metadata/idp-metadata.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { isRefusal, seeOther, showAgain, showPage, takeOrShow } from '../../kit/door.tsx'
import {
  CERTIFICATE_FORM_BYTES,
  METADATA_FORM_BYTES,
  readForm,
  readUpload,
  shownAgain,
  type Form,
} from '../../kit/form.ts'
import {
  CHANGE_FORM_BYTES,
  editOf,
  previewChange,
  previewed,
  readChange,
  type Change,
  type Previewed,
} from './change.ts'
import { FieldsPage, MetadataPage, MetadataURLPage, type FieldValues } from './intake-pages.tsx'
import { PreviewPage } from './preview-page.tsx'
import { requireMay, type OpenVisit, type Visit } from './visit.ts'

export function intakeRoutes(routes: Hono<App>, open: OpenVisit): void {
  const openToConfigure = async (c: AppContext) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    return visit
  }

  routes.get('/metadata', async (c) => {
    const visit = await openToConfigure(c)
    return showPage(c, <MetadataPage visit={visit} />)
  })

  routes.post('/metadata', async (c) => {
    const visit = await openToConfigure(c)
    const form = await readUpload(c, METADATA_FORM_BYTES)
    if (!form) {
      const tooLarge = problem('metadata_too_large', 'at most 20 MiB', 'more').problem
      return showAgain(c, tooLarge, <MetadataPage visit={visit} problem={tooLarge} sent="file" />)
    }
    const file = await form.file('file')
    const text = form.text('metadata')
    const entityID = form.text('entityID')
    const bytes = file ?? new TextEncoder().encode(text)
    const preview =
      bytes.length === 0
        ? problem('input', 'the metadata, as a file or as text', '', 'metadata')
        : takeOrShow(
            await importMetadata(visit.request, visit.connection.sid, bytes, {
              preview: true,
              ...(entityID && { entityID }),
            }),
          )
    if (preview.ok) {
      const shown = previewed({ way: 'metadata', metadataURL: null }, preview.value)
      return showPage(c, <PreviewPage visit={visit} previewed={shown} />)
    }
    // What can be shown again need not be chosen again.
    const isTooLong = file !== undefined && file.length > METADATA_BYTES
    const kept = file ? new TextDecoder().decode(isTooLong ? undefined : file) : text
    return showAgain(
      c,
      preview.problem,
      <MetadataPage
        visit={visit}
        text={shownAgain(kept)}
        entityID={entityID}
        problem={preview.problem}
        sent={isTooLong ? 'file' : 'metadata'}
      />,
    )
  })

  routes.get('/metadata-url', async (c) => {
    const visit = await openToConfigure(c)
    return showPage(c, <MetadataURLPage visit={visit} />)
  })

  routes.post('/metadata-url', async (c) => {
    const visit = await openToConfigure(c)
    const form = await readForm(c)
    const url = form.text('url')
    const entityID = form.text('entityID')
    const preview = takeOrShow(
      await importMetadataFromURL(visit.request, visit.connection.sid, url, {
        preview: true,
        ...(entityID && { entityID }),
      }),
    )
    if (preview.ok) {
      const shown = previewed({ way: 'metadata-url', metadataURL: url }, preview.value)
      return showPage(c, <PreviewPage visit={visit} previewed={shown} />)
    }
    const page = (
      <MetadataURLPage visit={visit} url={url} entityID={entityID} problem={preview.problem} />
    )
    return showAgain(c, preview.problem, page)
  })

  routes.get('/fields', async (c) => {
    const visit = await openToConfigure(c)
    return showPage(c, <FieldsPage visit={visit} values={valuesOf(visit)} />)
  })

  routes.post('/fields', async (c) => {
    const visit = await openToConfigure(c)
    const form = await readUpload(c, CERTIFICATE_FORM_BYTES)
    if (!form) {
      const tooLarge = tooLargeCertificate().problem
      const page = <FieldsPage visit={visit} values={valuesOf(visit)} problem={tooLarge} />
      return showAgain(c, tooLarge, page)
    }
    const values: FieldValues = {
      entityID: form.text('entityID'),
      ssoRedirectURL: form.text('ssoRedirectURL'),
      ssoPostURL: form.text('ssoPostURL'),
      logoutRedirectURL: form.text('logoutRedirectURL'),
      certificate: shownAgain(form.text('certificate')),
    }
    const certificates = await readCertificateFields(form, { required: false })
    const shown = certificates.ok
      ? await previewChange(visit, {
          way: 'fields',
          fields: changedFields(visit, values),
          certificates: certificates.value,
          metadataURL: null,
        })
      : certificates
    if (shown.ok) return showPage(c, <PreviewPage visit={visit} previewed={shown.value} />)
    return showAgain(
      c,
      shown.problem,
      <FieldsPage visit={visit} values={values} problem={shown.problem} />,
    )
  })

  routes.post('/save', async (c) => {
    const visit = await openToConfigure(c)
    const form = await readForm(c, CHANGE_FORM_BYTES)
    return saveChange(c, visit, readChange(form.text('change')), {
      version: form.number('version'),
      keepURL: form.flag('keep'),
    })
  })
}

/** Saves what a preview has shown, or shows the preview again where that is not how things are any more. */
async function saveChange(
  c: AppContext,
  visit: Visit,
  change: Change,
  { version, keepURL }: { version: number; keepURL: boolean },
): Promise<Response> {
  const { request, connection, base } = visit
  const edit = await editOf(change)
  const saved = edit.ok
    ? takeOrShow(
        await editConnection(request, connection.sid, edit.value, {
          ifVersion: version,
          ...(change.way.startsWith('metadata') && { action: 'connection.import_metadata' }),
        }),
      )
    : edit
  if (!saved.ok) {
    const again = await previewChange(visit, change)
    // Nothing that a preview can be made of was ever shown by one.
    const shown = again.ok ? again.value : emptyPreview(visit, change)
    return showAgain(
      c,
      saved.problem,
      <PreviewPage visit={visit} previewed={shown} problem={saved.problem} />,
    )
  }
  const { after, newCertificates } = saved.value
  const isNothing = Object.keys(after).length + newCertificates.length === 0
  if (change.metadataURL !== null && keepURL) {
    const kept = await setMetadataSource(request, connection.sid, { url: change.metadataURL })
    if (!kept.ok && isRefusal(kept.problem)) takeOrShow(kept)
    return kept.ok
      ? seeOther(c, base, 'metadata_url_saved')
      : seeOther(c, `${base}/metadata-source`, 'saved')
  }
  const page = change.way === 'certificates' ? `${base}/certificates` : base
  return seeOther(c, page, isNothing ? 'nothing_changed' : 'saved')
}

function emptyPreview({ connection }: Visit, { way }: Change): Previewed {
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
      reachability: [],
      warnings: ['nothing_changes'],
    },
  )
}

function valuesOf({ connection }: Visit): FieldValues {
  return {
    entityID: connection.entityID,
    ssoRedirectURL: connection.ssoRedirectURL ?? '',
    ssoPostURL: connection.ssoPostURL ?? '',
    logoutRedirectURL: connection.logoutRedirectURL ?? '',
    certificate: '',
  }
}

/** Only what was changed: an identifier that nobody has entered yet is no mistake of this form. */
function changedFields({ connection }: Visit, values: FieldValues): Change['fields'] {
  const fields: Change['fields'] = {}
  if (values.entityID !== connection.entityID) fields.entityID = values.entityID
  for (const field of ['ssoRedirectURL', 'ssoPostURL', 'logoutRedirectURL'] as const) {
    const value = values[field] || null
    if (value !== connection[field]) fields[field] = value
  }
  return fields
}

/** The certificates of a form, pasted or as a file (PEM or DER), as DER in base64. */
export async function readCertificateFields(
  form: Form,
  { required }: { required: boolean },
): Promise<Outcome<string[]>> {
  const file = await form.file('certificateFile')
  if (file && file.length > CERTIFICATE_FORM_BYTES / 2) return tooLargeCertificate()
  const text = file ? textOf(file) : form.text('certificate')
  if (text === '')
    return required
      ? problem('input', 'a certificate, as text or as a file', '', 'certificate')
      : done([])
  const read = await readCertificates(text)
  return read.ok ? done(read.value.map(({ base64 }) => base64)) : read
}

/** DER begins with a SEQUENCE, which no text does. */
function textOf(file: Uint8Array): string {
  return file[0] === 0x30 ? encodeBase64(file) : new TextDecoder().decode(file)
}

export function tooLargeCertificate() {
  return problem('certificate_malformed', 'at most 64 KiB', 'more', 'certificate')
}
