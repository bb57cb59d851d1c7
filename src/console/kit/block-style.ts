// Style of the building blocks: sections, tables, notices, values, checks, timelines.

export const BLOCKS = `
.section {
  --inset: 1.5rem; padding: 1.25rem var(--inset) var(--inset); background: var(--paper);
  border: 1px solid var(--line); border-radius: 10px
}
.step {
  display: grid; place-items: center; flex: none; width: 1.75rem; height: 1.75rem;
  margin-right: .625rem; border: 1.5px solid var(--edge); border-radius: 50%; font-size: .9375rem
}
.done .step { border-color: var(--good); color: var(--good) }
.problem .step { border-color: var(--danger); color: var(--danger) }
.current .step { background: var(--accent); border-color: var(--accent); color: var(--paper) }
.section-head .lead { flex: 0 0 100%; max-width: none; order: 1; margin-top: -.25rem }
.section-head h2 { display: flex; align-items: baseline; min-width: 0; overflow-wrap: anywhere }
.section-head > .status { margin-left: auto }
.section-head > .status ~ .actions { margin-left: 0 }
.status {
  display: inline-flex; align-items: baseline; gap: .375rem; color: var(--tone); font-weight: 600
}
.status > svg { align-self: center }
.badge {
  padding: .0625rem .625rem .0625rem .5rem; border: 1px solid; border-radius: 99px;
  font-size: .8125rem
}
.notice {
  padding: .875rem 1rem; border: 1px solid;
  border-color: color-mix(in srgb, var(--tone) 45%, var(--paper));
  border-left: 4px solid var(--tone); border-radius: 6px; overflow-wrap: anywhere
}
.notice:not(.summary) { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center }
.notice > svg { align-self: start; margin-top: .15rem; font-size: 1.125rem; color: var(--tone) }
.notice > svg + div { flex: 1 1 14rem; min-width: 0 }
.notice .copy { margin-top: .75rem }
.copy + .copy { margin-top: 1rem }
.copy > div:last-child { display: flex; align-items: start; gap: .5rem; margin-top: .375rem }
.copy textarea {
  flex: 1; min-width: 0; max-width: none; margin: 0; background: var(--raised);
  border-color: var(--line); line-height: 1.375rem; field-sizing: content; resize: none;
  overflow-wrap: anywhere
}
.copy textarea.lines { field-sizing: fixed; resize: vertical; white-space: pre }
.copy textarea.words { white-space: pre-wrap }
.copy .button { min-width: 5.75rem }
.copy-code { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem }
.copy-code input { flex: 0 1 21rem; min-width: 0 }
.copy-code .button { min-width: 5.75rem }
.values { display: grid; gap: .5rem }
.values > div {
  display: grid; grid-template-columns: 12rem minmax(0, 1fr); align-items: baseline; gap: 0 1rem
}
dt, .none, .by { color: var(--quiet) }
dd { overflow-wrap: anywhere }
.instant { font-weight: 400; font-variant-numeric: tabular-nums }
.instant > * { white-space: nowrap }
.fingerprint span { margin-right: .5em }
.table { container-type: inline-size }
.table.many { container-name: many }
.table > div {
  position: relative; overflow-x: auto; background: var(--paper); border: 1px solid var(--line);
  border-radius: 10px
}
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
caption { padding: .75rem 1rem; font-weight: 600; text-align: left }
th, td {
  padding: .5rem .75rem; text-align: left; vertical-align: baseline;
  border-top: 1px solid var(--line)
}
th { font-weight: 600; overflow-wrap: anywhere }
thead th {
  padding-block: .4375rem; background: var(--raised); font-size: .8125rem; color: var(--quiet);
  white-space: nowrap
}
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
.many td .button { white-space: nowrap }
td .button.danger:not(:hover) { border-color: var(--edge) }
td .inline { justify-content: end }
.section .table { margin-inline: calc(-1 * var(--inset)) }
.section .table > div { border-width: 1px 0; border-radius: 0 }
.section .table:last-child { margin-bottom: calc(-1 * var(--inset)) }
.section .table:last-child > div { border-bottom: 0; border-radius: 0 0 10px 10px }
.section th:first-child { padding-left: var(--inset) }
.section tr > :last-child { padding-right: var(--inset) }
.empty {
  padding: 2rem 1.5rem; background: var(--paper); border: 1px dashed var(--edge);
  border-radius: 10px; text-align: center; color: var(--quiet)
}
.empty b { color: var(--ink) }
.empty .button { margin-top: 1rem }
.pages { display: flex; justify-content: space-between }
.pages [rel=next] { margin-left: auto }
.danger-zone { border-color: color-mix(in srgb, var(--danger) 45%, var(--paper)) }
.action-row { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem }
.action-row > div { flex: 1 1 20rem }
.action-row p { color: var(--quiet) }
.action-row + .action-row { padding-top: 1.25rem; border-top: 1px solid var(--line) }
.difference, .checks { display: grid; gap: .75rem; list-style: none }
.difference dd {
  display: flex; align-items: baseline; gap: .5rem; margin-top: 2px; padding: .125rem .5rem;
  border-radius: 4px
}
.difference dd > div { min-width: 0 }
.difference dd::before { content: "+" / ""; font: 700 .875rem var(--mono); color: var(--tone) }
.difference .before::before { content: "−" / "" }
mark {
  padding: .0625rem 0; border-radius: 2px;
  background: color-mix(in srgb, var(--tone) 26%, var(--paper)); color: inherit; font-weight: 600
}
.checks li { display: flex; gap: .625rem }
.checks li > div { min-width: 0; overflow-wrap: anywhere }
.checks svg { margin-top: .25rem; color: var(--tone) }
.timeline { list-style: none; border-left: 2px solid var(--line) }
.timeline li { position: relative; padding: 0 0 1rem 1.25rem }
.timeline li:last-child { padding-bottom: 0 }
.timeline li::before {
  content: ""; position: absolute; left: -6px; top: .45rem; width: 10px; height: 10px;
  border-radius: 50%; background: var(--edge)
}
.timeline .difference { margin-top: .5rem }
summary { cursor: pointer }
details > * + * { margin-top: .5rem }
`
