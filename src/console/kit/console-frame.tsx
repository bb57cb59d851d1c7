// The frame of every page of console and setup portal: header, navigation, breadcrumb, title,
// content.
import type { Child } from 'hono/jsx'
import { raw } from 'hono/html'
import { accentPath, assetPaths } from './assets.ts'

export type PageLink = { name: string; href: string }

export type ConsolePageProps = {
  /** The page's only h1, and the first words of the window's title. */
  title: string
  /** The product's name: the vendor's, or ours. */
  product: string
  /** The vendor's colour, `#rrggbb`; ours if unset. */
  color?: string | null | undefined
  /** "Console" or "Single sign-on setup". */
  area: string
  /** The target of the product's name; plain text if unset. */
  homeHref?: string | undefined
  navigation?: readonly PageLink[]
  /** Where the search box of the header leads; none if unset. */
  searchHref?: string | undefined
  /** `href` of the page's navigation entry. */
  current?: string | undefined
  /** The signed-in person, with the sign-out form. */
  person?: { name: string; detail?: string | undefined; href?: string; signOut?: Child } | undefined
  /** From the top to the parent page. */
  breadcrumb?: readonly PageLink[]
  /** The Notice about the last action. */
  notice?: Child
  /** Beside the title: a StateBadge. */
  badge?: Child
  /** Below the title: one sentence or an identifier. */
  lead?: Child
  /** Beside the title: links and buttons for the whole page. */
  actions?: Child
  /** Puts "Error" into the window title, which screen readers read first. */
  hasErrors?: boolean
  /** One narrow column, for forms and text. Tables use the whole width. */
  narrow?: boolean
  /** At the bottom of the page. */
  footer?: Child
  children: Child
}

export async function ConsolePage(props: ConsolePageProps) {
  const { title, product, area: door, breadcrumb = [] } = props
  const { style, script } = await assetPaths()
  const error = props.hasErrors ? 'Error: ' : ''
  // Whose page it is, from near to far: the connection, the customer. The first is a list.
  const above = breadcrumb
    .slice(1)
    .toReversed()
    .map(({ name }) => ` · ${name}`)
    .join('')
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{`${error}${title}${above} · ${product} ${door}`}</title>
          <link rel="stylesheet" href={style} />
          {props.color && <link rel="stylesheet" href={accentPath(props.color)} />}
          <script src={script} defer={true}></script>
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
        </body>
      </html>
    </>
  )
}

/** The links have a row of their own, below the rest: there is room for more of them. */
function Header(props: ConsolePageProps) {
  const { product, area: door, navigation = [], person } = props
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
      {props.searchHref && <SearchBox action={props.searchHref} />}
      {person && (
        <div class="person">
          <span>
            <span class="visually-hidden">Signed in as </span>
            {person.href ? <a href={person.href}>{person.name}</a> : <span>{person.name}</span>}
            {person.detail && <small>{person.detail}</small>}
          </span>
          {person.signOut}
        </div>
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
    </header>
  )
}

/** The key “/” leads to it: see the console's script. */
function SearchBox({ action }: { action: string }) {
  return (
    <form class="search" role="search" aria-label="Everything" method="get" action={action}>
      <label class="visually-hidden" for="find">
        Search everything
      </label>
      <input
        type="search"
        id="find"
        name="search"
        placeholder="E-mail, name, reference…"
        title="Press / to search"
        maxlength={320}
        required={true}
        autocomplete="off"
        spellcheck={false}
        autocapitalize="none"
      />
    </form>
  )
}

/** `page` for the entry's own page, `true` for pages below it. */
function currentOf({ href }: PageLink, { current, breadcrumb = [] }: ConsolePageProps) {
  if (href !== current) return undefined
  return breadcrumb.length > 0 ? 'true' : 'page'
}

/** Without the page itself: its title is just below. */
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
