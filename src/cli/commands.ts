// Every noun and verb that works on a database, and runs one.
import { readArguments } from './arguments.ts'
import { openClient } from './client.ts'
import { DERIVED_VERBS } from './derived/verbs.ts'
import { help } from './help.ts'
import { print } from './print.ts'
import { openTransport, TRANSPORT_FLAGS } from './open-transport.ts'
import { UsageError } from './usage-error.ts'
import { PRINTED, type Verbs } from './verb.ts'
import { withViews } from './views.ts'
import { AUDIT_VERBS } from './verbs/audit.ts'
import { CONNECTION_VERBS } from './verbs/connections.ts'
import { EVENT_VERBS } from './verbs/events.ts'
import { IMPORT_VERBS } from './verbs/imports.ts'
import { KEY_VERBS } from './verbs/keys.ts'
import { PROBE_VERBS } from './verbs/probe.ts'
import { RECONCILE_VERBS } from './verbs/reconcile.ts'
import { ROLLOUT_STEP_VERBS } from './verbs/rollout-steps.ts'
import { ROLLOUT_VERBS } from './verbs/rollouts.ts'

/** Verbs that make several calls, or whose call depends on a file. */
export const OWN_VERBS: Verbs = {
  ...AUDIT_VERBS,
  ...EVENT_VERBS,
  ...CONNECTION_VERBS,
  ...IMPORT_VERBS,
  ...KEY_VERBS,
  ...PROBE_VERBS,
  ...ROLLOUT_VERBS,
  ...RECONCILE_VERBS,
  ...ROLLOUT_STEP_VERBS,
}

export const VERBS: Verbs = byNoun({ ...withViews(DERIVED_VERBS), ...OWN_VERBS })

/** Ordered by noun, so that help lists the verbs of a noun together. */
function byNoun(verbs: Verbs): Verbs {
  const nouns = Map.groupBy(Object.entries(verbs), ([name]) => name.split(' ')[0])
  return Object.fromEntries([...nouns.values()].flat())
}

/** The flags of every verb. */
export const COMMON_FLAGS = {
  json: { about: 'print JSON' },
  help: { about: 'print this help' },
  ...TRANSPORT_FLAGS,
} as const

export async function runCommand(args: readonly string[]): Promise<void> {
  const [noun = '', verbName = '', ...rest] = args
  const nouns = new Set(Object.keys(VERBS).map((name) => name.split(' ')[0]))
  if (!nouns.has(noun)) throw new UsageError(`no command ${noun}: --help lists the commands`)
  if (verbName === '' || verbName === '--help') return console.log(help(VERBS, noun))
  const name = `${noun} ${verbName}`
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name]! : undefined
  if (!verb) throw new UsageError(`no command ${name}: ${noun} --help lists the commands`)
  const given = readArguments(rest, verb.takes ?? [], { ...verb.flags, ...COMMON_FLAGS })
  if (given.isOn('help')) return console.log(help(VERBS, noun, verbName, COMMON_FLAGS))
  const transport = await openTransport(given)
  try {
    const answer = await verb.run({ client: openClient(transport), given })
    if (answer === PRINTED) return
    if (verb.text && !given.isOn('json')) console.log(verb.text(answer))
    else print(answer, given.isOn('json'), verb.columns)
  } finally {
    await transport.close()
  }
}
