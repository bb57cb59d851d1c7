// Style of rollouts: bars, the chart of days, lists of people, the notice, codes to print.

export const ROLLOUT_STYLE = `
.stepper ol { display: flex; flex-wrap: wrap; gap: .375rem 1.5rem; list-style: none }
.stepper a {
  display: flex; align-items: center; min-height: 2rem; color: var(--quiet); text-decoration: none
}
.stepper a:hover { color: var(--ink); text-decoration: underline }
.stepper .current a { color: var(--ink); font-weight: 600 }
.stepper .step {
  width: 1.5rem; height: 1.5rem; margin-right: .4375rem; font-size: .8125rem; font-weight: 600
}
.stepper .done .step { border-color: transparent }
.stepper .done .step svg { font-size: 1.375rem }
.bars {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
  gap: 1.25rem 1.5rem
}
.bars.short { grid-template-columns: 1fr; gap: .375rem; min-width: 13rem; max-width: 24rem }
.bar {
  display: grid; grid-template-columns: 1fr auto; align-content: start; align-items: baseline;
  gap: .25rem .75rem
}
.bar.neutral { --tone: var(--edge) }
.bar-label { font-weight: 600 }
.bar-figure { font-variant-numeric: tabular-nums; color: var(--quiet) }
.bar svg, .bar small { grid-column: 1 / -1 }
.bar svg {
  width: 100%; height: .625rem; stroke: none; overflow: hidden; border-radius: 4px;
  outline: 1px solid var(--edge); outline-offset: -1px
}
.bar .track { fill: var(--raised) }
.bar .share { fill: var(--tone) }
.short .bar { grid-template-columns: 4.5rem 1fr auto; align-items: center; font-size: .8125rem }
.short .bar-label { font-weight: 400 }
.short .bar-figure { order: 1 }
.short .bar svg { grid-column: auto; height: .5rem }
.chart { margin: 1.75rem 0 0 }
.chart > svg {
  display: block; width: 100%; height: 168px; margin-top: .75rem; stroke: none; overflow: visible;
  color: var(--danger)
}
.chart .hit { fill: transparent }
.chart g:hover .hit { fill: var(--raised) }
.chart .logins { fill: var(--good) }
.chart .failures, .chart .ink { stroke: none }
.chart .ground { fill: color-mix(in srgb, var(--danger) 18%, var(--paper)) }
.chart pattern .ink { stroke: var(--danger); stroke-width: 1.5; fill: none }
.chart pattern .dot { fill: var(--danger) }
.chart .axis { stroke: var(--edge); stroke-width: 1 }
.chart text { fill: var(--quiet); font-size: .75rem }
.legend {
  display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: .5rem; list-style: none;
  font-size: .875rem; color: var(--quiet)
}
.legend li { display: inline-flex; align-items: center; gap: .4375rem }
.legend .swatch {
  width: .875rem; height: .875rem; stroke: none; color: var(--danger);
  outline: 1px solid var(--edge); outline-offset: -1px; border-radius: 2px
}
.chart details { margin-top: .75rem }
.pick {
  display: grid; grid-template-columns: auto 1fr; gap: .625rem; align-items: start;
  cursor: pointer
}
.pick input {
  width: 1.25rem; min-height: 1.25rem; margin: .0625rem 0 0; accent-color: var(--accent)
}
.pick small, tbody th > small { font-weight: 400 }
.findings { display: grid; gap: .25rem; justify-items: start }
.findings .neutral { font-weight: 400 }
.findings small { max-width: 26rem }
td .findings .button { padding-block: .25rem; text-align: left }
.pick > span { min-width: 15rem }
.toolbar {
  display: flex; flex-wrap: wrap; align-items: end; gap: .75rem 1rem; padding-block: .875rem
}
.toolbar > * { margin-top: 0 !important }
.toolbar .field { flex: 1 1 20rem }
@media (min-width: 44rem) { .toolbar { position: sticky; top: 0; z-index: 1 } }
.toolbar .submit > .danger { margin-left: 0 }
.letter {
  max-width: 46rem; padding: 1rem 1.25rem; background: var(--raised);
  border: 1px solid var(--line); border-radius: 6px; overflow-wrap: anywhere
}
.letter-text { margin-top: .5rem; white-space: pre-line; overflow-wrap: anywhere }
.mail-preview {
  width: 100%; height: 42rem; background: #fff; border: 1px solid var(--line); border-radius: 6px
}
input.instant { width: auto }
.changes {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr));
  gap: .25rem 1.5rem; list-style: none; overflow-wrap: anywhere
}
.changes li::before {
  content: "+" / ""; margin-right: .5rem; font: 700 .875rem var(--mono); color: var(--good)
}
.changes.dropped li::before { content: "−" / ""; color: var(--danger) }
.codes {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1.5rem;
  margin: .75rem 0; list-style: none
}
.codes code { font-size: 1rem; letter-spacing: .02em; white-space: nowrap }
.print-only { display: none }
details.section > summary { font-weight: 600 }
@media print {
  .top, .breadcrumb, .skip, .submit, .no-print, footer, main > .notice { display: none }
  .print-only { display: block }
  body, .section { background: none; border: 0 }
}
`
