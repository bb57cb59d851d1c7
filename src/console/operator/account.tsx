// “Your account”: who the console takes its reader for, and the end of all their sessions.
import type { Hono } from 'hono'
import { endOwnSessions, getOperator } from '../../access/operations.ts'
import { clearConsoleCookie } from '../../access/caller.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Section } from '../kit/blocks.tsx'
import { seeOther, showPage, unwrap } from '../kit/admin-context.tsx'
import { ButtonForm } from '../kit/forms.tsx'
import { openConsole } from './frame.tsx'
import { OperatorFacts } from './operator-pages.tsx'

export function accountOfReaderRoutes(routes: Hono<App>): void {
  const open = async (c: AppContext) => {
    const admin = await openConsole(c)
    const { actor } = admin.context
    return {
      admin,
      operator: unwrap(await getOperator(admin.context, 'id' in actor ? actor.id : '')),
    }
  }

  routes.get('/account', async (c) => {
    const { admin, operator } = await open(c)
    return showPage(
      c,
      <admin.Frame title="Your account" lead={operator.email} narrow={true}>
        <OperatorFacts operator={operator} now={admin.context.now} />
        <Section
          id="sessions"
          title="Sessions"
          lead="Ends your sessions of the console in every browser. Access signs you in again."
        >
          <ButtonForm
            action="/console/account/sign-out-everywhere"
            label="Sign out everywhere"
            tone="danger"
          />
        </Section>
      </admin.Frame>,
    )
  })

  routes.post('/account/sign-out-everywhere', async (c) => {
    const { admin } = await open(c)
    await endOwnSessions(admin.context)
    clearConsoleCookie(c)
    return seeOther(c, '/console/sign-in')
  })
}
