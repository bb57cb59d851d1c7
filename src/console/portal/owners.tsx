// Break-glass owners of the customer, in the portal: their state, and how they make codes.
import type { Hono } from 'hono'
import type { App } from '../../platform/http/http.ts'
import { listBreakGlass } from '../../rollout/operations.ts'
import { showPage, unwrap } from '../kit/admin-context.tsx'
import { OwnerTable } from '../pages/rollout/owner-table.tsx'
import type { OpenConnectionContext } from '../pages/shared/connection-context.ts'

export function ownerRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/owners', async (c) => {
    const { Frame, context, connection, origin } = await open(c)
    const owners = unwrap(await listBreakGlass(context, connection.tenantSid))
    return showPage(
      c,
      <Frame
        title="Break-glass owners"
        lead={
          <>
            Owners who keep their password after enforcement, in case your IdP is down. Support adds
            and ends them. Each owner creates recovery codes at{' '}
            <code>{`${origin}/recovery-codes`}</code>, after signing in by SSO. On the date of a
            drill, the owner uses one code at <code>{`${origin}/login/recovery`}</code>.
          </>
        }
      >
        <OwnerTable owners={owners} now={context.now} />
      </Frame>,
    )
  })
}
