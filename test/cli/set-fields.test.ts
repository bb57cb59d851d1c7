// `--set FIELD=VALUE`: an error names the field, the nearest one, and what each field takes.
import { describe, expect, it } from 'vitest'
import { VERBS } from '../../src/cli/commands.ts'
import { readArguments } from '../../src/cli/arguments.ts'
import type { ApiClient } from '../../src/cli/client.ts'
import { CONNECTION_FIELDS_TO_SET } from '../../src/cli/derived/verbs.ts'
import { readFields } from '../../src/cli/derived/set-fields.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { CONNECTION_FIELD_LIST } from '../../src/connections/fields.ts'

function refused(pair: string): UsageError {
  try {
    readFields([pair], CONNECTION_FIELDS_TO_SET)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error(`${pair} was taken`)
}

describe('--set', () => {
  it.each([
    ['entityId=x', 'there is no field entityId. Did you mean entityID?'],
    ['entity-id=x', 'there is no field entity-id. Did you mean entityID?'],
    ['clockSkewSecond=30', 'there is no field clockSkewSecond. Did you mean clockSkewSeconds?'],
    ['colour=red', 'there is no field colour. The fields'],
    ['=red', 'there is no field “”. The fields'],
  ])('%s: names the nearest field, and lists all with their forms', (pair, words) => {
    const { message, choices } = refused(pair)
    expect(message).toContain(words)
    expect(choices).toContain('clockSkewSeconds: a whole number')
    expect(choices).toContain('ssoPostURL: text; empty: none')
    expect(choices).toContain('idpInitiated: one of restart, refuse, accept')
    const fields = CONNECTION_FIELD_LIST.map(([name]) => name)
    expect(new Set(choices.map((choice) => choice.split(':')[0]))).toEqual(new Set(fields))
  })

  it.each([
    ['clockSkewSeconds', '--set takes FIELD=VALUE: clockSkewSeconds takes a whole number'],
    ['clockSkewSeconds=abc', 'clockSkewSeconds takes a whole number, not abc'],
    ['signRequests=yes', 'signRequests takes true or false, not yes'],
    ['name=', 'name takes text, not nothing'],
    ['idpInitiated=maybe', 'idpInitiated takes one of restart, refuse, accept, not maybe'],
    ['allow=sha1', 'allow takes a JSON list of sha1, aes-cbc, as ["sha1"], not sha1'],
    ['attributeMapping=7', 'attributeMapping takes a JSON object or list; empty: none, not 7'],
  ])('%s: says which values the field takes', (pair, words) => {
    expect(refused(pair).message).toContain(words)
  })

  it('keeps text that looks like a number, and takes null where there may be none', () => {
    const pairs = ['entityID=4711', 'nameIDFormat=', 'clockSkewSeconds=30', 'allow=["sha1"]']
    expect(readFields(pairs, CONNECTION_FIELDS_TO_SET)).toEqual({
      entityID: '4711',
      nameIDFormat: null,
      clockSkewSeconds: 30,
      allow: ['sha1'],
    })
  })

  const withSet = Object.entries(VERBS).filter(
    ([, { flags }]) => flags?.['set']?.value === 'FIELD=VALUE',
  )

  it('is a flag of three commands', () => {
    expect(withSet.map(([name]) => name).toSorted()).toEqual([
      'connection create',
      'connection edit',
      'connection what-if',
    ])
  })

  it.each(withSet)('%s: lists the fields before it sends anything', async (_, verb) => {
    const takes = verb.takes ?? []
    const needed = Object.entries(verb.flags ?? {}).flatMap(([flag, { need }]) =>
      need ? [`--${flag}`, 'x'] : [],
    )
    const args = [...takes.map(() => 'AT1'), ...needed, '--set', 'colour=red']
    const client = { call: () => expect.unreachable() } as unknown as ApiClient
    const given = readArguments(args, takes, verb.flags ?? {})
    const run = async () => verb.run({ client, given })
    await expect(run()).rejects.toMatchObject({
      choices: expect.arrayContaining(['clockSkewSeconds: a whole number']),
    })
  })
})
