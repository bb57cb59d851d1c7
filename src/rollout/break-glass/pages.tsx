// The pages on which a break-glass owner enters a recovery code and continues to the app.
import { EmailField, linkQuery, ReturnTo } from '../../login/front-door/pages.tsx'
import type { Frame } from '../../platform/http/frame.ts'
import { ButtonLink, Page, rich, Time } from '../../platform/http/pages.tsx'

export function RecoveryPage(props: {
  email: string | undefined
  returnTo: string | undefined
  isRefused: boolean
  frame: Frame
}) {
  const { email, returnTo, isRefused } = props
  const { t } = props.frame
  const { title, remedy } = t.error('recovery_code')
  return (
    <Page title={t.text('useRecoveryCode')} frame={props.frame}>
      <h1>{t.text('useRecoveryCode')}</h1>
      {isRefused ? (
        <p id="mistake" role="alert">
          <strong>{title}.</strong> {remedy}
        </p>
      ) : (
        <p>{t.text('enterRecoveryCode')}</p>
      )}
      <form method="post" action="/login/recovery">
        <EmailField t={t} email={email} mistake={undefined} autofocus={!email} />
        <label for="code">{t.text('recoveryCode')}</label>
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
        <button type="submit">{t.text('useCode')}</button>
      </form>
      <p class="aside">
        <a href={`/login${linkQuery(email, returnTo)}`}>{t.text('signInAnotherWay')}</a>
      </p>
    </Page>
  )
}

export function RecoveredPage(props: {
  email: string
  codesLeft: number
  isDrill: boolean
  passwordUntil: number
  /** Null: neither the app nor the deployment has a password page. */
  passwordURL: string | null
  frame: Frame
}) {
  const { codesLeft, isDrill, passwordUntil, passwordURL, frame } = props
  const { t, branding } = frame
  const { product } = branding
  return (
    <Page title={t.text('codeAccepted')} frame={frame}>
      <h1>{t.text('codeAccepted')}</h1>
      <p>
        {t.text('crossOut')}{' '}
        {codesLeft === 0 ? (
          <>
            {t.text('lastCode')} <a href="/recovery-codes">{t.text('createCodes')}</a>
          </>
        ) : (
          t.text('codesLeft', { count: codesLeft })
        )}
      </p>
      {isDrill && <p role="status">{t.text('drillRecorded')}</p>}
      <p>
        {rich(t, 'passwordUntil', {
          email: <strong>{props.email}</strong>,
          time: <Time frame={frame} at={passwordUntil} />,
        })}
      </p>
      {passwordURL === null ? (
        <p>{t.text('openAppThere')}</p>
      ) : (
        <ButtonLink href={passwordURL} label={t.text('continueTo', { product })} />
      )}
    </Page>
  )
}
