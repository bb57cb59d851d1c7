// The e-mail of a test that no user has: masked, with the user whom it may mean, and what mends it.
import type { Hono } from 'hono'
import type { App } from '../../../platform/http/http.ts'
import { mapReceivedEmail, type ReceivedEmail } from '../../../rollout/validation/received-email.ts'
import { seeOther, unwrap } from '../../kit/admin-context.tsx'
import { Code, Section } from '../../kit/blocks.tsx'
import { readForm } from '../../kit/form.ts'
import { ButtonForm } from '../../kit/forms.tsx'
import {
  requireMay,
  type ConnectionContext,
  type OpenConnectionContext,
} from '../shared/connection-context.ts'

export function receivedEmailRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.post('/attempts/:attempt/alias', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const attempt = c.req.param('attempt')
    const user = (await readForm(c)).text('user')
    unwrap(await mapReceivedEmail(at.context, at.connection.sid, attempt, user))
    return seeOther(c, `${at.base}/attempts/${attempt}`, 'alias_mapped_only')
  })
}

export function ReceivedEmailSection(props: {
  at: ConnectionContext
  attemptSid: string
  received: ReceivedEmail
}) {
  const { at, attemptSid, received } = props
  const { masked, suggestion } = received
  const mayChange = at.may.configure
  return (
    <Section id="received-email" title="E-mail that the IdP sent">
      <p>
        <Code>{masked}</Code> is no user’s login e-mail. The tester’s own page shows all of it.
      </p>
      {suggestion && (
        <p>
          Did you mean <b>{suggestion.email}</b>?
        </p>
      )}
      {suggestion && mayChange && (
        <ButtonForm
          action={`${at.base}/attempts/${attemptSid}/alias`}
          hidden={{ user: suggestion.sid }}
          label="Use this e-mail for the user"
          about={suggestion.email}
        />
      )}
      {mayChange && (
        <p>
          If it is another kind of address,{' '}
          <a href={`${at.base}/settings`}>choose the attribute of the e-mail</a>.
        </p>
      )}
    </Section>
  )
}
