// Operators: the list with its invitation, and one operator with role, ways to sign in and removal.
import type { Hono } from 'hono'
import {
  countOperatorKeys,
  editOperator,
  getOperator,
  listOperators,
  removeOperator,
  type Operator,
} from '../../access/operations.ts'
import type { Role } from '../../events/roles.ts'
import { inviteOperator } from '../../mail/invite-operator.ts'
import { openMailToCopy } from '../../mail/open-mail.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { readListPage } from '../kit/lists.ts'
import { openConsole } from './frame.tsx'
import { readOwnIdp } from './own-idp.tsx'
import {
  InvitedPage,
  OperatorPage,
  OperatorsPage,
  valuesOfOperator,
  type OperatorValues,
} from './operator-pages.tsx'

const PATH = '/console/operators'

const NEW: OperatorValues = { name: '', email: '', role: 'support', signsInBy: 'any' }

export function operatorRoutes(routes: Hono<App>): void {
  const openList = async (c: AppContext) => {
    const admin = await openConsole(c)
    const page = readListPage(c)
    const { items, next } = unwrap(await listOperators(admin.context, page.request))
    const own = await readOwnIdp(admin)
    return { admin, operators: items, links: page.links(next), own }
  }
  const open = async (c: AppContext) => {
    const admin = await openConsole(c)
    const operator = unwrap(await getOperator(admin.context, c.req.param('operator') ?? ''))
    return { admin, operator, keys: await countOperatorKeys(admin.context, operator) }
  }

  routes.get('/operators', async (c) =>
    showPage(c, <OperatorsPage {...await openList(c)} values={NEW} />),
  )

  routes.post('/operators', async (c) => {
    const list = await openList(c)
    const form = await readForm(c)
    const values = {
      ...NEW,
      name: form.text('name'),
      email: form.text('email'),
      role: form.text('role'),
    }
    const office = openMailToCopy(c.env, c.var.config)
    const invited = unwrapOrShow(
      await inviteOperator(list.admin.context, office, { ...values, role: values.role as Role }),
    )
    if (!invited.ok) {
      const { error } = invited
      return showAgain(c, error, <OperatorsPage {...list} values={values} problem={error} />)
    }
    const { url } = invited.value
    // Only this response has the link, so there is no redirect.
    return url === null
      ? seeOther(c, PATH, 'operator_invited')
      : showPage(c, <InvitedPage admin={list.admin} {...invited.value} url={url} />)
  })

  routes.get('/operators/:operator', async (c) => {
    const at = await open(c)
    return showPage(c, <OperatorPage {...at} values={valuesOfOperator(at.operator)} />)
  })

  routes.post('/operators/:operator', async (c) => {
    const at = await open(c)
    const form = await readForm(c)
    const values = {
      ...valuesOfOperator(at.operator),
      name: form.text('name'),
      role: form.text('role'),
      signsInBy: form.text('signsInBy') || at.operator.signsInBy,
    }
    const { name, role, signsInBy } = values
    const saved = unwrapOrShow(
      await editOperator(at.admin.context, at.operator.sid, {
        name,
        role: role as Role,
        signsInBy: signsInBy as Operator['signsInBy'],
      }),
    )
    if (saved.ok) return seeOther(c, PATH, 'operator_saved')
    const { error } = saved
    return showAgain(c, error, <OperatorPage {...at} values={values} problem={error} />)
  })

  routes.post('/operators/:operator/remove', async (c) => {
    const at = await open(c)
    const removed = unwrapOrShow(await removeOperator(at.admin.context, at.operator.sid))
    if (removed.ok) return seeOther(c, PATH, 'operator_removed')
    const { error } = removed
    const values = valuesOfOperator(at.operator)
    return showAgain(c, error, <OperatorPage {...at} values={values} problem={error} />)
  })
}
