// The style of console and setup portal. System fonts, no image; shapes and words carry what colours say.
import { ROLLOUT_STYLE } from './rollout-style.ts'
import { TOKENS } from '../../platform/http/style.ts'

/** `--edge` outlines what can be used (3:1 against its ground), `--tint` is how much of a tone its ground takes on. */
const TONES = `
:root { --edge: #78849a; --field: #fff; --raised: #f7f9fb; --good: #17693a; --warning: #864f00; --danger: #b3231b; --tint: 8%; --mono: ui-monospace, Menlo, Consolas, monospace }
@media (prefers-color-scheme: dark) { :root { --edge: #748194; --field: #141a22; --raised: #202833; --good: #6fd399; --warning: #f0b95f; --danger: #ff9f96; --tint: 13% } }
.neutral { --tone: var(--quiet) }
.progress, .info { --tone: var(--accent) }
.good, .success, .after { --tone: var(--good) }
.warning { --tone: var(--warning) }
.danger, .before { --tone: var(--danger) }
.badge, .notice, .difference dd { background: color-mix(in srgb, var(--tone) var(--tint), var(--paper)) }
`

const FRAME = `
html { -webkit-text-size-adjust: 100% }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--page); color: var(--ink); font: .9375rem/1.5 system-ui, sans-serif }
h1, h2, h3, p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0 }
h1 { font-size: 1.625rem; line-height: 1.25; letter-spacing: -.012em; overflow-wrap: anywhere; text-wrap: balance }
h2 { font-size: 1.125rem; line-height: 1.35 }
h3 { font-size: .9375rem }
small { font-size: .8125rem; font-weight: 400; color: var(--quiet) }
.strong { font-weight: 600 }
.unbroken, .unbroken * { white-space: nowrap }
a:not(.button) { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px }
a:hover { text-decoration-thickness: 2px }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
[hidden] { display: none !important }
svg { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round }
svg .fill { fill: currentColor }
svg .cut { stroke: var(--paper) }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--paper); z-index: 1 }
.skip:focus { top: .5rem }
.top { display: flex; flex-wrap: wrap; column-gap: 2rem; padding: 0 max(1.5rem, calc((100% - 77rem) / 2)); background: var(--paper); border-bottom: 1px solid var(--line) }
main, footer { width: 100%; max-width: 80rem; margin: 0 auto; padding: 0 1.5rem }
.narrow main, .narrow footer { max-width: 54rem }
.product { display: flex; flex-wrap: wrap; align-items: center; align-content: center; gap: 0 .5rem; max-width: 13rem; min-height: 3.25rem; line-height: 1.25 }
a.product { color: inherit; text-decoration: none }
.product span { color: var(--quiet) }
.top ul { display: flex; flex-wrap: wrap; height: 100%; list-style: none; column-gap: 1.25rem }
.top li a { display: flex; align-items: center; height: 100%; min-height: 3.25rem; border: solid transparent; border-width: 2px 0; color: var(--quiet); text-decoration: none }
.top li a:hover { color: var(--ink) }
.top li a[aria-current] { color: var(--ink); font-weight: 600; border-bottom-color: var(--accent) }
.person { display: flex; align-items: center; gap: .75rem; min-width: 0; margin-left: auto; line-height: 1.25; text-align: right }
.person > span { min-width: 0 }
.person > span > * { display: block; overflow: hidden; text-overflow: ellipsis }
.person form { flex: none }
.person .button { min-height: 2rem; padding: .125rem .75rem; font-size: .875rem }
main { flex: 1; display: flow-root; padding-top: 1.75rem; padding-bottom: 4rem }
main:focus { outline: none }
main > * + *, .section > * + * { margin-top: 1.25rem }
footer { padding-bottom: 2rem; color: var(--quiet); overflow-wrap: anywhere }
.breadcrumb ol { display: flex; flex-wrap: wrap; list-style: none; font-size: .875rem; color: var(--quiet) }
.breadcrumb li { overflow-wrap: anywhere }
.breadcrumb li + li::before { content: "/" / ""; margin: 0 .5rem; color: var(--edge) }
.breadcrumb + .title { margin-top: .375rem }
.title, .heading, .section-head, .actions { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem }
.title { align-items: start; gap: .75rem 1.5rem }
.title > div:first-child { flex: 1 1 22rem; min-width: 0 }
.actions { gap: .5rem; margin-left: auto }
.lead { max-width: 46rem; color: var(--quiet); overflow-wrap: anywhere }
.heading + .lead { margin-top: .25rem }
`

const FORMS = `
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
input, select, textarea { display: block; width: 100%; max-width: 48rem; min-height: 2.25rem; line-height: 1.4; margin-top: .375rem; padding: .375rem .625rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--field) }
select { width: auto; max-width: 100%; padding-right: 2rem }
.inline select { width: 100% }
textarea { resize: vertical }
[type=file] { padding: 0; border: 0; background: none }
input.short { width: 8rem }
input[aria-invalid], select[aria-invalid], textarea[aria-invalid] { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger) }
.code, code { font-family: var(--mono); font-size: .8125rem; overflow-wrap: anywhere }
::placeholder { color: var(--quiet); opacity: 1 }
.choice { display: grid; grid-template-columns: auto 1fr; column-gap: .625rem; margin-top: .5rem }
.field > .choice:first-child { margin-top: 0 }
legend + .choice { padding-top: .5rem }
.choice label { font-weight: 400 }
.choice .hint { grid-column: 2 }
.choice input { width: 1.125rem; min-height: 1.125rem; margin: .125rem 0 0; accent-color: var(--accent) }
.submit { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; padding-top: .25rem }
.submit > .danger { margin-left: auto }
.button, ::file-selector-button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.25rem; padding: .25rem .875rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--paper); color: var(--ink); font: inherit; font-weight: 600; line-height: 1.35; text-align: center; text-decoration: none; cursor: pointer }
::file-selector-button { margin-right: .75rem }
.button:hover { border-color: currentColor; background: var(--raised) }
.button.danger { color: var(--danger); border-color: var(--danger) }
.button.primary { border-color: var(--accent); background: var(--accent); color: var(--paper) }
.button.primary:hover { filter: brightness(1.1) }
.summary ul { margin: .375rem 0 0 1.125rem }
.summary li a { color: var(--danger) }
`

const BLOCKS = `
.section { --inset: 1.5rem; padding: 1.25rem var(--inset) var(--inset); background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
.step { display: grid; place-items: center; flex: none; width: 1.75rem; height: 1.75rem; margin-right: .625rem; border: 1.5px solid var(--edge); border-radius: 50%; font-size: .9375rem }
.done .step { border-color: var(--good); color: var(--good) }
.problem .step { border-color: var(--danger); color: var(--danger) }
.current .step { background: var(--accent); border-color: var(--accent); color: var(--paper) }
.section-head .lead { flex: 0 0 100%; max-width: none; order: 1; margin-top: -.25rem }
.section-head h2 { display: flex; align-items: baseline; min-width: 0; overflow-wrap: anywhere }
.section-head > .status { margin-left: auto }
.section-head > .status ~ .actions { margin-left: 0 }
.status { display: inline-flex; align-items: baseline; gap: .375rem; color: var(--tone); font-weight: 600 }
.status > svg { align-self: center }
.badge { padding: .0625rem .625rem .0625rem .5rem; border: 1px solid; border-radius: 99px; font-size: .8125rem }
.notice { padding: .875rem 1rem; border: 1px solid; border-color: color-mix(in srgb, var(--tone) 45%, var(--paper)); border-left: 4px solid var(--tone); border-radius: 6px; overflow-wrap: anywhere }
.notice:not(.summary) { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center }
.notice > svg { align-self: start; margin-top: .15rem; font-size: 1.125rem; color: var(--tone) }
.notice > svg + div { flex: 1 1 14rem; min-width: 0 }
.notice .copy { margin-top: .75rem }
.copy + .copy { margin-top: 1rem }
.copy > div:last-child { display: flex; align-items: start; gap: .5rem; margin-top: .375rem }
.copy textarea { flex: 1; min-width: 0; max-width: none; margin: 0; background: var(--raised); border-color: var(--line); line-height: 1.375rem; field-sizing: content; resize: none; overflow-wrap: anywhere }
.copy textarea.lines { field-sizing: fixed; resize: vertical; white-space: pre }
.copy .button { min-width: 5.75rem }
.values { display: grid; gap: .5rem }
.values > div { display: grid; grid-template-columns: 12rem minmax(0, 1fr); align-items: baseline; gap: 0 1rem }
dt, .none, .by { color: var(--quiet) }
dd { overflow-wrap: anywhere }
.instant { font-weight: 400; font-variant-numeric: tabular-nums }
.instant > * { white-space: nowrap }
.fingerprint span { margin-right: .5em }
.table { container-type: inline-size }
.table.many { container-name: many }
.table > div { position: relative; overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
caption { padding: .75rem 1rem; font-weight: 600; text-align: left }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: baseline; border-top: 1px solid var(--line) }
th { font-weight: 600; overflow-wrap: anywhere }
thead th { padding-block: .4375rem; background: var(--raised); font-size: .8125rem; color: var(--quiet); white-space: nowrap }
.visually-hidden + thead th { border-top: 0 }
th:first-child { padding-left: 1rem }
tr > :last-child { padding-right: 1rem }
tbody th { min-width: 11rem }
tbody th a:not(:hover) { text-decoration: none }
tbody tr:hover > * { background: var(--raised) }
td { overflow-wrap: break-word }
td .code { display: inline-grid; min-width: 10.5rem }
th.end, td.end { text-align: right }
td .button { min-height: 1.75rem; padding: 0 .625rem; font-size: .875rem }
td .button.danger:not(:hover) { border-color: var(--edge) }
td .inline { justify-content: end }
.section .table { margin-inline: calc(-1 * var(--inset)) }
.section .table > div { border-width: 1px 0; border-radius: 0 }
.section .table:last-child { margin-bottom: calc(-1 * var(--inset)) }
.section .table:last-child > div { border-bottom: 0; border-radius: 0 0 10px 10px }
.section th:first-child { padding-left: var(--inset) }
.section tr > :last-child { padding-right: var(--inset) }
.empty { padding: 2rem 1.5rem; background: var(--paper); border: 1px dashed var(--edge); border-radius: 10px; text-align: center; color: var(--quiet) }
.empty b { color: var(--ink) }
.empty .button { margin-top: 1rem }
.pages { display: flex; justify-content: space-between }
.pages [rel=next] { margin-left: auto }
.danger-zone { border-color: color-mix(in srgb, var(--danger) 45%, var(--paper)) }
.danger-row { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem }
.danger-row > div { flex: 1 1 20rem }
.danger-row p { color: var(--quiet) }
.danger-row + .danger-row { padding-top: 1.25rem; border-top: 1px solid var(--line) }
.difference, .checks { display: grid; gap: .75rem; list-style: none }
.difference dd { display: flex; align-items: baseline; gap: .5rem; margin-top: 2px; padding: .125rem .5rem; border-radius: 4px }
.difference dd > div { min-width: 0 }
.difference dd::before { content: "+" / ""; font: 700 .875rem var(--mono); color: var(--tone) }
.difference .before::before { content: "−" / "" }
mark { padding: .0625rem 0; border-radius: 2px; background: color-mix(in srgb, var(--tone) 26%, var(--paper)); color: inherit; font-weight: 600 }
.checks li { display: flex; gap: .625rem }
.checks li > div { min-width: 0; overflow-wrap: anywhere }
.checks svg { margin-top: .25rem; color: var(--tone) }
.timeline { list-style: none; border-left: 2px solid var(--line) }
.timeline li { position: relative; padding: 0 0 1rem 1.25rem }
.timeline li:last-child { padding-bottom: 0 }
.timeline li::before { content: ""; position: absolute; left: -6px; top: .45rem; width: 10px; height: 10px; border-radius: 50%; background: var(--edge) }
.timeline .difference { margin-top: .5rem }
summary { cursor: pointer }
details > * + * { margin-top: .5rem }
`

const ROOM = `
.plain, .steps, .attempts, .check-list, .people { list-style: none }
.plain > * + * { margin-top: .25rem }
.moment { font-variant-numeric: tabular-nums; overflow-wrap: normal }
.moment span { white-space: nowrap }
.live p { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; color: var(--quiet) }
.live .button { min-height: 2rem; padding-block: 0 }
.steps { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1rem 1.5rem }
.steps li, .check-list li { display: flex; gap: .5rem }
.steps li > div, .check-list li > div { flex: 1; min-width: 0 }
.steps svg, .check-list svg { margin-top: .25rem; color: var(--tone) }
.steps .word { font-size: .8125rem; font-weight: 600; color: var(--tone) }
.steps .word + b { display: block; line-height: 1.35 }
.steps .waiting b { font-weight: 400 }
.room { display: grid; grid-template: "attempts sign-off" auto "attempts more" 1fr / minmax(0, 1fr) 22rem; gap: 1.25rem; align-items: start }
.room > * { margin: 0; min-width: 0 }
.room > #sign-off { grid-area: sign-off }
.room > #attempts { grid-area: attempts }
.more { grid-area: more; display: grid; gap: 1.25rem }
.more .section { margin: 0 }
.sign-off { padding-left: .875rem; border-left: 3px solid var(--line) }
.sign-off:has(.good) { border-color: var(--good) }
.sign-off:has(.danger) { border-color: var(--danger) }
.section > .sign-off + .sign-off { margin-top: .875rem }
blockquote { margin: .25rem 0 0; white-space: pre-line; overflow-wrap: anywhere; color: var(--quiet) }
summary.button { list-style: none }
summary.button::-webkit-details-marker { display: none }
details[open] > summary.button { padding-inline: 0; border-color: transparent; background: none }
details[open] > summary.button::after { content: "▾" / ""; margin-left: .5rem }
.attempts { margin: 1.25rem calc(-1 * var(--inset)) calc(-1 * var(--inset)) }
.attempts > li { border-top: 1px solid var(--line) }
.attempts > .none-yet { padding: var(--inset) }
.attempts > li > details > summary { position: relative; display: grid; gap: .125rem; padding: .75rem var(--inset) .75rem calc(var(--inset) + 1.25rem); overflow-wrap: anywhere }
.attempts > li > details > summary::before { content: "▸" / ""; position: absolute; left: var(--inset); top: .75rem; color: var(--quiet) }
.attempts > li > details[open] > summary::before { content: "▾" / "" }
.attempts > li > details > summary::-webkit-details-marker { display: none }
.attempts > li > details > summary:hover { background: var(--raised) }
.attempts > li:last-child > details:not([open]) > summary { border-radius: 0 0 10px 10px }
.outcome { display: flex; flex-wrap: wrap; gap: 0 .625rem }
.facts { display: flex; flex-wrap: wrap; gap: 0 .375rem; font-size: .875rem; color: var(--quiet) }
.facts > :not(:last-child)::after { content: " ·" / "" }
.remedy { max-width: 48rem; font-size: .875rem }
.opened { padding: .25rem var(--inset) 1.25rem calc(var(--inset) + 1.25rem) }
.opened > * + * { margin-top: 1rem }
.opened .values > div { grid-template-columns: 9.5rem minmax(0, 1fr) }
.failure { padding: .75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--danger); border-radius: 6px }
.failure > * + * { margin-top: .5rem }
.compared > div { display: grid; grid-template-columns: 5rem minmax(0, 1fr); align-items: baseline; gap: 0 .5rem }
.compared dd { padding: .125rem .5rem; border-radius: 4px; background: color-mix(in srgb, var(--tone) var(--tint), var(--paper)) }
.compared > div + div { margin-top: .25rem }
.check-list { display: grid; gap: .625rem; margin-top: .75rem }
.check-list dl > div { display: grid; grid-template-columns: 5rem minmax(0, 1fr); gap: 0 .5rem; align-items: baseline }
.check-list dt { font-size: .8125rem }
.check-list .code { overflow-wrap: anywhere }
.ways { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem }
.people > * + * { margin-top: .75rem; padding-top: .75rem; border-top: 1px solid var(--line) }
.people li { overflow-wrap: anywhere }
.before-after { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem }
.before-after > div { padding: .875rem 1rem; border: 1px solid var(--line); border-radius: 6px }
@media (prefers-reduced-motion: no-preference) { .attempts > .new { animation: arrive 8s ease-out } }
@keyframes arrive { from { box-shadow: inset 4px 0 var(--accent) } to { box-shadow: inset 4px 0 transparent } }
`

const PHONE = `
@media (max-width: 62rem) {
  .room { grid-template: "sign-off" "attempts" "more" / minmax(0, 1fr) }
  .top { column-gap: 1rem }
  .top nav { order: 1; width: 100% }
  .top li a { min-height: 2.5rem }
}
@media (max-width: 44rem) {
  .top, main, footer { padding-inline: 1rem }
  .product { flex-direction: column; align-items: start; justify-content: center; line-height: 1.25 }
  .product span { font-size: .8125rem }
  .person { flex: 1 1 0; justify-content: end }
  main { padding-top: 1.25rem }
  input, select, textarea, input.code, textarea.code { font-size: 1rem }
  input:not([type=radio], [type=checkbox]), select, .button, td .button, .person .button { min-height: 2.75rem }
  .inline .field { flex: 1 1 12rem }
  .section { --inset: 1rem; padding-top: 1rem }
  .section-head > .status { margin-left: 0 }
  .section-head .lead { order: 0 }
  .notice > .actions { margin-left: 1.875rem }
  .values > div, .opened .values > div { grid-template-columns: minmax(0, 1fr) }
  .steps { gap: .5rem }
  .steps .word + b { display: inline }
  .compared > div { grid-template-columns: minmax(0, 1fr) }
  .steps li:not(.current) .hint { display: none }
  .title > .actions, .section-head .lead + .actions { margin-left: 0 }
  .copy { display: grid; grid-template-columns: 1fr auto; align-items: center; gap: .25rem .75rem }
  .copy > div:last-child { display: contents }
  .copy .button { grid-area: 1 / 2; min-width: 5.5rem; min-height: 2.5rem }
  .copy .hint, .copy textarea { grid-column: 1 / -1 }
  .copy textarea.code { font-size: .875rem }
}
`

/** Rows as cards, where a table has not the room that its columns ask for. Inside a section rows stay rows, with lines between. */
const CARDS = `
  .table > div, .section .table > div { overflow: visible; background: none; border: 0 }
  .table tbody, .table th, .table caption { display: block }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  caption { padding: 0 0 .5rem }
  table { display: block }
  tbody tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: .25rem 2rem; padding: .75rem 1rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
  tbody tr + tr { margin-top: .75rem }
  .section tbody tr { margin: 0; padding: .75rem var(--inset) 1rem; border-width: 1px 0 0; border-radius: 0 }
  tbody tr:hover > * { background: none }
  tbody tr > *, .section tbody tr > * { padding: 0 !important; border: 0; text-align: left !important; min-width: 0 }
  tbody th, td:has(.difference) { grid-column: 1 / -1 }
  td { display: block }
  td[data-name] { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .75rem; align-items: baseline }
  td[data-name]::before { content: attr(data-name); color: var(--quiet) }
  td > div { overflow-wrap: anywhere }
  td .unbroken, td .unbroken * { white-space: normal }
  td .code { min-width: 0 }
  td .inline { justify-content: start; margin-top: .375rem }
`

export const CONSOLE_STYLE = `${TOKENS}${TONES}${FRAME}${FORMS}${BLOCKS}${ROOM}${ROLLOUT_STYLE}${PHONE}
@container (max-width: 44rem) {${CARDS}}
@container many (max-width: 64rem) {${CARDS}}
`
