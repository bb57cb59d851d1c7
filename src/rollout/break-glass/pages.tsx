// The pages on which a break-glass owner enters a recovery code, and goes on to the app.
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
          Enter one of the recovery codes that you were given for emergencies. Each code works once,
          and support is told of its use.
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
        <button type="submit">Use the code</button>
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
  /** Null: there is no address that we know of. */
  passwordURL: string | null
  nonce: string | undefined
}) {
  const { codesLeft, passwordUntil, passwordURL } = props
  const until = new Date(passwordUntil).toISOString()
  return (
    <Page title="The code is good" nonce={props.nonce}>
      <h1>The code is good</h1>
      <p>
        Cross it out: it does not work again.{' '}
        {codesLeft === 0
          ? 'It was the last one: ask support for new ones.'
          : `${codesLeft} of the list ${codesLeft === 1 ? 'is' : 'are'} left.`}
      </p>
      <p>
        <strong>{props.email}</strong> signs in by password until{' '}
        <time datetime={until}>{until.slice(11, 16)} UTC</time>, whatever your company’s own sign-in
        says.
      </p>
      {passwordURL === null ? (
        <p>Open the app, and sign in there.</p>
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
