// The route that uploads the IdP's user list and then updates the findings.
import type { Hono } from 'hono'
import { previewUpload, refreshFindings, type ListColumn } from '../../../rollout/operations.ts'
import { type Problem, problem } from '../../../problem.ts'
import { ok, type Result } from '../../../result.ts'
import type { App } from '../../../platform/http/http.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, showPage, unwrap } from '../../kit/admin-context.tsx'
import { readStreamed, type Form } from '../../kit/form.ts'
import { ContinuePage, runChunks } from './chunks.tsx'
import { ColumnPage, FileAgainPage, type ColumnChoice } from './column-page.tsx'
import { DifferencePage } from './difference-page.tsx'
import { openRolloutContext } from './rollout-context.ts'
import { showRefused } from './show-rollout.tsx'
import {
  FILE_LIMIT,
  goOnUploading,
  MOST_ADDRESSES,
  openUpload,
  readUpload,
  toUpload,
  UPLOAD_BYTES,
  uploadFields,
  type Upload,
} from './upload.ts'

export function idpUsersRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.post('/rollouts/:rollout/idp-users', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'test')
    const file = openUpload()
    const form = await readStreamed(c, UPLOAD_BYTES, 'file', file.push)
    const sent = await readSent(form, file)
    if ('choices' in sent) return showPage(c, <ColumnPage at={at} {...sent} />)
    if ('columns' in sent) return showPage(c, <FileAgainPage at={at} {...sent} />)
    const { begun } = sent
    const upload = begun.ok ? await goOnUploading(at, begun.value) : begun
    if (begun.ok && !upload.ok && upload.error.code === 'idp_list_excludes') {
      const { name, total } = begun.value
      const difference = unwrap(await previewUpload(at.page.context, at.page.connection.sid, name))
      const whole = { ...begun.value, rest: [], seen: total, excludes: difference.out }
      return showPage(c, <DifferencePage at={at} upload={whole} difference={difference} />)
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

type Sent =
  | { begun: Result<Upload, Problem> }
  | { choices: ColumnChoice[]; suggested: number | undefined }
  | { columns: ListColumn[]; suggested: number | undefined }

/**
 * An upload. Or what a person has to see before it: the columns to choose from, and cells that are
 * left out. A page carries the addresses of its choices; of too many, it asks for the file again.
 * `form` is undefined where it is too large.
 */
async function readSent(
  form: Form | undefined,
  file: ReturnType<typeof openUpload>,
): Promise<Sent> {
  if (!form) return { begun: problem('input', FILE_LIMIT, 'a larger one', 'file') }
  if (form.text('upload') !== '') return { begun: readUpload(form) }
  const read = await file.end()
  if (!read.ok) return { begun: read }
  const { columns: found, take } = read.value
  const suggested = read.value.suggested?.index
  const chosen = found.find(({ index }) => form.text('column') === `${index}`)
  const columns = chosen ? [chosen] : found
  const carried = columns.reduce((sum, { filled }) => sum + filled, 0)
  if (columns.length > 1 && carried > MOST_ADDRESSES) return { columns, suggested }
  const choices: ColumnChoice[] = []
  for (const column of columns) choices.push({ column, ...toUpload(await take(column)) })
  const [only, ...others] = choices
  return others.length === 0 && only!.leftOut.length === 0
    ? { begun: ok(only!.upload) }
    : { choices, suggested }
}
