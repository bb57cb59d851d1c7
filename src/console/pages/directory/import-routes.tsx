// Routes of user imports, in the console.
import type { Hono } from 'hono'
import { decodeBase64 } from '../../../base64.ts'
import { IMPORT_FIELDS, type NamedColumns } from '../../../directory/import/columns.ts'
import { renderTemplate } from '../../../directory/import/csv-files.ts'
import { listImports } from '../../../directory/import/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { downloadCSV } from '../../../platform/http/download-csv.ts'
import { showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { FORM_BYTES, readUpload, type Form } from '../../kit/form.ts'
import { readListPage } from '../../kit/lists.ts'
import type { OpenDirectory } from './directory-context.ts'
import { CARRIED_BYTES, importFile } from './import-file.ts'
import { ReportPage } from './import-report.tsx'
import { ImportsPage } from './imports-pages.tsx'

export function importRoutes(routes: Hono<App>, open: OpenDirectory): void {
  const openList = async (c: AppContext) => {
    const at = await open(c)
    const page = readListPage(c)
    const { items, next } = unwrap(await listImports(at.context, at.tenant.sid, page.request))
    return { at, imports: items, links: page.links(next) }
  }

  routes.get('/imports', async (c) => showPage(c, <ImportsPage {...await openList(c)} />))

  routes.get('/imports/template.csv', async (c) => {
    await open(c)
    return downloadCSV('users.csv', [renderTemplate()])
  })

  routes.post('/imports', async (c) => {
    const at = await open(c)
    const form = await readUpload(c, CARRIED_BYTES + FORM_BYTES)
    const createAccounts = form?.flag('createAccounts') ?? false
    // The page of a check carries the file.
    const file = form?.file('file')
    const bytes = file ?? decodeBase64(form?.text('content') ?? '')
    const name = (file ? form?.fileName('file') : form?.text('name').slice(0, 200)) ?? ''
    const imported = unwrapOrShow(
      await importFile(at.context, at.tenant.sid, {
        bytes,
        name,
        createAccounts,
        isTrial: form?.flag('trial') ?? false,
        named: form?.flag('chosen') ? namedOf(form) : undefined,
      }),
    )
    // Only this response lists refused rows; importing the file again lists them again.
    if (imported.ok)
      return showPage(c, <ReportPage {...{ at, report: imported.value, bytes, createAccounts }} />)
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

/** By number; nothing: the field is not imported. */
function namedOf(form: Form): NamedColumns {
  return Object.fromEntries(
    IMPORT_FIELDS.map((field) => [field, form.text(`column_${field}`)] as const),
  )
}
