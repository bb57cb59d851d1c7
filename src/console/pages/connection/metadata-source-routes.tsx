// The routes of a connection's metadata URL: set, read, apply a difference, remove.
import type { Hono } from 'hono'
import {
  getMetadataSource,
  refreshMetadata,
  removeMetadataSource,
  setMetadataSource,
} from '../../../connections/metadata/operations.ts'
import type { ConnectionFields } from '../../../connections/field.ts'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm, shownAgain } from '../../kit/form.ts'
import { previewChange } from '../shared/change.ts'
import { MetadataSourcePage } from './metadata-source-page.tsx'
import { PreviewPage } from '../shared/preview-page.tsx'
import {
  requireMay,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'

export function metadataSourceRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  const sourceOf = async ({ context, connection }: ConnectionContext) =>
    unwrap(await getMetadataSource(context, connection.sid))

  routes.get('/metadata-source', async (c) => {
    const at = await open(c)
    return showPage(c, <MetadataSourcePage at={at} source={await sourceOf(at)} />)
  })

  routes.post('/metadata-source', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const form = await readForm(c)
    const values = { url: form.text('url'), signingCertificate: form.text('signingCertificate') }
    const set = unwrapOrShow(
      await setMetadataSource(at.context, at.connection.sid, {
        url: values.url,
        signingCertificate: values.signingCertificate || null,
      }),
    )
    if (set.ok) return seeOther(c, `${at.base}/metadata-source`, 'metadata_url_saved')
    const source = await sourceOf(at)
    return showAgain(
      c,
      set.error,
      <MetadataSourcePage
        at={at}
        source={source}
        values={{ ...values, signingCertificate: shownAgain(values.signingCertificate) }}
        problem={set.error}
      />,
    )
  })

  routes.post('/metadata-source/refresh', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    // A failed reading is a state of the source, which its page shows.
    const read = unwrapOrShow(await refreshMetadata(at.context, at.connection.sid))
    if (read.ok) return seeOther(c, `${at.base}/metadata-source`, 'metadata_read')
    const source = await sourceOf(at)
    return showAgain(
      c,
      read.error,
      <MetadataSourcePage at={at} source={source} problem={read.error} />,
    )
  })

  // What waits is shown as any other change, and saved by the same button.
  routes.post('/metadata-source/preview', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const source = await sourceOf(at)
    if (!source?.difference) throw new Refused('not_there')
    const previewed = unwrapOrShow(
      await previewChange(at, {
        way: 'metadata-source',
        fields: source.difference.after as Partial<ConnectionFields>,
        certificates: [],
        metadataURL: null,
      }),
    )
    if (previewed.ok) return showPage(c, <PreviewPage at={at} previewed={previewed.value} />)
    return showAgain(
      c,
      previewed.error,
      <MetadataSourcePage at={at} source={source} problem={previewed.error} />,
    )
  })

  routes.post('/metadata-source/remove', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    unwrap(await removeMetadataSource(at.context, at.connection.sid))
    return seeOther(c, at.base, 'metadata_url_removed')
  })
}
