// Routes of user imports, in the console.
import type { Hono } from 'hono'
import { listImports } from '../../../directory/import/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { FORM_BYTES, readUpload } from '../../kit/form.ts'
import { readListPage } from '../../kit/lists.ts'
import type { OpenDirectory } from './directory-context.ts'
import { IMPORT_BYTES, importFile } from './import-file.ts'
import { ImportsPage, ReportPage } from './imports-pages.tsx'

export function importRoutes(routes: Hono<App>, open: OpenDirectory): void {
  const openList = async (c: AppContext) => {
    const at = await open(c)
    const page = readListPage(c)
    const { items, next } = unwrap(await listImports(at.context, at.tenant.sid, page.request))
    return { at, imports: items, links: page.links(next) }
  }

  routes.get('/imports', async (c) => showPage(c, <ImportsPage {...await openList(c)} />))

  routes.post('/imports', async (c) => {
    const at = await open(c)
    const form = await readUpload(c, IMPORT_BYTES + FORM_BYTES)
    const createAccounts = form?.flag('createAccounts') ?? false
    const imported = unwrapOrShow(
      await importFile(at.context, at.tenant.sid, {
        bytes: form?.file('file'),
        name: form?.fileName('file') ?? '',
        createAccounts,
        isTrial: form?.flag('trial') ?? false,
      }),
    )
    // Only this response lists refused rows; importing the file again lists them again.
    if (imported.ok) return showPage(c, <ReportPage at={at} report={imported.value} />)
    return showAgain(
      c,
      imported.error,
      <ImportsPage
        {...await openList(c)}
        createAccounts={createAccounts}
        problem={imported.error}
      />,
    )
  })
}
