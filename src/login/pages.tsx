// The pages of a signed-in and a signed-out person.
import type { OpenSession } from '../sessions/store/session.ts'
import { Page, SupportContact } from '../platform/http/pages.tsx'

export function SignedInPage(props: { session: OpenSession; nonce: string | undefined }) {
  const { session } = props
  const { firstName, lastName, email, authnInstant } = session.principal
  return (
    <Page title="Signed in" nonce={props.nonce}>
      <h1>
        Signed in as {firstName} {lastName}
      </h1>
      <dl>
        <dt>First name</dt>
        <dd>{firstName}</dd>
        <dt>Last name</dt>
        <dd>{lastName}</dd>
        <dt>E-mail</dt>
        <dd>{email}</dd>
        <dt>Connection</dt>
        <dd>
          {session.connectionName} <code>{session.connectionSid}</code>
        </dd>
        <dt>Session</dt>
        <dd>
          <code>{session.sid}</code>
        </dd>
        <dt>Authenticated</dt>
        <dd>{showInstant(authnInstant)}</dd>
        <dt>Ends</dt>
        <dd>{showInstant(session.expiresAt)}</dd>
      </dl>
      <form method="post" action="/logout">
        <button type="submit">Sign out</button>
      </form>
    </Page>
  )
}

/** The result of a test sign-in, for the tester. It shows nothing that the IdP said about them. */
export function TestedPage(props: {
  result: { passed: boolean; title: string; text: string }
  reference: string
  supportContact: string | null
  againURL: string
  nonce: string | undefined
}) {
  const { passed, title, text } = props.result
  return (
    <Page title={title} nonce={props.nonce}>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>This was a test. No one was signed in.</p>
      <p>
        <a class="button" href={props.againURL}>
          {passed ? 'Test again' : 'Try again'}
        </a>
      </p>
      <dl>
        <SupportContact contact={props.supportContact} />
        <dt>Reference</dt>
        <dd>
          <code>{props.reference}</code>
        </dd>
      </dl>
    </Page>
  )
}

export function NotSignedInPage(props: { nonce: string | undefined }) {
  return (
    <Page title="Not signed in" nonce={props.nonce}>
      <h1>You are not signed in</h1>
      <p>Open your app and sign in there, or follow the sign-in link your company gave you.</p>
    </Page>
  )
}

export function SignOutPage(props: { nonce: string | undefined }) {
  return (
    <Page title="Sign out" nonce={props.nonce}>
      <h1>Sign out?</h1>
      <p>This ends your session here. You stay signed in at your company’s own sign-in page.</p>
      <form method="post" action="/logout">
        <button type="submit">Sign out</button> <a href="/">Stay signed in</a>
      </form>
    </Page>
  )
}

export function SignedOutPage(props: { againURL: string | undefined; nonce: string | undefined }) {
  return (
    <Page title="Signed out" nonce={props.nonce}>
      <h1>You are signed out</h1>
      <p>Your session here has ended. You may still be signed in at your company’s sign-in page.</p>
      {props.againURL && (
        <p>
          <a href={props.againURL}>Sign in again</a>
        </p>
      )}
    </Page>
  )
}

/** The database is full: the cookie is gone, and the session stays open until it expires. */
export function SignedOutInPartPage(props: {
  appURL: string | undefined
  againURL: string | undefined
  nonce: string | undefined
}) {
  return (
    <Page title="Signed out of this browser only" nonce={props.nonce}>
      <h1>You are signed out of this browser only</h1>
      <p>
        This service has no storage left, so it could not tell your apps. Sign out of each app too.
        You may also be signed in at your company’s sign-in page.
      </p>
      {props.appURL && (
        <p>
          <a href={props.appURL}>Go back to the app</a>
        </p>
      )}
      {props.againURL && (
        <p>
          <a href={props.againURL}>Sign in again</a>
        </p>
      )}
    </Page>
  )
}

function showInstant(milliseconds: number) {
  const iso = new Date(milliseconds).toISOString()
  return <time datetime={iso}>{`${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`}</time>
}
