// The demo IdP's pages. Everything that is not a constant of this file goes through escapeMarkup;
// scripts and styles that are not of this file do not run (contentSecurityPolicy).
import { createHash } from 'node:crypto'
import { people } from '../customer.ts'

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: light-dark(#c8ccd4, #4a5060);
  --accent: light-dark(#1f4fd8, #8fb0ff); background: light-dark(#eef1f6, #14171d) }
body { display: grid; place-items: center; min-height: 100vh; margin: 0 }
main { box-sizing: border-box; width: min(26rem, 92vw); padding: 2rem; border: 1px solid var(--line);
  border-radius: .75rem; background: light-dark(#fff, #1d2129) }
h1 { margin: 0 0 .25rem; font-size: 1.4rem; line-height: 1.25 }
.who { margin: 0 0 1.25rem; color: light-dark(#555c6b, #a9b1c1); font-size: .9rem }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600 }
input { box-sizing: border-box; width: 100%; padding: .55rem .7rem; border: 1px solid var(--line); border-radius: .4rem;
  font: inherit; background: transparent; color: inherit }
button { margin: 1.25rem .5rem 0 0; padding: .55rem 1.1rem; border: 1px solid var(--accent); border-radius: .4rem;
  font: inherit; font-weight: 600; background: var(--accent); color: light-dark(#fff, #10131a); cursor: pointer }
button.plain { border-color: var(--line); background: transparent; color: inherit }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role=alert] { padding: .6rem .8rem; border-left: 4px solid #c62828; background: light-dark(#fdecec, #3a1d20) }
a { color: var(--accent) }
code { overflow-wrap: anywhere }
`
const submitScript = 'document.forms[0].submit()'

/**
 * Sent with every page. No form-action: browsers would apply it to where the SP's ACS redirects as
 * well.
 */
export const contentSecurityPolicy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(submitScript)}; base-uri 'none'; frame-ancestors 'none'`

/** Escapes text for element content and quoted attribute values, in HTML and in XML. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/**
 * The login form. `pending` names the login it belongs to; prefilled, so that its first button
 * signs in.
 */
export function renderLogin(login: { vendor: string; pending: string; failed: boolean }): string {
  const hint = people.map((person) => `${person.username} / ${person.password}`).join(', ')
  const options = people.map((person) => `<option value="${escapeMarkup(person.username)}">`)
  return renderPage(
    `Sign in to ${login.vendor}`,
    `${login.failed ? '<p role="alert">That user name and password do not go together.</p>' : ''}
<form method="post" action="/login">
<input type="hidden" name="pending" value="${escapeMarkup(login.pending)}">
<label for="username">User name</label>
<input id="username" name="username" value="alice" list="usernames" autocomplete="username" autocapitalize="none" spellcheck="false" required aria-describedby="hint">
<datalist id="usernames">${options.join('')}</datalist>
<label for="password">Password</label>
<input id="password" name="password" type="password" value="alicepass" autocomplete="current-password" required aria-describedby="hint">
<p id="hint">${escapeMarkup(hint)}</p>
<button type="submit" name="action" value="login">Sign in</button>
<button type="submit" name="action" value="cancel" class="plain" formnovalidate>Cancel</button>
</form>`,
  )
}

/** A page whose form posts itself: SAML Bindings §3.5.4. */
export function renderAutoPost(action: string, fields: Record<string, string>): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) =>
      `<input type="hidden" name="${escapeMarkup(name)}" value="${escapeMarkup(value)}">`,
  )
  return renderPage(
    'One moment',
    `<form method="post" action="${escapeMarkup(action)}">
${inputs.join('\n')}
<noscript><p>Scripts are off. The button takes you on.</p><button type="submit">Continue</button></noscript>
</form>
<script>${submitScript}</script>`,
  )
}

export function renderSignedOut(method: string, vendor: string, startURL?: string): string {
  return renderPage(
    `You are signed out of ${vendor}`,
    `<p>Your browser arrived here by ${escapeMarkup(method)}.</p>${
      startURL ? `<p><a href="${escapeMarkup(startURL)}">Sign in again</a></p>` : ''
    }`,
  )
}

export function renderHome(vendor: string, startURL?: string): string {
  return renderPage(
    'Demo identity provider',
    `<ul>
${startURL ? `<li><a href="${escapeMarkup(startURL)}">Sign in, beginning at ${escapeMarkup(vendor)}</a></li>` : ''}
<li><a href="/unsolicited">Sign in to ${escapeMarkup(vendor)}, beginning here</a></li>
<li><a href="/metadata">Metadata</a></li>
</ul>`,
  )
}

export function renderError(title: string, detail: string): string {
  return renderPage(title, `<p role="alert"><code>${escapeMarkup(detail)}</code></p>`)
}

function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)} · Demo identity provider</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
<p class="who">Demo identity provider, on this machine only</p>
${body}
</main>
</body>
</html>
`
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
