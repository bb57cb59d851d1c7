// Routes of erasure in the console: what it will do, the confirmation, the record.
import type { Hono } from 'hono'
import { getConnection } from '../../connections/operations.ts'
import { getTenant } from '../../directory/operations.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { streamLines } from '../../platform/http/stream-lines.ts'
import { Refused } from '../../platform/http/refused.ts'
import { deleteThing, previewDeletion, type DeletionKind } from '../../privacy/deletions.ts'
import { exportTenant, exportUser } from '../../privacy/export-operations.ts'
import { getErasure, listErasures } from '../../privacy/operations.ts'
import { eraseUser, previewUserErasure } from '../../privacy/people.ts'
import { retentionOf } from '../../privacy/retention.ts'
import type { Problem } from '../../problem.ts'
import { getRollout } from '../../rollout/operations.ts'
import type { PageLink } from '../kit/console-frame.tsx'
import type { AdminContext } from '../kit/admin-context.tsx'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { readListPage } from '../kit/lists.ts'
import { APPS } from './app-pages.tsx'
import { openConsole } from './frame.tsx'
import {
  AskErasurePage,
  ErasurePage,
  PRIVACY,
  PrivacyPage,
  type AskProps,
} from './erasure-pages.tsx'

const THINGS: ReadonlySet<string> = new Set([
  'tenant',
  'connection',
  'account',
  'client',
  'rollout',
])

export function erasureRoutes(routes: Hono<App>): void {
  routes.get('/privacy', async (c) => {
    const admin = await openConsole(c)
    const page = readListPage(c)
    const { items, next } = unwrap(await listErasures(admin.context, page.request))
    const retention = retentionOf(c.var.config)
    const props = { admin, erasures: items, links: page.links(next), retention }
    return showPage(c, <PrivacyPage {...props} />)
  })

  routes.get('/privacy/:erasure', async (c) => {
    const admin = await openConsole(c)
    const erasure = unwrap(await getErasure(admin.context, c.req.param('erasure')))
    return showPage(c, <ErasurePage admin={admin} erasure={erasure} />)
  })

  routes.get('/privacy/export/user/:user', async (c) => {
    const { context } = await openConsole(c)
    const name = c.req.param('user')
    return download(`user-${name}`, unwrap(await exportUser(context, name)))
  })

  routes.get('/privacy/export/tenant/:tenant', async (c) => {
    const { context } = await openConsole(c)
    const sid = c.req.param('tenant')
    return download(`tenant-${sid}`, unwrap(await exportTenant(context, sid, null, null)))
  })

  routes.get('/erase/user/:user', async (c) =>
    showPage(c, <AskErasurePage {...await askUser(c, await openConsole(c))} />),
  )

  routes.post('/erase/user/:user', async (c) => {
    const admin = await openConsole(c)
    const confirm = (await readForm(c)).text('confirm')
    const user = c.req.param('user')
    const erased = unwrapOrShow(await eraseUser(admin.context, user, { confirm }))
    if (erased.ok) return seeOther(c, `${PRIVACY.href}/${erased.value.sid}`, 'erased')
    return askAgain(c, await askUser(c, admin), confirm, erased.error)
  })

  routes.get('/erase/:kind/:sid', async (c) =>
    showPage(c, <AskErasurePage {...await askThing(c, await openConsole(c))} />),
  )

  routes.post('/erase/:kind/:sid', async (c) => {
    const admin = await openConsole(c)
    const form = await readForm(c)
    const confirm = form.text('confirm')
    const input = { confirm, withoutExport: form.flag('withoutExport') }
    const erased = unwrapOrShow(await deleteThing(admin.context, namedThing(c), input))
    if (erased.ok) return seeOther(c, `${PRIVACY.href}/${erased.value.sid}`, 'erased')
    return askAgain(c, await askThing(c, admin), confirm, erased.error)
  })
}

function download(name: string, lines: AsyncIterable<string>): Response {
  const disposition = `attachment; filename="${name.replaceAll(/[^\w@.-]/g, '')}.ndjson"`
  return streamLines('application/x-ndjson', lines, { 'content-disposition': disposition })
}

function askAgain(c: AppContext, props: AskProps, entered: string, problem: Problem) {
  return showAgain(c, problem, <AskErasurePage {...props} entered={entered} problem={problem} />)
}

async function askUser(c: AppContext, admin: AdminContext): Promise<AskProps> {
  const { context } = admin
  const asked = c.req.param('user') ?? ''
  const { user, rows, provisionedBy } = unwrap(await previewUserErasure(context, asked))
  const path = `/console/tenants/${user.tenantSid}/users`
  return {
    admin,
    kind: 'user',
    above: [
      { name: 'Users', href: path },
      { name: user.email, href: `${path}/${user.sid}` },
    ],
    confirm: user.email,
    action: `/console/erase/user/${user.sid}`,
    rows,
    effects: null,
    provisioned: provisionedBy.length > 0,
    exportHref: `${PRIVACY.href}/export/user/${user.sid}`,
    refusal: null,
  }
}

async function askThing(c: AppContext, admin: AdminContext): Promise<AskProps> {
  const named = namedThing(c)
  const preview = unwrap(await previewDeletion(admin.context, named))
  const { kind, sid, name, rows, effects, refusal } = preview
  const query = named.tenantSid ? `?tenant=${named.tenantSid}` : ''
  return {
    admin,
    kind,
    above: await aboveOf(admin, named),
    confirm: name,
    action: `/console/erase/${kind}/${sid}${query}`,
    rows,
    effects,
    provisioned: false,
    exportHref: kind === 'tenant' ? `${PRIVACY.href}/export/tenant/${sid}` : null,
    refusal,
  }
}

/** Refuses `not_found` for another kind. */
function namedThing(c: AppContext): { kind: DeletionKind; name: string; tenantSid?: string } {
  const kind = c.req.param('kind') ?? ''
  if (!THINGS.has(kind)) throw new Refused('not_found')
  const tenantSid = c.req.query('tenant')
  const name = c.req.param('sid') ?? ''
  return { kind: kind as DeletionKind, name, ...(tenantSid !== undefined && { tenantSid }) }
}

async function aboveOf(
  { context }: AdminContext,
  { kind, name, tenantSid = '' }: ReturnType<typeof namedThing>,
): Promise<PageLink[]> {
  if (kind === 'client') return [APPS, { name: 'App', href: `${APPS.href}/${name}` }]
  if (kind === 'connection' || kind === 'rollout') {
    const connectionSid =
      kind === 'connection' ? name : unwrap(await getRollout(context, name)).connectionSid
    const connection = unwrap(await getConnection(context, connectionSid))
    const href = `/console/connections/${connection.sid}`
    const above = [{ name: connection.name, href }]
    return kind === 'connection'
      ? above
      : [...above, { name: 'Rollout', href: `${href}/rollouts/${name}` }]
  }
  const tenant = unwrap(await getTenant(context, kind === 'tenant' ? name : tenantSid))
  const href = `/console/tenants/${tenant.sid}`
  const above = [{ name: tenant.name, href }]
  return kind === 'tenant' ? above : [...above, { name: 'Accounts', href: `${href}/accounts` }]
}
