// The route that uploads the IdP's user list and then updates the findings.
import type { Hono } from 'hono'
import { previewUpload, refreshFindings } from '../../../rollout/operations.ts'
import type { App } from '../../../platform/http/http.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, showPage, unwrap } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { ContinuePage, runChunks } from './chunks.tsx'
import { DifferencePage } from './difference-page.tsx'
import { openRolloutContext } from './rollout-context.ts'
import { showRefused } from './show-rollout.tsx'
import { beginUpload, goOnUploading, readUpload, UPLOAD_BYTES, uploadFields } from './upload.ts'

export function idpUsersRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.post('/rollouts/:rollout/idp-users', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'test')
    const form = await readForm(c, UPLOAD_BYTES)
    const begun = form.text('upload') === '' ? await beginUpload(form) : readUpload(form)
    const upload = begun.ok ? await goOnUploading(at, begun.value) : begun
    if (begun.ok && !upload.ok && upload.error.code === 'idp_list_excludes') {
      const { name, total } = begun.value
      const difference = unwrap(await previewUpload(at.page.context, at.page.connection.sid, name))
      const sent = { ...begun.value, rest: [], seen: total, excludes: difference.out }
      return showPage(c, <DifferencePage at={at} upload={sent} difference={difference} />)
    }
    if (!upload.ok) return showRefused(c, open, { step: 'review', problem: upload.error })
    if (upload.value) {
      const { seen, total } = upload.value
      return showPage(
        c,
        <ContinuePage
          at={at}
          title="Uploading IdP user list"
          action={`${at.path}/idp-users`}
          hidden={uploadFields(upload.value)}
          progress={{ seen, remaining: total - seen }}
          of="addresses"
        />,
      )
    }
    const { context } = at.page
    const refreshed = await runChunks(() => refreshFindings(context, at.rollout.sid))
    // Without a list there are no findings to update.
    if (!refreshed.ok || refreshed.value.done)
      return seeOther(c, `${at.path}#review`, 'idp_users_uploaded')
    return showPage(
      c,
      <ContinuePage
        at={at}
        title="Updating findings"
        action={`${at.path}/refresh`}
        progress={refreshed.value}
      />,
    )
  })
}
