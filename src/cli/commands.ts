// Every noun and verb that works on a database, and how one is run.
import { readArguments } from './arguments.ts'
import { openClient } from './client.ts'
import { help } from './help.ts'
import { print } from './print.ts'
import { openTransport, TRANSPORT_FLAGS } from './open-transport.ts'
import { UsageError } from './usage-error.ts'
import type { Verbs } from './verb.ts'
import { ACCESS_VERBS } from './verbs/access.ts'
import { BREAK_GLASS_VERBS } from './verbs/break-glass.ts'
import { CERTIFICATE_VERBS } from './verbs/certificates.ts'
import { ATTEMPT_VERBS } from './verbs/attempts.ts'
import { CLIENT_VERBS } from './verbs/clients.ts'
import { CONNECTION_VERBS } from './verbs/connections.ts'
import { DIRECTORY_VERBS } from './verbs/directory.ts'
import { DOMAIN_VERBS } from './verbs/domains.ts'
import { IMPORT_VERBS } from './verbs/imports.ts'
import { KEY_VERBS } from './verbs/keys.ts'
import { METADATA_VERBS } from './verbs/metadata.ts'
import { RECONCILE_VERBS } from './verbs/reconcile.ts'
import { ROLLOUT_STEP_VERBS } from './verbs/rollout-steps.ts'
import { ROLLOUT_VERBS } from './verbs/rollouts.ts'
import { SCIM_TOKEN_VERBS } from './verbs/scim-tokens.ts'
import { SIGNING_KEY_VERBS } from './verbs/signing-keys.ts'
import { SESSION_VERBS } from './verbs/sessions.ts'
import { TENANT_VERBS } from './verbs/tenants.ts'
import { TESTER_VERBS } from './verbs/testers.ts'
import { USER_VERBS } from './verbs/users.ts'

export const VERBS: Verbs = {
  ...TENANT_VERBS,
  ...USER_VERBS,
  ...DIRECTORY_VERBS,
  ...IMPORT_VERBS,
  ...DOMAIN_VERBS,
  ...CONNECTION_VERBS,
  ...METADATA_VERBS,
  ...CERTIFICATE_VERBS,
  ...ATTEMPT_VERBS,
  ...SESSION_VERBS,
  ...TESTER_VERBS,
  ...ROLLOUT_VERBS,
  ...RECONCILE_VERBS,
  ...ROLLOUT_STEP_VERBS,
  ...BREAK_GLASS_VERBS,
  ...CLIENT_VERBS,
  ...KEY_VERBS,
  ...SIGNING_KEY_VERBS,
  ...ACCESS_VERBS,
  ...SCIM_TOKEN_VERBS,
}

/** What every verb understands beside its own. */
export const COMMON_FLAGS = {
  json: { about: 'print JSON' },
  help: { about: 'print this' },
  ...TRANSPORT_FLAGS,
} as const

export async function runCommand(args: readonly string[]): Promise<void> {
  const [noun = '', verbName = '', ...rest] = args
  const nouns = new Set(Object.keys(VERBS).map((name) => name.split(' ')[0]))
  if (!nouns.has(noun)) throw new UsageError(`no command ${noun}: --help lists them`)
  if (verbName === '' || verbName === '--help') return console.log(help(VERBS, noun))
  const name = `${noun} ${verbName}`
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name]! : undefined
  if (!verb) throw new UsageError(`no command ${name}: ${noun} --help lists them`)
  const given = readArguments(rest, verb.takes ?? [], { ...verb.flags, ...COMMON_FLAGS })
  if (given.isOn('help')) return console.log(help(VERBS, noun, verbName, COMMON_FLAGS))
  const transport = await openTransport(given)
  try {
    const answer = await verb.run({ client: openClient(transport), given })
    if (verb.text && !given.isOn('json')) console.log(verb.text(answer))
    else print(answer, given.isOn('json'), verb.columns)
  } finally {
    await transport.close()
  }
}
