// The pages of a logout that an app requests.
import { CATALOGUE } from '../../errors.ts'
import type { OpenSession } from '../../sessions/store/session.ts'
import { Page } from '../../platform/http/pages.tsx'
import type { LogoutCode } from './logout-request.ts'

/** Asks for confirmation, because any site can link to the logout endpoint. */
export function AskPage(props: {
  session: OpenSession
  clientName: string | undefined
  action: string
  /** Parameters of the request, sent again with the confirmation. */
  fields: Readonly<Record<string, string>>
  nonce: string | undefined
}) {
  const { session, clientName, action, fields } = props
  return (
    <Page title="Sign out" nonce={props.nonce}>
      <h1>Sign out?</h1>
      <p>
        You are signed in as {session.principal.email}.{' '}
        {clientName && `${clientName} asks to sign you out. `}
        This ends your session here and in all apps that you opened with it.
      </p>
      <form method="post" action={action}>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <button type="submit">Sign out</button> <a href="/">Stay signed in</a>
      </form>
    </Page>
  )
}

/** No session was ended. The user can still sign out here. */
export function RefusedPage(props: { code: LogoutCode; nonce: string | undefined }) {
  const { title, remedy } = CATALOGUE[props.code]
  return (
    <Page title={title} nonce={props.nonce}>
      <h1>{title}</h1>
      <p>{remedy}</p>
      <form method="post" action="/logout">
        <button type="submit">Sign out here</button>
      </form>
    </Page>
  )
}
