// The style of console and setup portal. System fonts, no image; shapes and words carry what colours say.
import { TOKENS } from './style.ts'

/** Behind words and borders of a state; `--edge` is what outlines a control (3:1 against paper). */
const STATES = `
:root { --edge: #78849a; --field: #fff; --raised: #f7f9fb; --good: #17693a; --warning: #864f00; --danger: #b3231b; --tint: 8%; --code: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
@media (prefers-color-scheme: dark) { :root { --edge: #748194; --field: #141a22; --raised: #202833; --good: #6fd399; --warning: #f0b95f; --danger: #ff9f96; --tint: 13% } }
.neutral { --tone: var(--quiet) } .progress, .info { --tone: var(--accent) } .good, .success { --tone: var(--good) } .warning { --tone: var(--warning) } .danger { --tone: var(--danger) }
`

const FRAME = `
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--page); color: var(--ink); font: .9375rem/1.5 system-ui, sans-serif }
h1, h2, h3, p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0 }
h1 { font-size: 1.625rem; line-height: 1.25; letter-spacing: -.012em; overflow-wrap: anywhere; text-wrap: balance }
h2 { font-size: 1.125rem; line-height: 1.35 }
h3 { font-size: .9375rem }
small { font-size: .8125rem; color: var(--quiet) }
a:not(.button) { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px }
a:hover { text-decoration-thickness: 2px }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
[hidden] { display: none }
svg { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round }
svg .fill { fill: currentColor } svg .cut { stroke: var(--paper) }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--paper); z-index: 1 } .skip:focus { top: .5rem }
.top { background: var(--paper); border-bottom: 1px solid var(--line) }
.top > div, main, footer { width: 100%; max-width: 76rem; margin: 0 auto; padding: 0 1.5rem }
.narrow .top > div, .narrow main, .narrow footer { max-width: 50rem }
.top > div { display: flex; flex-wrap: wrap; align-items: stretch; column-gap: 2rem }
.product { display: flex; align-items: center; gap: .5rem; min-height: 3.25rem; color: inherit !important; text-decoration: none } .product span { color: var(--quiet) }
.top ul { display: flex; flex-wrap: wrap; height: 100%; list-style: none; column-gap: 1.25rem }
.top li a { display: flex; align-items: center; height: 100%; min-height: 3.25rem; border-bottom: 2px solid transparent; border-top: 2px solid transparent; color: var(--quiet); text-decoration: none }
.top li a:hover { color: var(--ink) } .top li a[aria-current] { color: var(--ink); font-weight: 600; border-bottom-color: var(--accent) }
.person { display: flex; align-items: center; gap: .75rem; margin-left: auto; line-height: 1.2; text-align: right } .person small { display: block }
main { flex: 1; display: flow-root; padding-top: 1.75rem; padding-bottom: 4rem } main:focus { outline: none }
main > * + *, .section > * + * { margin-top: 1.25rem }
footer { padding-bottom: 2rem; color: var(--quiet) }
.breadcrumb ol { display: flex; flex-wrap: wrap; list-style: none; font-size: .875rem; color: var(--quiet) }
.breadcrumb li { overflow-wrap: anywhere } .breadcrumb li + li::before { content: "/" / ""; margin: 0 .5rem; color: var(--edge) }
.breadcrumb + * { margin-top: .5rem }
.title, .section-head { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem }
.title > div:first-child { display: flex; flex-wrap: wrap; align-items: center; gap: .375rem .75rem; flex: 1 1 20rem }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin-left: auto }
.lead { max-width: 46rem; color: var(--quiet) } .title + .lead, .section-head + .lead { margin-top: .375rem }
`

const FORMS = `
.form > * + *, .group > * + * { margin-top: 1.25rem }
.inline { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end }
fieldset { border: 0; min-width: 0 } .group { padding: 1rem 0 0; border-top: 1px solid var(--line) }
label, legend { display: block; padding: 0; font-weight: 600 } .group > legend { float: left; width: 100%; font-size: 1rem } .group > legend + * { clear: both }
.mark { margin-left: .5rem; font-size: .8125rem; font-weight: 400; color: var(--quiet) }
.hint { max-width: 42rem; font-size: .875rem; color: var(--quiet); overflow-wrap: anywhere }
.error { display: block; margin-top: .25rem; font-weight: 600; color: var(--danger) }
.field:has(> .error) { padding-left: .875rem; border-left: 3px solid var(--danger) }
input, select, textarea, button { font: inherit; color: inherit }
input:not([type=checkbox], [type=radio], [type=file]), select, textarea { display: block; width: 100%; max-width: 42rem; margin-top: .375rem; padding: .4375rem .625rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--field) }
select { width: auto; max-width: 100%; padding-right: 2rem } .short { width: 8rem !important } textarea { resize: vertical } input[type=file] { display: block; margin-top: .375rem; max-width: 100% }
[aria-invalid=true] { border-color: var(--danger) !important; box-shadow: inset 0 0 0 1px var(--danger) }
.code, code { font-family: var(--code); font-size: .8125rem; overflow-wrap: anywhere } textarea.code { line-height: 1.5 }
::placeholder { color: var(--quiet); opacity: 1 }
.choice { display: grid; grid-template-columns: auto 1fr; column-gap: .625rem; margin-top: .5rem } .choice label { font-weight: 400 } .choice .hint { grid-column: 2 }
.choice input { width: 1.125rem; height: 1.125rem; margin: .1875rem 0 0; accent-color: var(--accent) }
.submit { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; padding-top: .25rem } .submit > .danger { margin-left: auto }
.button { display: inline-block; padding: .4375rem .875rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--paper); color: var(--ink); font-weight: 600; line-height: 1.35; text-align: center; text-decoration: none; white-space: nowrap; cursor: pointer }
.button:hover { border-color: currentColor; background: var(--raised) }
.button.primary { border-color: var(--accent); background: var(--accent); color: var(--paper) } .button.primary:hover { filter: brightness(1.1) }
.button.danger { color: var(--danger); border-color: var(--danger) }
.summary { display: block } .summary ul { margin: .375rem 0 0 1.125rem } .summary li a { color: var(--danger) }
`

const BLOCKS = `
.section { padding: 1.25rem 1.5rem 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
.step { display: inline-grid; place-items: center; width: 1.75rem; height: 1.75rem; margin-right: .75rem; border: 1.5px solid var(--edge); border-radius: 50%; font-size: .9375rem } .done .step { border-color: var(--good); color: var(--good) } .current .step { background: var(--accent); border-color: var(--accent); color: var(--paper) } .problem .step { border-color: var(--danger); color: var(--danger) }
.section-head > .status { margin-left: auto } .section-head > .status + .actions { margin-left: 0 }
.status { display: inline-flex; align-items: center; gap: .375rem; color: var(--tone); font-weight: 600; white-space: nowrap }
.badge { padding: .125rem .625rem .125rem .5rem; border: 1px solid; border-radius: 99px; font-size: .8125rem; background: color-mix(in srgb, var(--tone) var(--tint), var(--paper)) }
.notice { display: flex; flex-wrap: wrap; gap: .25rem .75rem; padding: .875rem 1rem; border: 1px solid; border-color: color-mix(in srgb, var(--tone) 45%, var(--paper)); border-left: 4px solid var(--tone); border-radius: 6px; background: color-mix(in srgb, var(--tone) var(--tint), var(--paper)) }
.notice > svg { margin-top: .2rem; font-size: 1.125rem; color: var(--tone) } .notice > div:first-of-type { flex: 1 1 16rem; min-width: 0; overflow-wrap: anywhere } .strong { font-weight: 600 }
.copy > div:last-child { display: flex; align-items: start; gap: .5rem; margin-top: .375rem } .copy textarea { margin: 0; flex: 1; max-width: none; min-width: 0; background: var(--raised); border-color: var(--line); field-sizing: content; resize: none; word-break: break-all } .copy .lines { field-sizing: fixed; resize: vertical; white-space: pre; word-break: normal } .copy .button { min-width: 5.5rem } .copy + .copy { margin-top: 1rem }
.values { display: grid; gap: .5rem } .values > div { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: 0 1rem } dt { color: var(--quiet) } dd { overflow-wrap: anywhere }
.none { color: var(--quiet) } .instant { font-variant-numeric: tabular-nums } .instant time { white-space: nowrap } .instant small { white-space: nowrap }
.fingerprint span + wbr + span { margin-left: .5em }
.table { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums } caption { padding: .75rem 1rem; font-weight: 600; text-align: left }
th, td { padding: .5625rem 1rem; text-align: left; vertical-align: baseline; border-top: 1px solid var(--line) } th { font-weight: 600; overflow-wrap: anywhere } td { overflow-wrap: break-word } .end { text-align: right }
thead th { padding-block: .5rem; border-top: 0; background: var(--raised); font-size: .8125rem; color: var(--quiet); white-space: nowrap } tbody tr:hover > * { background: var(--raised) }
caption:not(.visually-hidden) + thead th { border-top: 1px solid var(--line) }
td .button { padding: .1875rem .625rem; font-size: .875rem } td .inline { justify-content: flex-end }
.section .table { margin-inline: -1.5rem; border-width: 1px 0; border-radius: 0 } .section .table:last-child { margin-bottom: -1.5rem; border-bottom: 0 } .section th:first-child { padding-left: 1.5rem }
.empty { padding: 2.5rem 1.5rem; background: var(--paper); border: 1px dashed var(--edge); border-radius: 10px; text-align: center; color: var(--quiet) } .empty b { color: var(--ink) } .empty .button { margin-top: 1rem }
.pages { display: flex; justify-content: space-between } .pages :only-child[rel=next] { margin-left: auto }
.danger-zone { border-color: color-mix(in srgb, var(--danger) 45%, var(--paper)) } .danger-row { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem } .danger-row > div { flex: 1 1 20rem } .danger-row p { color: var(--quiet) } .danger-row + .danger-row { padding-top: 1.25rem; border-top: 1px solid var(--line) }
.difference, .checks { display: grid; gap: .75rem; list-style: none } .difference dd { display: flex; gap: .5rem; padding: .125rem .5rem; border-radius: 4px } .difference dd::before { font-family: var(--code); font-weight: 700; color: var(--tone) }
.before { --tone: var(--danger) } .after { --tone: var(--good) } .difference dd { background: color-mix(in srgb, var(--tone) var(--tint), var(--paper)) } .before::before { content: "−" / "" } .after::before { content: "+" / "" }
.checks li { display: flex; gap: .625rem } .checks svg { margin-top: .25rem; color: var(--tone) }
.timeline { list-style: none; border-left: 2px solid var(--line) } .timeline > li { position: relative; padding: 0 0 1rem 1.25rem } .timeline > li::before { content: ""; position: absolute; left: -6px; top: .45rem; width: 10px; height: 10px; border-radius: 50%; background: var(--edge) } .by { color: var(--quiet) }
summary { cursor: pointer } details > * + * { margin-top: .5rem }
`

const PHONE = `
@media (max-width: 44rem) {
  .top > div, main, footer { padding-inline: 1rem } main { padding-top: 1.25rem }
  .top nav { order: 1; width: 100% } .top li a { min-height: 2.75rem } .product, .person { min-height: 3rem }
  input, select, textarea { font-size: 1rem !important } .button { padding-block: .625rem }
  .section { padding: 1rem } .section-head > .status { margin-left: 0 } .values > div { grid-template-columns: 1fr }
  .title .actions, .section-head .actions { margin-left: 0; width: 100% }
  .copy > div:last-child { flex-direction: column } .copy textarea { width: 100%; flex: none }
  .table { border: 0; background: none; overflow: visible; border-radius: 0 } .section .table, .section .table:last-child { margin: 1rem 0 0 }
  table, tbody, tr, th, td { display: block } thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  caption { display: block; padding: 0 0 .5rem } tbody tr { padding: .75rem 1rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px } tbody tr + tr { margin-top: .75rem } tbody tr:hover > * { background: none }
  tbody th, tbody td { padding: .1875rem 0 !important; border: 0; text-align: left } td[data-name] { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .75rem } td[data-name]::before { content: attr(data-name); color: var(--quiet) } td .button { padding: .5rem .75rem } td .inline { justify-content: flex-start }
}
`

export const CONSOLE_STYLE = `${TOKENS}${STATES}${FRAME}${FORMS}${BLOCKS}${PHONE}`
