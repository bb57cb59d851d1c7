// The routes of a tenant's users, in the console.
import type { Hono } from 'hono'
import { getConnection } from '../../../connections/operations.ts'
import { listMemberships, setMemberships } from '../../../directory/account-operations.ts'
import { addUser, getUser, listUsers, searchUsers } from '../../../directory/operations.ts'
import { decideSignIns } from '../../../directory/sign-in/operations.ts'
import type { User } from '../../../directory/store.ts'
import { editUser } from '../../../directory/user-operations.ts'
import { problem, type Outcome } from '../../../result.ts'
import type { Lifetime } from '../../../sessions/lifetime.ts'
import {
  getSession,
  listSessions,
  revokeSession,
  revokeSessions,
} from '../../../sessions/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { readForm, type Form } from '../../kit/form.ts'
import { readListPage } from '../../kit/lists.ts'
import type { DirectoryVisit, OpenDirectory } from './directory-visit.ts'
import { UserPage, UsersPage, type UserFacts } from './users-pages.tsx'

export function userRoutes(routes: Hono<App>, open: OpenDirectory): void {
  const openUser = async (c: AppContext) => {
    const visit = await open(c)
    const user = take(await getUser(visit.request, c.req.param('user') ?? ''))
    if (user.tenantSid !== visit.tenant.sid) throw new Refused('not_there')
    return { visit, user, path: `${visit.base}/users/${user.sid}` }
  }

  const openList = async (c: AppContext) => {
    const visit = await open(c)
    const { request, tenant } = visit
    const page = readListPage(c)
    const search = (c.req.query('search') ?? '').trim().slice(0, 320)
    const found = search ? await searchUsers(request, tenant.sid, search) : undefined
    const { items, next } = found
      ? { items: take(found), next: null }
      : take(await listUsers(request, tenant.sid, page.request))
    const other = search && items.length === 0 ? await getUser(request, search) : undefined
    const elsewhere = other?.ok ? other.value : undefined
    return { visit, users: items, search, elsewhere, links: page.links(next) }
  }

  routes.get('/users', async (c) => showPage(c, <UsersPage {...await openList(c)} />))

  routes.post('/users', async (c) => {
    const at = await openList(c)
    const { request, tenant, base } = at.visit
    const values = readValues(await readForm(c))
    const added = takeOrShow(await addUser(request, tenant.sid, values))
    if (added.ok) return seeOther(c, `${base}/users/${added.value.sid}`, 'saved')
    const page = <UsersPage {...at} values={values} problem={added.problem} />
    return showAgain(c, added.problem, page)
  })

  routes.get('/users/:user', async (c) => {
    const { visit, user } = await openUser(c)
    return showPage(
      c,
      <UserPage
        visit={visit}
        user={user}
        facts={await factsOf(visit, user, c.var.config.session)}
      />,
    )
  })

  routes.post('/users/:user', async (c) => {
    const { visit, user, path } = await openUser(c)
    const values = readValues(await readForm(c))
    const edited = takeOrShow(await editUser(visit.request, user.sid, values))
    if (edited.ok) return seeOther(c, path, 'saved')
    const facts = await factsOf(visit, user, c.var.config.session)
    return showAgain(
      c,
      edited.problem,
      <UserPage visit={visit} user={user} facts={facts} values={values} problem={edited.problem} />,
    )
  })

  routes.post('/users/:user/suspension', async (c) => {
    const { visit, user, path } = await openUser(c)
    const suspended = (await readForm(c)).flag('suspended')
    take(await editUser(visit.request, user.sid, { suspended }))
    return seeOther(c, path, suspended ? 'user_suspended' : 'saved')
  })

  routes.post('/users/:user/sessions/revoke', async (c) => {
    const { visit, user, path } = await openUser(c)
    take(await revokeSessions(visit.request, { userSid: user.sid }))
    return seeOther(c, `${path}#sessions`, 'sessions_ended')
  })

  routes.post('/users/:user/sessions/:session/revoke', async (c) => {
    const { visit, user, path } = await openUser(c)
    const { session: lifetime } = c.var.config
    const found = take(await getSession(visit.request, c.req.param('session'), lifetime))
    if (found.userSid !== user.sid) throw new Refused('not_there')
    take(await revokeSession(visit.request, found.sid, lifetime))
    return seeOther(c, `${path}#sessions`, 'sessions_ended')
  })

  routes.post('/users/:user/accounts', async (c) => {
    const { visit, user, path } = await openUser(c)
    const entered = (await readForm(c)).text('accounts')
    const set = asSlip(await setMemberships(visit.request, user.sid, entered.split(/\s*\n\s*/)))
    if (set.ok) return seeOther(c, `${path}#belongs`, 'saved')
    const facts = await factsOf(visit, user, c.var.config.session)
    return showAgain(
      c,
      set.problem,
      <UserPage
        visit={visit}
        user={user}
        facts={facts}
        accountNames={entered}
        problem={set.problem}
      />,
    )
  })
}

/** An account that is not there is a slip of the field, not of the address. */
function asSlip<T>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.ok || outcome.problem.code !== 'not_there') return takeOrShow(outcome)
  const { received } = outcome.problem
  return problem('input', `accounts that are there, and not ${received}`, received, 'accounts')
}

function readValues(form: Form) {
  return {
    email: form.text('email'),
    firstName: form.text('firstName'),
    lastName: form.text('lastName'),
    externalID: form.text('externalID'),
  }
}

async function factsOf(
  { request }: DirectoryVisit,
  user: User,
  lifetime: Lifetime,
): Promise<UserFacts> {
  const { connectionSid } = user
  const [accounts, connection, answers, sessions] = await Promise.all([
    listMemberships(request, user.sid),
    connectionSid === null ? undefined : getConnection(request, connectionSid),
    decideSignIns(request, [user.email]),
    listSessions(request, { userSid: user.sid }, { limit: 10, after: null }, lifetime),
  ])
  return {
    accounts: take(accounts),
    connection: connection?.ok ? connection.value : undefined,
    answer: take(answers)[0]!,
    sessions: take(sessions).items,
  }
}
