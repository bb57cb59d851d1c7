// The routes of apps: registered, shown, edited, given another secret, disabled.
import type { Hono } from 'hono'
import {
  createClient,
  disableClient,
  editClient,
  enableClient,
  getClient,
  listClients,
  rotateClientSecret,
} from '../../clients/operations.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { readListPage } from '../kit/lists.ts'
import { fieldsOfValues, NEW_APP, readValues, valuesOf } from './app-form.tsx'
import { AppPage, AppsPage, EditAppPage, NewAppPage, pathOf, SecretPage } from './app-pages.tsx'
import { openConsole } from './frame.tsx'

async function openApp(c: AppContext) {
  const admin = await openConsole(c)
  return { admin, app: unwrap(await getClient(admin.context, c.req.param('client') ?? '')) }
}

export function appRoutes(routes: Hono<App>): void {
  routes.get('/apps', async (c) => {
    const admin = await openConsole(c)
    const page = readListPage(c)
    const { items, next } = unwrap(await listClients(admin.context, page.request))
    return showPage(c, <AppsPage admin={admin} apps={items} links={page.links(next)} />)
  })

  routes.get('/apps/new', async (c) => {
    const admin = await openConsole(c)
    return showPage(c, <NewAppPage admin={admin} values={NEW_APP} />)
  })

  routes.post('/apps', async (c) => {
    const admin = await openConsole(c)
    const values = readValues(await readForm(c))
    const made = unwrapOrShow(await createClient(admin.context, fieldsOfValues(values)))
    // The secret is in this answer alone: there is no page to come back to.
    if (made.ok)
      return showPage(
        c,
        <SecretPage admin={admin} app={made.value.client} secret={made.value.secret} />,
      )
    const { error: problem } = made
    return showAgain(c, problem, <NewAppPage admin={admin} values={values} problem={problem} />)
  })

  routes.get('/apps/:client', async (c) => {
    const opened = await openApp(c)
    return showPage(c, <AppPage {...opened} keepHours="24" />)
  })

  routes.get('/apps/:client/edit', async (c) => {
    const opened = await openApp(c)
    return showPage(c, <EditAppPage {...opened} values={valuesOf(opened.app)} />)
  })

  routes.post('/apps/:client', async (c) => {
    const { admin, app } = await openApp(c)
    const form = await readForm(c)
    const values = readValues(form)
    const edit = fieldsOfValues(values)
    const edited = unwrapOrShow(
      await editClient(admin.context, app.sid, edit, form.number('version')),
    )
    if (edited.ok) return seeOther(c, pathOf(app), 'saved')
    const { error: problem } = edited
    const isLost = problem.code === 'revision_changed'
    return showAgain(
      c,
      problem,
      <EditAppPage
        admin={admin}
        app={app}
        values={isLost ? valuesOf(app) : values}
        lost={isLost ? values : undefined}
        problem={problem}
      />,
    )
  })

  secretRoutes(routes)
}

function secretRoutes(routes: Hono<App>): void {
  routes.post('/apps/:client/secret', async (c) => {
    const { admin, app } = await openApp(c)
    const form = await readForm(c)
    const keepPreviousHours = form.number('keepPreviousHours')
    const made = unwrapOrShow(
      await rotateClientSecret(admin.context, app.sid, { keepPreviousHours }),
    )
    if (made.ok)
      return showPage(
        c,
        <SecretPage admin={admin} app={made.value.client} secret={made.value.secret} />,
      )
    const { error: problem } = made
    const page = (
      <AppPage
        admin={admin}
        app={app}
        keepHours={form.text('keepPreviousHours')}
        problem={problem}
      />
    )
    return showAgain(c, problem, page)
  })

  routes.post('/apps/:client/disable', async (c) => {
    const { admin, app } = await openApp(c)
    unwrap(await disableClient(admin.context, app.sid))
    return seeOther(c, pathOf(app), 'app_disabled')
  })

  routes.post('/apps/:client/enable', async (c) => {
    const { admin, app } = await openApp(c)
    unwrap(await enableClient(admin.context, app.sid))
    return seeOther(c, pathOf(app), 'app_enabled')
  })
}
