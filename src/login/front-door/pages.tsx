// The pages of the front door: they ask for the e-mail, then for a choice between SSO and password.
import type { Child } from 'hono/jsx'
import { Page, RecoveryLink } from '../../platform/http/pages.tsx'

export function EmailPage(props: {
  product: string
  /** The name of the app that waits for the login. */
  client: string | undefined
  email: string | undefined
  returnTo: string | undefined
  isMistaken: boolean
  nonce: string | undefined
}) {
  return (
    <Page title="Sign in" nonce={props.nonce}>
      <h1>Sign in to {props.product}</h1>
      {props.client !== undefined && (
        <p>
          to continue to <strong>{props.client}</strong>
        </p>
      )}
      <form method="post" action="/login">
        <EmailField
          email={props.email}
          mistake={props.isMistaken && 'Enter the whole address, like ann@example.com.'}
          autofocus={true}
        />
        <ReturnTo to={props.returnTo} />
        <button type="submit">Continue</button>
      </form>
      <RecoveryLink query={linkQuery(props.email, props.returnTo)} />
    </Page>
  )
}

export function EmailField(props: {
  email: string | undefined
  mistake: Child
  autofocus: boolean
}) {
  return (
    <>
      <label for="email">E-mail</label>
      <input
        id="email"
        name="email"
        type="email"
        autocomplete="username"
        inputmode="email"
        spellcheck={false}
        maxlength={254}
        required
        autofocus={props.autofocus}
        value={props.email ?? ''}
        aria-invalid={props.mistake ? 'true' : undefined}
        aria-describedby={props.mistake ? 'mistake' : undefined}
      />
      {props.mistake && (
        <p id="mistake" role="alert">
          {props.mistake}
        </p>
      )}
    </>
  )
}

export function ReturnTo({ to }: { to: string | undefined }) {
  return <>{to !== undefined && <input type="hidden" name="return_to" value={to} />}</>
}

/** The query that one page of the front door passes to the next, with its question mark. */
export function linkQuery(email: string | undefined, returnTo: string | undefined): string {
  const query = new URLSearchParams({
    ...(email && { login_hint: email }),
    ...(returnTo !== undefined && { return_to: returnTo }),
  })
  return query.size > 0 ? `?${query}` : ''
}

type FoundConnections = {
  email: string
  /** Null: neither the app nor the deployment has a password page. */
  passwordURL: string | null
  againURL: string
  nonce: string | undefined
}

export function ChoicePage(props: FoundConnections & { ssoURL: string }) {
  return (
    <Page title="Sign in" nonce={props.nonce}>
      <h1>How would you like to sign in?</h1>
      <p>
        Your company offers its own sign-in for <strong>{props.email}</strong>.
      </p>
      <p>
        <a class="button" href={props.ssoURL}>
          Sign in through your company
        </a>
      </p>
      {props.passwordURL === null ? (
        <p>Your password still works too. Enter it in the app.</p>
      ) : (
        <p>
          <a href={props.passwordURL}>Use your password</a>
        </p>
      )}
      <p>
        <a href={props.againURL}>Use another e-mail</a>
      </p>
    </Page>
  )
}

export function PasswordPage(props: FoundConnections) {
  return (
    <Page title="Sign in" nonce={props.nonce}>
      <h1>Sign in with your password</h1>
      <p>
        Open the app and sign in there as <strong>{props.email}</strong>.
      </p>
      <p>
        <a href={props.againURL}>Use another e-mail</a>
      </p>
    </Page>
  )
}
