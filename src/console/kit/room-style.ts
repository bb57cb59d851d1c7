// Style of the validation room: steps, attempts, checks, sign-offs.

export const ROOM = `
.plain, .steps, .attempts, .check-list, .people { list-style: none }
.plain > * + * { margin-top: .25rem }
.moment { font-variant-numeric: tabular-nums; overflow-wrap: normal }
.moment span { white-space: nowrap }
.live p {
  display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; color: var(--quiet)
}
.live .button { min-height: 2rem; padding-block: 0 }
.steps {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1rem 1.5rem
}
.steps li, .check-list li { display: flex; gap: .5rem }
.steps li > div, .check-list li > div { flex: 1; min-width: 0 }
.steps svg, .check-list svg { margin-top: .25rem; color: var(--tone) }
.steps .word { font-size: .8125rem; font-weight: 600; color: var(--tone) }
.steps .word + b { display: block; line-height: 1.35 }
.steps .waiting b { font-weight: 400 }
.room {
  display: grid;
  grid-template: "attempts sign-off" auto "attempts more" 1fr / minmax(0, 1fr) 22rem; gap: 1.25rem;
  align-items: start
}
.room > * { margin: 0; min-width: 0 }
.room > #sign-off { grid-area: sign-off }
.room > #attempts { grid-area: attempts }
.more { grid-area: more; display: grid; gap: 1.25rem }
.more .section { margin: 0 }
.sign-off { padding-left: .875rem; border-left: 3px solid var(--line) }
.sign-off:has(.good) { border-color: var(--good) }
.sign-off:has(.danger) { border-color: var(--danger) }
.section > .sign-off + .sign-off { margin-top: .875rem }
blockquote {
  margin: .25rem 0 0; white-space: pre-line; overflow-wrap: anywhere; color: var(--quiet)
}
summary.button { list-style: none }
summary.button::-webkit-details-marker { display: none }
details[open] > summary.button { padding-inline: 0; border-color: transparent; background: none }
details[open] > summary.button::after { content: "▾" / ""; margin-left: .5rem }
.attempts { margin: 1.25rem calc(-1 * var(--inset)) calc(-1 * var(--inset)) }
.attempts > li { border-top: 1px solid var(--line) }
.attempts > .none-yet { padding: var(--inset) }
.attempts > li > details > summary {
  position: relative; display: grid; gap: .125rem;
  padding: .75rem var(--inset) .75rem calc(var(--inset) + 1.25rem); overflow-wrap: anywhere
}
.attempts > li > details > summary::before {
  content: "▸" / ""; position: absolute; left: var(--inset); top: .75rem; color: var(--quiet)
}
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
.failure {
  padding: .75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--danger);
  border-radius: 6px
}
.failure > * + * { margin-top: .5rem }
.compared > div {
  display: grid; grid-template-columns: 5rem minmax(0, 1fr); align-items: baseline; gap: 0 .5rem
}
.compared dd {
  padding: .125rem .5rem; border-radius: 4px;
  background: color-mix(in srgb, var(--tone) var(--tint), var(--paper))
}
.compared > div + div { margin-top: .25rem }
.check-list { display: grid; gap: .625rem; margin-top: .75rem }
.check-list dl > div {
  display: grid; grid-template-columns: 5rem minmax(0, 1fr); gap: 0 .5rem; align-items: baseline
}
.check-list dt { font-size: .8125rem }
.check-list .code { overflow-wrap: anywhere }
.ways { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem }
.people > * + * { margin-top: .75rem; padding-top: .75rem; border-top: 1px solid var(--line) }
.people li { overflow-wrap: anywhere }
.before-after {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem
}
.before-after > div { padding: .875rem 1rem; border: 1px solid var(--line); border-radius: 6px }
@media (prefers-reduced-motion: no-preference) {
  .attempts > .new { animation: arrive 8s ease-out }
}
@keyframes arrive {
  from { box-shadow: inset 4px 0 var(--accent) } to { box-shadow: inset 4px 0 transparent }
}
`
