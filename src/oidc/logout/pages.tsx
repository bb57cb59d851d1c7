// The pages of a logout that an app has asked for.
import { CATALOGUE } from '../../errors.ts'
import type { OpenSession } from '../../sessions/store.ts'
import { Page } from '../../platform/http/pages.tsx'
import type { LogoutCode } from './logout-request.ts'

/** Whether it is really wished: an app may ask, and so may anybody else who can make a link. */
export function AskPage(props: {
  session: OpenSession
  clientName: string | undefined
  action: string
  /** Of the request, to come back with the answer. */
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
        This ends your session here, and in all apps that you have opened with it.
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

/** Nothing was ended. The person can still sign out here. */
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
