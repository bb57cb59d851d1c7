// Makes the calls of derived verbs: chooses the call, builds the request, returns the answer.
import type { Arguments, Flags } from '../arguments.ts'
import { path, type Answer, type ApiClient, type SentRequest } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime, type PrintedColumn } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { LIMIT, type Verb } from '../verb.ts'
import type { DerivedCall, DerivedVerb, Input } from './derived-verb.ts'
import { isGiven, readInput, readJsonBody } from './read-input.ts'
import { readFields, SET } from './set-fields.ts'

/** What `--set` takes. */
export function fieldsToSet({ inputs }: DerivedCall): readonly Input[] {
  return inputs.filter((input) => input.in === 'body')
}

export function toVerb(derived: DerivedVerb): Verb {
  return {
    about: derived.about,
    takes: positionsOf(derived),
    arguments: argumentsOf(derived),
    flags: flagsOf(derived),
    ...(derived.columns && { columns: toColumns(derived.columns) }),
    run: ({ client, given }) => {
      if (derived.needsSecret && given.isOn('remote'))
        throw new UsageError('keys of a deployment are changed with --url')
      const call = chooseCall(derived, given)
      const body = {
        ...(call.body && readJsonBody(given)),
        ...(derived.set && readFields(given.list('set'), fieldsToSet(call))),
      }
      return makeCall(client, call, given, body)
    },
  }
}

/** In brackets unless every call of the verb needs it. */
function positionsOf({ calls }: DerivedVerb): string[] {
  const names = new Map(
    calls.flatMap(({ inputs }) =>
      inputs.filter(({ position }) => position).map((input) => [input.name, input]),
    ),
  )
  return [...names.keys()].map((name) => (isNeeded(calls, name) ? name : `[${name}]`))
}

function argumentsOf({ calls }: DerivedVerb): Record<string, string> {
  const inputs = calls.flatMap((call) => call.inputs.filter(({ position }) => position))
  return Object.fromEntries(inputs.map(({ name, about }) => [name, about]))
}

/** A list by position may come from --file instead. */
function isNeeded(calls: readonly DerivedCall[], name: string): boolean {
  return calls.every(({ inputs }) =>
    inputs.some((input) => input.name === name && input.need && !isListByPosition(input)),
  )
}

function isListByPosition({ kind, position }: Input): boolean {
  return kind === 'list' && position === true
}

function flagsOf({ calls, set }: DerivedVerb): Flags {
  const flags: Record<string, Flags[string]> = {}
  for (const { inputs, when, answer } of calls) {
    for (const input of inputs) Object.assign(flags, flagsOfInput(input, calls))
    if (when) flags[when.name] = { about: when.about }
    if (answer === 'pages') Object.assign(flags, LIMIT)
  }
  if (set) Object.assign(flags, SET)
  if (calls.some(({ body }) => body)) flags['json-body'] = JSON_BODY
  return flags
}

const JSON_BODY = {
  value: 'FILE',
  about: 'the request body as JSON; flags replace its properties; - reads standard input',
}

function flagsOfInput(input: Input, calls: readonly DerivedCall[]): Flags {
  const { name, about, off, kind, value, position } = input
  if (position)
    return isListByPosition(input)
      ? { file: { value: 'FILE', about: `${name}, one per line; - reads standard input` } }
      : {}
  const need = isNeeded(calls, name)
  const flag = {
    about,
    ...(value !== undefined && { value }),
    ...(kind === 'many' && { many: true as const }),
    ...(need && { need: true as const }),
  }
  const none = kind === 'switch' ? `the opposite of --${name}` : 'remove all'
  if (input.from === 'stdin') return {}
  return { [name]: flag, ...(off !== undefined && { [off]: { about: none } }) }
}

/** The call that needs and takes exactly what is given. */
function chooseCall({ verb, calls }: DerivedVerb, given: Arguments): DerivedCall {
  const [only] = calls
  if (calls.length === 1 && only) return only
  const all = calls.flatMap(({ inputs }) => inputs)
  const hasBody = given.text('json-body') !== undefined
  const fitting = calls.filter((call) => {
    const own = new Set(call.inputs.map(({ name }) => name))
    const isWhole = call.inputs.every(
      (input) => !input.need || isGiven(given, input) || (hasBody && input.in === 'body'),
    )
    const isStrange = all.some((input) => !own.has(input.name) && isGiven(given, input))
    const isSaid = calls.every(
      ({ when }) => !when || given.isOn(when.name) === (call.when === when),
    )
    return isWhole && !isStrange && isSaid && (!hasBody || call.body === true)
  })
  if (fitting.length === 1) return fitting[0]!
  throw new UsageError(`${verb} takes either ${calls.map(describeCall).join(', or ')}`)
}

function describeCall({ inputs, when }: DerivedCall): string {
  const needed = inputs
    .filter(({ need }) => need)
    .map(({ name, position, value }) => (position ? name : `--${name} ${value}`))
  return [...needed, ...(when ? [`--${when.name}`] : [])].join(' ') || 'nothing'
}

/** `body` has properties that are given without a flag of their own. Flags replace them. */
async function makeCall(
  client: ApiClient,
  call: DerivedCall,
  given: Arguments,
  body: Record<string, unknown>,
): Promise<Answer> {
  const values = { path: {}, query: {}, body: {} } as Record<Input['in'], Record<string, unknown>>
  for (const input of call.inputs) {
    if (input.in === 'body' && input.key in body && !isGiven(given, input)) continue
    const value = readInput(given, input)
    if (value !== undefined) values[input.in][input.key] = value
    else if (input.need)
      throw new UsageError(`${input.position ? input.name : `--${input.name}`} is missing`)
  }
  const where = call.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => path`${String(values.path[name])}`,
  )
  const query = values.query as NonNullable<SentRequest['query']>
  if (call.answer === 'pages') return client.list(where, query, limitOf(given))
  const json = { ...body, ...values.body, ...call.always }
  const sent = { query, ...(call.body && { json }) }
  const answer = await client.call(call.method, where, sent)
  return call.answer === 'list' ? answer.items : answer
}

function toColumns(columns: Readonly<Record<string, string>>): PrintedColumn[] {
  return Object.entries(columns).map(([title, fields]) => ({
    title,
    of: (row) => first(row, fields.split('|')),
  }))
}

function first(row: Answer, choices: readonly string[]): unknown {
  for (const choice of choices) {
    const found = choice.startsWith('=') ? choice.slice(1) : joined(row, choice.split(' '))
    if (found !== null && found !== undefined && found !== '') return found
  }
  return null
}

function joined(row: Answer, names: readonly string[]): unknown {
  const values = names.map((name) => {
    const value = row[name]
    return typeof value === 'number' && /(?:At|notAfter)$/.test(name) ? renderTime(value) : value
  })
  return values.length === 1 ? values[0] : values.filter(Boolean).join(' ')
}
