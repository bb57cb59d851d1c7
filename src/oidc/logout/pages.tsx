// The pages of a logout that an app requests.
import type { Frame } from '../../platform/http/frame.ts'
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
  frame: Frame
}) {
  const { session, clientName: app, action, fields } = props
  const { t } = props.frame
  return (
    <Page title={t.text('signOut')} frame={props.frame}>
      <h1>{t.text('signOutQuestion')}</h1>
      <p>
        {t.text('youAreSignedInAs', { email: session.principal.email })}{' '}
        {app && `${t.text('appAsksSignOut', { app })} `}
        {t.text('signOutEndsAll')}
      </p>
      <form method="post" action={action}>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <button type="submit">{t.text('signOut')}</button> <a href="/">{t.text('staySignedIn')}</a>
      </form>
    </Page>
  )
}

/** No session was ended. The user can still sign out here. */
export function RefusedPage({ code, frame }: { code: LogoutCode; frame: Frame }) {
  const { t } = frame
  const { title, remedy } = t.error(code)
  return (
    <Page title={title} frame={frame}>
      <h1>{title}</h1>
      <p>{remedy}</p>
      <form method="post" action="/logout">
        <button type="submit">{t.text('signOutHere')}</button>
      </form>
    </Page>
  )
}
