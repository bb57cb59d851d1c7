// The frame of every page of the operator console and of the setup portal: who, where, title, content. The doors
// differ in their navigation alone.
import type { Child } from 'hono/jsx'
import { raw } from 'hono/html'
import { CONSOLE_SCRIPT } from './console-script.ts'
import { CONSOLE_STYLE } from './console-style.ts'

export type PageLink = { name: string; href: string }

export type ConsolePageProps = {
  /** The page's only h1, and the first words of the window's title. */
  title: string
  /** Whose front door this is: the vendor's name, or ours. */
  product: string
  /** Which door: "Console", "Single sign-on setup". */
  door: string
  /** Where the product's name leads; plain text where unset. */
  homeHref?: string | undefined
  navigation?: readonly PageLink[]
  /** `href` of the navigation's entry that the page belongs to. */
  current?: string | undefined
  /** Who is signed in, and the form that signs them out. */
  person?: { name: string; detail?: string | undefined; signOut?: Child } | undefined
  /** From the top to the page above this one. */
  breadcrumb?: readonly PageLink[]
  /** A Notice about what has just happened. */
  notice?: Child
  /** Beside the title: a StateBadge. */
  badge?: Child
  /** Under the title: one sentence, or what identifies the thing. */
  lead?: Child
  /** At the right of the title: links and buttons for the whole page. */
  actions?: Child
  /** Says so in the window's title, which screen readers read first. */
  hasErrors?: boolean
  /** One column for a form and for reading; tables want the whole width. */
  narrow?: boolean
  /** Below everything: where to ask for help. */
  footer?: Child
  /** Of this page, besides the one that all have. */
  script?: string
  nonce: string | undefined
  children: Child
}

export function ConsolePage(props: ConsolePageProps) {
  const { title, product, door, breadcrumb = [] } = props
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{`${props.hasErrors ? 'Error: ' : ''}${title} · ${product} ${door}`}</title>
          <style nonce={props.nonce}>{raw(CONSOLE_STYLE)}</style>
        </head>
        <body class={props.narrow ? 'narrow' : undefined}>
          <a class="skip" href="#main">
            Skip to content
          </a>
          <Header {...props} />
          <main id="main" tabindex={-1}>
            {breadcrumb.length > 0 && <Breadcrumb pages={breadcrumb} />}
            {props.notice}
            <div class="title">
              <div>
                <div class="heading">
                  <h1>{title}</h1>
                  {props.badge}
                </div>
                {props.lead && <div class="lead">{props.lead}</div>}
              </div>
              {props.actions && <div class="actions">{props.actions}</div>}
            </div>
            {props.children}
          </main>
          {props.footer && <footer>{props.footer}</footer>}
          {props.script && <script nonce={props.nonce}>{raw(props.script)}</script>}
          <script nonce={props.nonce}>{raw(CONSOLE_SCRIPT)}</script>
        </body>
      </html>
    </>
  )
}

function Header(props: ConsolePageProps) {
  const { product, door, navigation = [], person } = props
  const name = (
    <>
      <b>{product}</b> <span>{door}</span>
    </>
  )
  return (
    <header class="top">
      {props.homeHref ? (
        <a class="product" href={props.homeHref}>
          {name}
        </a>
      ) : (
        <div class="product">{name}</div>
      )}
      {navigation.length > 0 && (
        <nav aria-label="Main">
          <ul>
            {navigation.map((link) => (
              <li>
                <a href={link.href} aria-current={currentOf(link, props)}>
                  {link.name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {person && (
        <div class="person">
          <span>
            <span class="visually-hidden">Signed in as </span>
            <span>{person.name}</span>
            {person.detail && <small>{person.detail}</small>}
          </span>
          {person.signOut}
        </div>
      )}
    </header>
  )
}

/** `page` is the page itself; a page below it is only in that part of the door. */
function currentOf({ href }: PageLink, { current, breadcrumb = [] }: ConsolePageProps) {
  if (href !== current) return undefined
  return breadcrumb.length > 0 ? 'true' : 'page'
}

/** The title stands just below: it is not said twice. */
function Breadcrumb({ pages }: { pages: readonly PageLink[] }) {
  return (
    <nav class="breadcrumb" aria-label="Breadcrumb">
      <ol>
        {pages.map(({ name, href }) => (
          <li>
            <a href={href}>{name}</a>
          </li>
        ))}
      </ol>
    </nav>
  )
}
