// Routes of a tenant's accounts, in the console.
import type { Hono } from 'hono'
import {
  createAccount,
  getAccount,
  listAccounts,
  listAccountUsers,
  putAccount,
} from '../../../directory/account-operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { readListPage } from '../../kit/lists.ts'
import { AccountPage, AccountsPage } from './accounts-pages.tsx'
import type { OpenDirectory } from './directory-context.ts'

export function accountRoutes(routes: Hono<App>, open: OpenDirectory): void {
  const openList = async (c: AppContext) => {
    const at = await open(c)
    const page = readListPage(c)
    const { items, next } = unwrap(await listAccounts(at.context, at.tenant.sid, page.request))
    return { at, accounts: items, links: page.links(next) }
  }
  const openAccount = async (c: AppContext) => {
    const at = await open(c)
    const page = readListPage(c)
    const { context, tenant } = at
    const name = c.req.param('account') ?? ''
    const [account, listed] = await Promise.all([
      getAccount(context, tenant.sid, name),
      listAccountUsers(context, tenant.sid, name, page.request),
    ])
    const found = unwrap(account)
    const members = unwrap(listed)
    return { at, account: found, members: members.items, links: page.links(members.next) }
  }

  routes.get('/accounts', async (c) => showPage(c, <AccountsPage {...await openList(c)} />))

  routes.post('/accounts', async (c) => {
    const { context, tenant, base } = await open(c)
    const form = await readForm(c)
    const values = { name: form.text('name'), externalID: form.text('externalID') }
    const made = unwrapOrShow(await createAccount(context, tenant.sid, values))
    if (made.ok) return seeOther(c, `${base}/accounts/${made.value.sid}`, 'saved')
    const page = <AccountsPage {...await openList(c)} values={values} problem={made.error} />
    return showAgain(c, made.error, page)
  })

  routes.get('/accounts/:account', async (c) =>
    showPage(c, <AccountPage {...await openAccount(c)} />),
  )

  routes.post('/accounts/:account', async (c) => {
    // Reads the account first, so that this route never creates one.
    const at = await openAccount(c)
    const { context, tenant, base } = at.at
    const name = (await readForm(c)).text('name')
    const put = unwrapOrShow(await putAccount(context, tenant.sid, at.account.sid, { name }))
    if (put.ok) return seeOther(c, `${base}/accounts/${put.value.sid}`, 'saved')
    const page = <AccountPage {...at} name={name} problem={put.error} />
    return showAgain(c, put.error, page)
  })
}
