// Routes of a tenant's users, in the console.
import type { Hono } from 'hono'
import { getConnection } from '../../../connections/operations.ts'
import { listMemberships, setMemberships } from '../../../directory/account-operations.ts'
import {
  addException,
  endException,
  getException,
} from '../../../directory/exceptions/operations.ts'
import { countAddressClaims } from '../../../directory/claims/operations.ts'
import { addUser, getUser } from '../../../directory/operations.ts'
import type { User } from '../../../directory/store/users.ts'
import { listUsers } from '../../../directory/words/operations.ts'
import { editUser } from '../../../directory/user-operations.ts'
import { DAY } from '../../../durations.ts'
import { listUserNameIDs } from '../../../login/name-ids/operations.ts'
import { explainUser } from '../../../login/sign-in-state/operations.ts'
import { type Problem, problem } from '../../../problem.ts'
import type { Result } from '../../../result.ts'
import type { Lifetime } from '../../../sessions/lifetime.ts'
import {
  getSession,
  listSessions,
  revokeSession,
  revokeSessions,
} from '../../../sessions/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import {
  seeOther,
  showAgain,
  showList,
  showPage,
  unwrap,
  unwrapOrShow,
} from '../../kit/admin-context.tsx'
import { readForm, type Form } from '../../kit/form.ts'
import { readListPage, rowsOf } from '../../kit/lists.ts'
import type { DirectoryContext, OpenDirectory } from './directory-context.ts'
import { UserPage, type UserFacts } from './user-page.tsx'
import { searchOf, USER_FILTERS } from '../shared/user-filters.ts'
import { UsersPage } from './users-page.tsx'

type OpenUser = (c: AppContext) => Promise<{ at: DirectoryContext; user: User; path: string }>

export function userRoutes(routes: Hono<App>, open: OpenDirectory): void {
  const openUser: OpenUser = async (c) => {
    const at = await open(c)
    const user = unwrap(await getUser(at.context, c.req.param('user') ?? ''))
    if (user.tenantSid !== at.tenant.sid) throw new Refused('not_there')
    return { at, user, path: `${at.base}/users/${user.sid}` }
  }

  const openList = async (c: AppContext) => {
    const at = await open(c)
    const { context, tenant } = at
    const list = readListPage(c, USER_FILTERS)
    const found = await rowsOf(list, async () =>
      unwrap(await listUsers(context, tenant.sid, list.request, searchOf(list.values))),
    )
    const { search = '' } = list.values
    const other = search && found.items.length === 0 ? await getUser(context, search) : undefined
    const elsewhere = other?.ok ? other.value : undefined
    const claims = await countAddressClaims(context, tenant)
    return { at, list, found, elsewhere, claims, links: list.links(found.next) }
  }

  routes.get('/users', async (c) => {
    const page = await openList(c)
    return showList(c, page.list, <UsersPage {...page} />)
  })

  routes.post('/users', async (c) => {
    const at = await openList(c)
    const { context, tenant, base } = at.at
    const values = readValues(await readForm(c))
    const added = unwrapOrShow(await addUser(context, tenant.sid, values))
    if (added.ok) return seeOther(c, `${base}/users/${added.value.sid}`, 'saved')
    const page = <UsersPage {...at} values={values} problem={added.error} />
    return showAgain(c, added.error, page)
  })

  routes.get('/users/:user', async (c) => {
    const { at, user } = await openUser(c)
    return showPage(
      c,
      <UserPage at={at} user={user} facts={await factsOf(at, user, c.var.config.session)} />,
    )
  })

  routes.post('/users/:user', async (c) => {
    const { at, user, path } = await openUser(c)
    const values = readValues(await readForm(c))
    const edited = unwrapOrShow(await editUser(at.context, user.sid, values))
    if (edited.ok) return seeOther(c, path, 'saved')
    const facts = await factsOf(at, user, c.var.config.session)
    return showAgain(
      c,
      edited.error,
      <UserPage at={at} user={user} facts={facts} values={values} problem={edited.error} />,
    )
  })

  userActionRoutes(routes, openUser)
}

/** Routes that change one thing about a user: suspension, sessions, accounts. */
function userActionRoutes(routes: Hono<App>, openUser: OpenUser): void {
  routes.post('/users/:user/suspension', async (c) => {
    const { at, user, path } = await openUser(c)
    const suspended = (await readForm(c)).flag('suspended')
    unwrap(await editUser(at.context, user.sid, { suspended }))
    return seeOther(c, path, suspended ? 'user_suspended' : 'saved')
  })

  routes.post('/users/:user/password', async (c) => {
    const { at, user, path } = await openUser(c)
    unwrap(await editUser(at.context, user.sid, { hasPassword: true }))
    return seeOther(c, path, 'saved')
  })

  routes.post('/users/:user/exception', async (c) => {
    const { at, user, path } = await openUser(c)
    const form = await readForm(c)
    const values = { reason: form.text('reason'), expiresInDays: form.text('expiresInDays') }
    const expiresAt = at.context.now + form.number('expiresInDays') * DAY
    const input = { user: user.sid, reason: values.reason, expiresAt }
    const added = unwrapOrShow(await addException(at.context, at.tenant.sid, input))
    if (added.ok) return seeOther(c, `${path}#exception`, 'saved')
    const facts = await factsOf(at, user, c.var.config.session)
    const page = (
      <UserPage at={at} user={user} facts={facts} exception={values} problem={added.error} />
    )
    return showAgain(c, added.error, page)
  })

  routes.post('/users/:user/exception/end', async (c) => {
    const { at, user, path } = await openUser(c)
    unwrap(await endException(at.context, at.tenant.sid, user.sid))
    return seeOther(c, `${path}#exception`, 'saved')
  })

  routes.post('/users/:user/sessions/revoke', async (c) => {
    const { at, user, path } = await openUser(c)
    unwrap(await revokeSessions(at.context, { userSid: user.sid }))
    return seeOther(c, `${path}#sessions`, 'sessions_ended')
  })

  routes.post('/users/:user/sessions/:session/revoke', async (c) => {
    const { at, user, path } = await openUser(c)
    const { session: lifetime } = c.var.config
    const found = unwrap(await getSession(at.context, c.req.param('session'), lifetime))
    if (found.userSid !== user.sid) throw new Refused('not_there')
    unwrap(await revokeSession(at.context, found.sid, lifetime))
    return seeOther(c, `${path}#sessions`, 'sessions_ended')
  })

  routes.post('/users/:user/accounts', async (c) => {
    const { at, user, path } = await openUser(c)
    const entered = (await readForm(c)).text('accounts')
    const names = entered.split('\n').map((line) => line.trim())
    const set = asSlip(await setMemberships(at.context, user.sid, names.filter(Boolean)))
    if (set.ok) return seeOther(c, `${path}#belongs`, 'saved')
    const facts = await factsOf(at, user, c.var.config.session)
    return showAgain(
      c,
      set.error,
      <UserPage at={at} user={user} facts={facts} accountNames={entered} problem={set.error} />,
    )
  })
}

/** An unknown account is an error of the field, not of the page's URL. */
function asSlip<T>(outcome: Result<T, Problem>): Result<T, Problem> {
  if (outcome.ok || outcome.error.code !== 'not_there') return unwrapOrShow(outcome)
  const { received } = outcome.error
  return problem('input', `existing accounts; ${received} was not found`, received, 'accounts')
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
  { context }: DirectoryContext,
  user: User,
  lifetime: Lifetime,
): Promise<UserFacts> {
  const { connectionSid } = user
  const [accounts, connection, signIn, sessions, nameIDs, exception] = await Promise.all([
    listMemberships(context, user.sid),
    connectionSid === null ? undefined : getConnection(context, connectionSid),
    explainUser(context, user),
    listSessions(context, { userSid: user.sid }, { limit: 10, after: null }, lifetime),
    listUserNameIDs(context, user.sid),
    getException(context, user),
  ])
  return {
    accounts: unwrap(accounts),
    connection: connection?.ok ? connection.value : undefined,
    signIn: unwrap(signIn),
    sessions: unwrap(sessions).items,
    nameIDs: unwrap(nameIDs),
    exception,
  }
}
