// Style of the frame and of forms: colours, header, titles, controls, buttons.

/** `--edge` outlines controls (contrast 3:1); `--tint` is the share of a tone in its background. */
export const TONES = `
:root {
  --edge: #78849a; --field: #fff; --raised: #f7f9fb; --good: #17693a; --warning: #864f00;
  --danger: #b3231b; --tint: 8%; --mono: ui-monospace, Menlo, Consolas, monospace
}
@media (prefers-color-scheme: dark) {
  :root {
    --edge: #748194; --field: #141a22; --raised: #202833; --good: #6fd399; --warning: #f0b95f;
    --danger: #ff9f96; --tint: 13%
  }
}
.neutral { --tone: var(--quiet) }
.progress, .info { --tone: var(--accent) }
.good, .success, .after { --tone: var(--good) }
.warning { --tone: var(--warning) }
.danger, .before { --tone: var(--danger) }
.badge, .notice, .difference dd {
  background: color-mix(in srgb, var(--tone) var(--tint), var(--paper))
}
`

export const FRAME = `
html { -webkit-text-size-adjust: 100% }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--page);
  color: var(--ink); font: .9375rem/1.5 system-ui, sans-serif
}
h1, h2, h3, p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0 }
h1 {
  font-size: 1.625rem; line-height: 1.25; letter-spacing: -.012em; overflow-wrap: anywhere;
  text-wrap: balance
}
h2 { font-size: 1.125rem; line-height: 1.35 }
h3 { font-size: .9375rem }
small { font-size: .8125rem; font-weight: 400; color: var(--quiet) }
.strong { font-weight: 600 }
.unbroken, .unbroken * { white-space: nowrap }
a:not(.button) {
  color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px
}
a:hover { text-decoration-thickness: 2px }
.visually-hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap
}
[hidden] { display: none !important }
svg {
  width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6;
  stroke-linecap: round; stroke-linejoin: round
}
svg .fill { fill: currentColor }
svg .cut { stroke: var(--paper) }
.skip {
  position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--paper);
  z-index: 1
}
.skip:focus { top: .5rem }
.top {
  display: flex; flex-wrap: wrap; column-gap: 1.5rem;
  padding: 0 max(1.5rem, calc((100% - 77rem) / 2)); background: var(--paper);
  border-bottom: 1px solid var(--line)
}
main, footer { width: 100%; max-width: 80rem; margin: 0 auto; padding: 0 1.5rem }
.narrow main, .narrow footer { max-width: 54rem }
.product {
  display: flex; flex-wrap: wrap; align-items: center; align-content: center; gap: 0 .5rem;
  max-width: 13rem; min-height: 3.25rem; line-height: 1.25
}
a.product { color: inherit; text-decoration: none }
.product span { color: var(--quiet) }
.top ul { display: flex; flex-wrap: wrap; list-style: none; column-gap: 1.25rem }
.top li a {
  display: flex; align-items: center; min-height: 2.5rem; border: solid transparent;
  border-width: 2px 0; color: var(--quiet); text-decoration: none
}
.top .search { align-self: center; flex: 0 1 24rem; margin-left: auto }
.top .search + .person { margin-left: 0 }
.total { margin-top: 1rem; color: var(--quiet) }
.top li a:hover { color: var(--ink) }
.top li a[aria-current] { color: var(--ink); font-weight: 600; border-bottom-color: var(--accent) }
.person {
  display: flex; align-items: center; gap: .75rem; min-width: 0; margin-left: auto;
  line-height: 1.25; text-align: right
}
.person > span { min-width: 0 }
.person > span > * {
  display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap
}
.product { flex: none }
.top nav { width: 100% }
.person form { flex: none }
.person .button { min-height: 2rem; padding: .125rem .75rem; font-size: .875rem }
main { flex: 1; display: flow-root; padding-top: 1.75rem; padding-bottom: 4rem }
main:focus { outline: none }
main > * + *, .section > * + * { margin-top: 1.25rem }
footer { padding-bottom: 2rem; color: var(--quiet); overflow-wrap: anywhere }
.breadcrumb ol {
  display: flex; flex-wrap: wrap; list-style: none; font-size: .875rem; color: var(--quiet)
}
.breadcrumb li { overflow-wrap: anywhere }
.breadcrumb li + li::before { content: "/" / ""; margin: 0 .5rem; color: var(--edge) }
.breadcrumb + .title { margin-top: .375rem }
.title, .heading, .section-head, .actions {
  display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem
}
.title { align-items: start; gap: .75rem 1.5rem }
.title > div:first-child { flex: 1 1 22rem; min-width: 0 }
.actions { gap: .5rem; margin-left: auto }
.lead { max-width: 46rem; color: var(--quiet); overflow-wrap: anywhere }
.heading + .lead { margin-top: .25rem }
`

export const FORMS = `
.form > * + *, .group > * + * { margin-top: 1.25rem }
.inline { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end }
.inline .field { flex: 0 1 18rem; min-width: 0 }
fieldset { border: 0; min-width: 0 }
label, legend { padding: 0; font-weight: 600 }
legend { float: left; width: 100% }
legend + * { clear: both }
.group { padding-top: 1rem; border-top: 1px solid var(--line) }
.group > legend { font-size: 1rem }
.group > legend + * { margin-top: 0 }
.mark { margin-left: .5rem; font-size: .8125rem; font-weight: 400; color: var(--quiet) }
.hint { max-width: 48rem; font-size: .875rem; color: var(--quiet); overflow-wrap: anywhere }
.error { margin-top: .125rem; font-weight: 600; color: var(--danger); overflow-wrap: anywhere }
.field:has(> .error) { padding-left: .875rem; border-left: 3px solid var(--danger) }
input, select, textarea, button { font: inherit; color: inherit }
input, select, textarea {
  display: block; width: 100%; max-width: 48rem; min-height: 2.25rem; line-height: 1.4;
  margin-top: .375rem; padding: .375rem .625rem; border: 1px solid var(--edge); border-radius: 6px;
  background: var(--field)
}
select { width: auto; max-width: 100%; padding-right: 2rem }
.inline select { width: 100% }
textarea { resize: vertical }
[type=file] { padding: 0; border: 0; background: none }
input.short { width: 8rem }
input[aria-invalid], select[aria-invalid], textarea[aria-invalid] {
  border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger)
}
.code, code { font-family: var(--mono); font-size: .8125rem; overflow-wrap: anywhere }
::placeholder { color: var(--quiet); opacity: 1 }
.choice { display: grid; grid-template-columns: auto 1fr; column-gap: .625rem; margin-top: .5rem }
.field > .choice:first-child { margin-top: 0 }
legend + .choice { padding-top: .5rem }
.choice label { font-weight: 400 }
.choice .hint { grid-column: 2 }
.choice input {
  width: 1.125rem; min-height: 1.125rem; margin: .125rem 0 0; accent-color: var(--accent)
}
.submit { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; padding-top: .25rem }
.submit > .danger { margin-left: auto }
.danger-zone .submit > .danger { margin-left: 0 }
.button, ::file-selector-button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.25rem;
  padding: .25rem .875rem; border: 1px solid var(--edge); border-radius: 6px;
  background: var(--paper); color: var(--ink); font: inherit; font-weight: 600; line-height: 1.35;
  text-align: center; text-decoration: none; cursor: pointer
}
::file-selector-button { margin-right: .75rem }
.button:hover { border-color: currentColor; background: var(--raised) }
.button.danger { color: var(--danger); border-color: var(--danger) }
.button.primary { border-color: var(--accent); background: var(--accent); color: var(--paper) }
.button.primary:hover { filter: brightness(1.1) }
.summary ul { margin: .375rem 0 0 1.125rem }
.summary li a { color: var(--danger) }
`
