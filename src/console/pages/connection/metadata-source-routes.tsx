// The metadata URL of a connection: set, read again, taken over, removed.
import type { Hono } from 'hono'
import {
  getMetadataSource,
  refreshMetadata,
  removeMetadataSource,
  setMetadataSource,
} from '../../../connections/metadata/metadata-source-operations.ts'
import type { ConnectionFields } from '../../../connections/fields.ts'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { readForm, shownAgain } from '../../kit/form.ts'
import { previewChange } from './change.ts'
import { MetadataSourcePage } from './metadata-source-page.tsx'
import { PreviewPage } from './preview-page.tsx'
import { requireMay, type OpenVisit, type Visit } from './visit.ts'

export function metadataSourceRoutes(routes: Hono<App>, open: OpenVisit): void {
  const sourceOf = async ({ request, connection }: Visit) =>
    take(await getMetadataSource(request, connection.sid))

  routes.get('/metadata-source', async (c) => {
    const visit = await open(c)
    return showPage(c, <MetadataSourcePage visit={visit} source={await sourceOf(visit)} />)
  })

  routes.post('/metadata-source', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    const form = await readForm(c)
    const values = { url: form.text('url'), signingCertificate: form.text('signingCertificate') }
    const set = takeOrShow(
      await setMetadataSource(visit.request, visit.connection.sid, {
        url: values.url,
        signingCertificate: values.signingCertificate || null,
      }),
    )
    if (set.ok) return seeOther(c, `${visit.base}/metadata-source`, 'metadata_url_saved')
    const source = await sourceOf(visit)
    return showAgain(
      c,
      set.problem,
      <MetadataSourcePage
        visit={visit}
        source={source}
        values={{ ...values, signingCertificate: shownAgain(values.signingCertificate) }}
        problem={set.problem}
      />,
    )
  })

  routes.post('/metadata-source/refresh', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    // A failed reading is a state of the source, which its page shows.
    const read = takeOrShow(await refreshMetadata(visit.request, visit.connection.sid))
    if (read.ok) return seeOther(c, `${visit.base}/metadata-source`, 'metadata_read')
    const source = await sourceOf(visit)
    return showAgain(
      c,
      read.problem,
      <MetadataSourcePage visit={visit} source={source} problem={read.problem} />,
    )
  })

  // What waits is shown as any other change, and saved by the same button.
  routes.post('/metadata-source/preview', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    const source = await sourceOf(visit)
    if (!source?.difference) throw new Refused('not_there')
    const previewed = takeOrShow(
      await previewChange(visit, {
        way: 'metadata-source',
        fields: source.difference.after as Partial<ConnectionFields>,
        certificates: [],
        metadataURL: null,
      }),
    )
    if (previewed.ok) return showPage(c, <PreviewPage visit={visit} previewed={previewed.value} />)
    return showAgain(
      c,
      previewed.problem,
      <MetadataSourcePage visit={visit} source={source} problem={previewed.problem} />,
    )
  })

  routes.post('/metadata-source/remove', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    take(await removeMetadataSource(visit.request, visit.connection.sid))
    return seeOther(c, visit.base, 'metadata_url_removed')
  })
}
