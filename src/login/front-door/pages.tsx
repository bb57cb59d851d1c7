// The pages of the front door: what is your e-mail, how would you like to sign in, use your password.
import { Page } from '../../web/pages.tsx'

export function EmailPage(props: {
  product: string
  email: string | undefined
  returnTo: string | undefined
  isMistaken: boolean
  nonce: string | undefined
}) {
  return (
    <Page title="Sign in" nonce={props.nonce}>
      <h1>Sign in to {props.product}</h1>
      <form method="post" action="/login">
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
          autofocus
          value={props.email ?? ''}
          aria-invalid={props.isMistaken ? 'true' : undefined}
          aria-describedby={props.isMistaken ? 'mistake' : undefined}
        />
        {props.isMistaken && (
          <p id="mistake" role="alert">
            Enter the whole address, like ann@example.com.
          </p>
        )}
        {props.returnTo !== undefined && (
          <input type="hidden" name="return_to" value={props.returnTo} />
        )}
        <button type="submit">Continue</button>
      </form>
    </Page>
  )
}

type Found = {
  email: string
  /** Null: there is no address that we know of. */
  passwordURL: string | null
  againURL: string
  nonce: string | undefined
}

export function ChoicePage(props: Found & { ssoURL: string }) {
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
        <p>Your password still works too: use it in the app.</p>
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

export function PasswordPage(props: Found) {
  return (
    <Page title="Sign in" nonce={props.nonce}>
      <h1>Sign in with your password</h1>
      <p>
        Open the app, and sign in there as <strong>{props.email}</strong>.
      </p>
      <p>
        <a href={props.againURL}>Use another e-mail</a>
      </p>
    </Page>
  )
}
