// The frame of every page for end users, and the pages that belong to no single feature. The only
// script is the one that posts a form.
import type { Child } from 'hono/jsx'
import { raw } from 'hono/html'
import type { ErrorCode } from '../../errors.ts'
import type { Words } from '../../error-words.ts'
import { piecesOf, type TextKey, type TextValues } from '../../languages/catalogue.ts'
import type { Translator } from '../../languages/translate.ts'
import { contactLink } from './contact-link.ts'
import type { Frame } from './frame.ts'
import type { OtherAccount } from './refused.ts'
import { accentStyle, STYLE } from './style.ts'

export function Page(props: { title: string; frame: Frame; children: Child }) {
  const { t, nonce, branding } = props.frame
  const { product, accent, helpURL } = branding
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={t.tag} dir={t.dir}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{props.title}</title>
          <style nonce={nonce}>{raw(STYLE + accentStyle(accent))}</style>
        </head>
        <body>
          {product && <header>{product}</header>}
          <main>{props.children}</main>
          {helpURL && (
            <footer>
              <a href={helpURL}>{t.text('helpPage')}</a>
            </footer>
          )}
        </body>
      </html>
    </>
  )
}

/** A text with elements in the place of its names. */
export function rich<Key extends TextKey>(
  t: Translator,
  key: Key,
  values: { [Name in keyof TextValues<Key>]: Child },
): Child[] {
  return piecesOf(t.template(key)).map((piece) =>
    'text' in piece ? piece.text : (values as Record<string, Child>)[piece.name]!,
  )
}

/** In the reader’s zone as far as it is known, with UTC for the pointer. */
export function Time({ frame: { t, zone }, at }: { frame: Frame; at: number }) {
  return (
    <time datetime={new Date(at).toISOString()} title={t.time(at)}>
      {t.time(at, zone)}
    </time>
  )
}

export function Day({ frame: { t, zone }, at }: { frame: Frame; at: number }) {
  return (
    <time datetime={new Date(at).toISOString()} title={t.time(at)}>
      {t.date(at, zone)}
    </time>
  )
}

/** For people whom nothing else helps. `query` begins with a question mark, or is empty. */
export function RecoveryLink({ t, query = '' }: { t: Translator; query?: string }) {
  return (
    <p class="aside">
      <a href={`/login/recovery${query}`}>{t.text('lockedOut')}</a>
    </p>
  )
}

/** An IdP answers as the person who is signed in there, whatever we ask. */
function OtherAccountLink({ t, url, signOut }: OtherAccount & { t: Translator }) {
  const { product } = signOut
  const link = signOut.url !== null && (
    <a href={signOut.url} target="_blank" rel="noreferrer">
      {new URL(signOut.url).host}
    </a>
  )
  return (
    <>
      <p>
        <a class="button" href={url}>
          {t.text('useAnotherAccount')}
        </a>
      </p>
      <p>
        {product === null
          ? t.text('signOutOfCompanyFirst')
          : rich(t, 'signOutOfProductFirst', {
              product: (
                <>
                  {product}
                  {link && <> ({link})</>}
                </>
              ),
            })}
      </p>
    </>
  )
}

/** Whom to ask: a link where it is an e-mail address or a page. */
function SupportContact({ t, contact }: { t: Translator; contact: string | null }) {
  if (contact === null) return null
  const href = contactLink(contact)
  return (
    <>
      <dt>{t.text('help')}</dt>
      <dd>{href === undefined ? contact : <a href={href}>{contact}</a>}</dd>
    </>
  )
}

/** Where a person asks, and what they quote there. */
export function Reference(props: { t: Translator; contact: string | null; reference: string }) {
  return (
    <dl>
      <SupportContact t={props.t} contact={props.contact} />
      <dt>{props.t.text('reference')}</dt>
      <dd>
        <code>{props.reference}</code>
      </dd>
    </dl>
  )
}

/** The codes of a suspended person do not work, and their own page does not lead to itself. */
function mayRecover(code: ErrorCode, restartURL: string): boolean {
  return code !== 'user_suspended' && !restartURL.startsWith('/login/recovery')
}

/** One sentence, what to do, and a reference. What only admins may read is not in here. */
export function ErrorPage(props: {
  code: ErrorCode
  /** For a reader who does not sign in. */
  words?: Words | undefined
  reference: string
  supportContact: string | null
  restartURL: string | undefined
  otherAccount?: OtherAccount | undefined
  /** The target of “Try again”, after a fault that goes away by itself. */
  retryURL?: string | undefined
  frame: Frame
}) {
  const { t } = props.frame
  const { title, remedy } = props.words ?? t.error(props.code)
  return (
    <Page title={title} frame={props.frame}>
      <h1>{title}</h1>
      <p>{remedy}</p>
      {props.retryURL && <ButtonLink href={props.retryURL} label={t.text('tryAgain')} />}
      {props.otherAccount && <OtherAccountLink t={t} {...props.otherAccount} />}
      {props.restartURL && (
        <p>
          <a class={props.otherAccount ? '' : 'button'} href={props.restartURL}>
            {t.text('startAgain')}
          </a>
        </p>
      )}
      {!props.restartURL && !props.retryURL && props.code !== 'not_configured' && (
        <ButtonLink href="/" label={t.text('goToStart')} />
      )}
      <Reference
        t={t}
        contact={props.supportContact ?? props.frame.branding.supportContact}
        reference={props.reference}
      />
      {props.restartURL && mayRecover(props.code, props.restartURL) && <RecoveryLink t={t} />}
    </Page>
  )
}

export function ButtonLink({ href, label }: { href: string; label: string }) {
  return (
    <p>
      <a class="button" href={href}>
        {label}
      </a>
    </p>
  )
}

/** Posts a form to another site at once; with a button for browsers without scripts. */
export function PostPage(props: {
  title: 'toIdp' | 'toApp' | 'signingOut'
  action: string
  fields: Readonly<Record<string, string>>
  frame: Frame
}) {
  const { t, nonce } = props.frame
  const title = t.text(props.title)
  const button = t.text('continue')
  return (
    <Page title={title} frame={props.frame}>
      <h1>{title}</h1>
      <form method="post" action={props.action}>
        {Object.entries(props.fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <noscript>
          <p>{t.text('noScript', { button })}</p>
        </noscript>
        <button type="submit">{button}</button>
      </form>
      <script nonce={nonce}>{raw('document.forms[0].submit()')}</script>
    </Page>
  )
}
