// The pages of a signed-in and a signed-out person, and of a tester.
import type { OpenSession } from '../sessions/store/session.ts'
import type { TestValues } from './history/tables.ts'
import type { Translator } from '../languages/translate.ts'
import type { Frame } from '../platform/http/frame.ts'
import { ButtonLink, Page, Reference, Time } from '../platform/http/pages.tsx'

export function SignedInPage({ session, frame }: { session: OpenSession; frame: Frame }) {
  const { t } = frame
  const { firstName, lastName, email, authnInstant } = session.principal
  return (
    <Page title={t.text('signedIn')} frame={frame}>
      <h1>{t.text('signedInAs', { name: `${firstName} ${lastName}` })}</h1>
      <dl>
        <dt>{t.text('firstName')}</dt>
        <dd>{firstName}</dd>
        <dt>{t.text('lastName')}</dt>
        <dd>{lastName}</dd>
        <dt>{t.text('email')}</dt>
        <dd>{email}</dd>
        <dt>{t.text('connection')}</dt>
        <dd>
          {session.connectionName} <code>{session.connectionSid}</code>
        </dd>
        <dt>{t.text('session')}</dt>
        <dd>
          <code>{session.sid}</code>
        </dd>
        <dt>{t.text('authenticated')}</dt>
        <dd>
          <Time frame={frame} at={authnInstant} />
        </dd>
        <dt>{t.text('ends')}</dt>
        <dd>
          <Time frame={frame} at={session.expiresAt} />
        </dd>
      </dl>
      <form method="post" action="/logout">
        <button type="submit">{t.text('signOut')}</button>
      </form>
    </Page>
  )
}

/** The result of a test sign-in, for the tester alone, with what the IdP said about them. */
export function TestedPage(props: {
  result: { passed: boolean; title: string; text: string }
  /** Of a refused test. */
  values: TestValues | null
  reference: string
  supportContact: string | null
  againURL: string
  frame: Frame
}) {
  const { t } = props.frame
  const { passed, title, text } = props.result
  return (
    <Page title={title} frame={props.frame}>
      <h1>{title}</h1>
      <p>{text}</p>
      {props.values && <ReceivedValues values={props.values} t={t} />}
      <p>{t.text('testOnly')}</p>
      <ButtonLink href={props.againURL} label={t.text(passed ? 'testAgain' : 'tryAgain')} />
      <Reference t={t} contact={props.supportContact} reference={props.reference} />
    </Page>
  )
}

function ReceivedValues({ values, t }: { values: TestValues; t: Translator }) {
  const { nameID, emails = [], firstName, lastName } = values
  const rows = [
    { name: 'NameID', value: nameID },
    ...emails.map((value) => ({ name: t.text('email'), value })),
    { name: t.text('firstName'), value: firstName },
    { name: t.text('lastName'), value: lastName },
  ]
  return (
    <dl>
      {rows.map(
        ({ name, value }) =>
          value && (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ),
      )}
    </dl>
  )
}

export function NotSignedInPage({ frame }: { frame: Frame }) {
  const { t } = frame
  return (
    <Page title={t.text('notSignedIn')} frame={frame}>
      <h1>{t.text('youAreNotSignedIn')}</h1>
      <p>{t.text('openYourApp')}</p>
    </Page>
  )
}

export function SignOutPage({ frame }: { frame: Frame }) {
  const { t } = frame
  return (
    <Page title={t.text('signOut')} frame={frame}>
      <h1>{t.text('signOutQuestion')}</h1>
      <p>{t.text('signOutEndsSession')}</p>
      <form method="post" action="/logout">
        <button type="submit">{t.text('signOut')}</button> <a href="/">{t.text('staySignedIn')}</a>
      </form>
    </Page>
  )
}

export function SignedOutPage({ againURL, frame }: { againURL: string | undefined; frame: Frame }) {
  const { t } = frame
  return (
    <Page title={t.text('signedOut')} frame={frame}>
      <h1>{t.text('youAreSignedOut')}</h1>
      <p>{t.text('sessionHasEnded')}</p>
      {againURL && <SignInAgain frame={frame} url={againURL} />}
    </Page>
  )
}

/** The database is full: the cookie is gone, and the session stays open until it expires. */
export function SignedOutInPartPage(props: {
  appURL: string | undefined
  againURL: string | undefined
  frame: Frame
}) {
  const { t } = props.frame
  return (
    <Page title={t.text('signedOutInPart')} frame={props.frame}>
      <h1>{t.text('youAreSignedOutInPart')}</h1>
      <p>{t.text('appsNotTold')}</p>
      {props.appURL && (
        <p>
          <a href={props.appURL}>{t.text('backToApp')}</a>
        </p>
      )}
      {props.againURL && <SignInAgain frame={props.frame} url={props.againURL} />}
    </Page>
  )
}

function SignInAgain({ frame: { t }, url }: { frame: Frame; url: string }) {
  return (
    <p>
      <a href={url}>{t.text('signInAgain')}</a>
    </p>
  )
}
