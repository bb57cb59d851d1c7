// Style for narrow screens, and tables as cards.

export const PHONE = `
@media (max-width: 62rem) {
  .room { grid-template: "sign-off" "attempts" "more" / minmax(0, 1fr) }
}
@media (max-width: 44rem) {
  .top, main, footer { padding-inline: 1rem }
  .top .search { order: 1; flex: 1 0 100% }
  .top .search + .person { margin-left: auto }
  .top nav { order: 2 }
  .product {
    flex-direction: column; align-items: start; justify-content: center; line-height: 1.25
  }
  .product span { font-size: .8125rem }
  main { padding-top: 1.25rem }
  input, select, textarea, input.code, textarea.code { font-size: 1rem }
  input:not([type=radio], [type=checkbox]), select, .button, td .button, .person .button {
    min-height: 2.75rem
  }
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

/** Rows as cards, for tables without room for their columns; in sections, with lines between. */
export const CARDS = `
  .table > div, .section .table > div { overflow: visible; background: none; border: 0 }
  .table tbody, .table th, .table caption { display: block }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  caption { padding: 0 0 .5rem }
  table { display: block }
  tbody tr {
    display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr));
    gap: .25rem 2rem; padding: .75rem 1rem; background: var(--paper);
    border: 1px solid var(--line); border-radius: 10px
  }
  tbody tr + tr { margin-top: .75rem }
  .section tbody tr {
    margin: 0; padding: .75rem var(--inset) 1rem; border-width: 1px 0 0; border-radius: 0
  }
  tbody tr:hover > * { background: none }
  tbody tr > *, .section tbody tr > * {
    padding: 0 !important; border: 0; text-align: left !important; min-width: 0
  }
  tbody th, td:has(.difference) { grid-column: 1 / -1 }
  td { display: block }
  td[data-name] {
    display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .75rem; align-items: baseline
  }
  td[data-name]::before { content: attr(data-name); color: var(--quiet) }
  td > div { overflow-wrap: anywhere }
  td .unbroken, td .unbroken * { white-space: normal }
  td .code { min-width: 0 }
  td .inline { justify-content: start; margin-top: .375rem }
`
