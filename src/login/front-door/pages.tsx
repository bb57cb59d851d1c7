// The pages of the front door: they ask for the e-mail, then for a choice between SSO and password.
import type { Child } from 'hono/jsx'
import type { Translator } from '../../languages/translate.ts'
import type { Frame } from '../../platform/http/frame.ts'
import { ButtonLink, Page, RecoveryLink, rich } from '../../platform/http/pages.tsx'

const EXAMPLE = 'ann@example.com'

export function EmailPage(props: {
  /** The name of the app that waits for the login. */
  client: string | undefined
  email: string | undefined
  returnTo: string | undefined
  isMistaken: boolean
  frame: Frame
}) {
  const { t } = props.frame
  return (
    <Page title={t.text('signIn')} frame={props.frame}>
      <h1>{t.text('signInTo', { product: props.frame.branding.product })}</h1>
      {props.client !== undefined && (
        <p>{rich(t, 'toContinueTo', { app: <strong>{props.client}</strong> })}</p>
      )}
      <form method="post" action="/login">
        <EmailField
          t={t}
          email={props.email}
          mistake={props.isMistaken && t.text('wholeAddress', { example: EXAMPLE })}
          autofocus={true}
        />
        <ReturnTo to={props.returnTo} />
        <button type="submit">{t.text('continue')}</button>{' '}
        <button class="plain" type="submit" name="way" value="password">
          {t.text('useAPassword')}
        </button>
      </form>
      <RecoveryLink t={t} query={linkQuery(props.email, props.returnTo)} />
    </Page>
  )
}

export function EmailField(props: {
  t: Translator
  email: string | undefined
  mistake: Child
  autofocus: boolean
}) {
  return (
    <>
      <label for="email">{props.t.text('email')}</label>
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
  frame: Frame
}

export function ChoicePage(props: FoundConnections & { ssoURL: string; secondURL: string | null }) {
  const { t } = props.frame
  return (
    <Page title={t.text('signIn')} frame={props.frame}>
      <h1>{t.text('howToSignIn')}</h1>
      <p>{rich(t, 'companyOffers', { email: <strong>{props.email}</strong> })}</p>
      <ButtonLink href={props.ssoURL} label={t.text('signInByCompany')} />
      {props.secondURL !== null && <SecondWay t={t} url={props.secondURL} />}
      {props.passwordURL === null ? (
        <p>{t.text('passwordStillWorks')}</p>
      ) : (
        <p>
          <a href={props.passwordURL}>{t.text('useYourPassword')}</a>
        </p>
      )}
      <AnotherEmail t={t} url={props.againURL} />
    </Page>
  )
}

/** For people who move to another IdP of their company. */
export function SecondWayPage(
  props: Omit<FoundConnections, 'passwordURL'> & { ssoURL: string; secondURL: string },
) {
  const { t } = props.frame
  return (
    <Page title={t.text('signIn')} frame={props.frame}>
      <h1>{t.text('signInByCompany')}</h1>
      <p>{rich(t, 'companyMoves', { email: <strong>{props.email}</strong> })}</p>
      <ButtonLink href={props.ssoURL} label={t.text('signInAsBefore')} />
      <SecondWay t={t} url={props.secondURL} />
      <AnotherEmail t={t} url={props.againURL} />
    </Page>
  )
}

function SecondWay({ t, url }: { t: Translator; url: string }) {
  return (
    <p>
      <a href={url}>{t.text('tryNewSignIn')}</a>
    </p>
  )
}

function AnotherEmail({ t, url }: { t: Translator; url: string }) {
  return (
    <p>
      <a href={url}>{t.text('useAnotherEmail')}</a>
    </p>
  )
}

export function PasswordPage(props: FoundConnections) {
  const { t } = props.frame
  return (
    <Page title={t.text('signIn')} frame={props.frame}>
      <h1>{t.text('signInByPassword')}</h1>
      <p>{rich(t, 'openAppAs', { email: <strong>{props.email}</strong> })}</p>
      <AnotherEmail t={t} url={props.againURL} />
    </Page>
  )
}
