// The pages on which a break-glass owner enters a recovery code and continues to the app.
import { CATALOGUE } from '../../errors.ts'
import { EmailField, linkQuery, ReturnTo } from '../../login/front-door/pages.tsx'
import { Page } from '../../platform/http/pages.tsx'

export function RecoveryPage(props: {
  email: string | undefined
  returnTo: string | undefined
  isRefused: boolean
  nonce: string | undefined
}) {
  const { title, remedy } = CATALOGUE.recovery_code
  const { email, returnTo, isRefused } = props
  return (
    <Page title="Use a recovery code" nonce={props.nonce}>
      <h1>Use a recovery code</h1>
      {isRefused ? (
        <p id="mistake" role="alert">
          <strong>{title}.</strong> {remedy}
        </p>
      ) : (
        <p>
          Enter one of the recovery codes that you received for emergencies. Each code works once.
          Support learns that you used it.
        </p>
      )}
      <form method="post" action="/login/recovery">
        <EmailField email={email} mistake={undefined} autofocus={!email} />
        <label for="code">Recovery code</label>
        <input
          id="code"
          name="code"
          type="text"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          maxlength={64}
          required
          autofocus={!!email}
          aria-invalid={isRefused ? 'true' : undefined}
          aria-describedby={isRefused ? 'mistake' : undefined}
        />
        <ReturnTo to={returnTo} />
        <button type="submit">Use code</button>
      </form>
      <p class="aside">
        <a href={`/login${linkQuery(email, returnTo)}`}>Sign in another way</a>
      </p>
    </Page>
  )
}

export function RecoveredPage(props: {
  product: string
  email: string
  codesLeft: number
  passwordUntil: number
  /** Null: neither the app nor the deployment has a password page. */
  passwordURL: string | null
  nonce: string | undefined
}) {
  const { codesLeft, passwordUntil, passwordURL } = props
  const until = new Date(passwordUntil).toISOString()
  return (
    <Page title="Recovery code accepted" nonce={props.nonce}>
      <h1>Recovery code accepted</h1>
      <p>
        Cross the code out: it does not work again.{' '}
        {codesLeft === 0
          ? 'It was your last code. Ask support for new ones.'
          : `You have ${codesLeft} ${codesLeft === 1 ? 'code' : 'codes'} left.`}
      </p>
      <p>
        You can sign in as <strong>{props.email}</strong> with your password until{' '}
        <time datetime={until}>{until.slice(11, 16)} UTC</time>. Until then, you do not need your
        company’s sign-in page.
      </p>
      {passwordURL === null ? (
        <p>Open the app and sign in there.</p>
      ) : (
        <p>
          <a class="button" href={passwordURL}>
            Continue to {props.product}
          </a>
        </p>
      )}
    </Page>
  )
}
