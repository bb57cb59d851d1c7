// The frame of every page, and the pages that belong to no single feature. The only script is the
// one that posts a form.
import type { Child } from 'hono/jsx'
import { raw } from 'hono/html'
import { CATALOGUE, LOGIN_REFUSED, type ErrorCode } from '../../errors.ts'
import { contactLink } from './contact-link.ts'
import type { OtherAccount } from './refused.ts'
import { STYLE } from './style.ts'

export function Page(props: { title: string; nonce: string | undefined; children: Child }) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{props.title}</title>
          <style nonce={props.nonce}>{raw(STYLE)}</style>
        </head>
        <body>
          <main>{props.children}</main>
        </body>
      </html>
    </>
  )
}

/** For people whom nothing else helps. `query` begins with a question mark, or is empty. */
export function RecoveryLink({ query = '' }: { query?: string }) {
  return (
    <p class="aside">
      <a href={`/login/recovery${query}`}>Locked out? Use a recovery code</a>
    </p>
  )
}

/** An IdP answers as the person who is signed in there, whatever we ask. */
function OtherAccountLink({ url, signOut }: OtherAccount) {
  const { product } = signOut
  return (
    <>
      <p>
        <a class="button" href={url}>
          Use another account
        </a>
      </p>
      <p>
        If you come back here, sign out{' '}
        {product === null ? 'at your company’s sign-in page' : `of ${product}`} first
        {signOut.url !== null && (
          <>
            {' ('}
            <a href={signOut.url} target="_blank" rel="noreferrer">
              {new URL(signOut.url).host}
            </a>
            )
          </>
        )}
        , then start again.
      </p>
    </>
  )
}

/** Whom to ask: a link where it is an e-mail address or a page. */
export function SupportContact({ contact }: { contact: string | null }) {
  if (contact === null) return null
  const href = contactLink(contact)
  return (
    <>
      <dt>Help</dt>
      <dd>{href === undefined ? contact : <a href={href}>{contact}</a>}</dd>
    </>
  )
}

/** The codes of a suspended person do not work, and their own page does not lead to itself. */
function mayRecover(code: ErrorCode, restartURL: string): boolean {
  return code !== 'user_suspended' && !restartURL.startsWith('/login/recovery')
}

/** One sentence, what to do, and a reference. What only admins may read is not in here. */
export function ErrorPage(props: {
  code: ErrorCode
  reference: string
  supportContact: string | null
  restartURL: string | undefined
  otherAccount?: OtherAccount | undefined
  /** The target of “Try again”, after a fault that goes away by itself. */
  retryURL?: string | undefined
  nonce: string | undefined
}) {
  const entry = CATALOGUE[props.code]
  const { title, remedy } = entry.person ?? (entry.audience === 'everyone' ? entry : LOGIN_REFUSED)
  return (
    <Page title={title} nonce={props.nonce}>
      <h1>{title}</h1>
      <p>{remedy}</p>
      {props.retryURL && (
        <p>
          <a class="button" href={props.retryURL}>
            Try again
          </a>
        </p>
      )}
      {props.otherAccount && <OtherAccountLink {...props.otherAccount} />}
      {props.restartURL && (
        <p>
          <a class={props.otherAccount ? '' : 'button'} href={props.restartURL}>
            Start again
          </a>
        </p>
      )}
      {!props.restartURL && !props.retryURL && props.code !== 'not_configured' && (
        <p>
          <a class="button" href="/">
            Go to the start page
          </a>
        </p>
      )}
      <dl>
        <SupportContact contact={props.supportContact} />
        <dt>Reference</dt>
        <dd>
          <code>{props.reference}</code>
        </dd>
      </dl>
      {props.restartURL && mayRecover(props.code, props.restartURL) && <RecoveryLink />}
    </Page>
  )
}

/** Posts a form to another site at once; with a button for browsers without scripts. */
export function PostPage(props: {
  title: string
  action: string
  fields: Readonly<Record<string, string>>
  nonce: string | undefined
}) {
  return (
    <Page title={props.title} nonce={props.nonce}>
      <h1>{props.title}</h1>
      <form method="post" action={props.action}>
        {Object.entries(props.fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <noscript>
          <p>Scripts are turned off in your browser. Press “Continue” to go on.</p>
        </noscript>
        <button type="submit">Continue</button>
      </form>
      <script nonce={props.nonce}>{raw('document.forms[0].submit()')}</script>
    </Page>
  )
}
