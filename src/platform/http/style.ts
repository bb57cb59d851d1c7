// The colours that all pages share, and the style of the front door: one column, no image and no
// font to load.
import type { Accent } from '../accent.ts'

/** Colours, light and dark, and what holds on every page. */
export const TOKENS = `
:root { color-scheme: light dark; --ink: #1c2430; --quiet: #5b6675; --paper: #fff;
  --page: #eef1f5; --line: #d5dbe3; --accent: #1f5fbf }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --quiet: #a3aebd;
  --paper: #1b222c; --page: #11161d; --line: #333d4a; --accent: #82b1ff } }
* { box-sizing: border-box }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`

/** A vendor’s colour in place of ours. It is `#rrggbb`, and readable on our papers. */
export function accentStyle(accent: Accent | null): string {
  if (!accent) return ''
  const dark = `@media (prefers-color-scheme: dark) { :root { --accent: ${accent.dark} } }`
  return `:root { --accent: ${accent.light} }\n${dark}\n`
}

export const STYLE = `${TOKENS}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; align-content: center;
  gap: 1rem; padding: 1rem;
  background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
header { max-width: 34rem; font-weight: 600; overflow-wrap: anywhere }
footer { font-size: .875em }
main { width: 100%; max-width: 34rem; padding: 2rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 12px }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance }
p { margin: 0 0 1rem }
main > :last-child { margin-bottom: 0 }
a:not(.button) { color: var(--accent) }
form a { margin-left: 1rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.25rem;
  margin: 1.5rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line) }
dt { color: var(--quiet) }
dd { margin: 0; overflow-wrap: anywhere }
code { font-size: .875em; user-select: all }
@media (max-width: 30rem) { main { padding: 1.5rem } dl { grid-template-columns: 1fr; gap: 0 }
  dd { margin-bottom: .6rem } }
form { margin: 1.5rem 0 0 }
.aside { margin-top: 1.5rem; font-size: .875em }
label { display: block; font-weight: 600 }
input { width: 100%; margin: .35rem 0 1rem; padding: .6rem .75rem;
  border: 1px solid var(--quiet); border-radius: 8px; background: var(--paper);
  color: var(--ink); font: inherit }
button, .button { display: inline-block; padding: .6rem 1.2rem; border: 1px solid var(--accent);
  border-radius: 8px; background: var(--accent); color: var(--paper); font: inherit;
  font-weight: 600; text-decoration: none; cursor: pointer }
.plain { padding-inline: .6rem; border-color: transparent; background: none; color: var(--accent) }
`
