// What `gatepost session …` and `gatepost logout-delivery …` ask of the API.
import { describe, expect, it } from 'vitest'
import { readArguments } from '../../src/cli/arguments.ts'
import type { ApiClient, Query } from '../../src/cli/client.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { VERBS } from '../../src/cli/commands.ts'

async function ask(name: string, ...args: string[]): Promise<string> {
  const verb = VERBS[name]!
  const asked: string[] = []
  const client = {
    call: async (method: string, path: string) => asked.push(`${method} ${path}`),
    list: async (path: string, query: Query, limit: number) =>
      asked.push(`LIST ${path} ${JSON.stringify(query)} ${limit}`),
  } as unknown as ApiClient
  await verb.run({ client, given: readArguments(args, verb.takes ?? [], verb.flags ?? {}) })
  return asked.join('\n')
}

describe('the commands of sessions', () => {
  it.each([
    [
      ['session list', '--user', 'ann@example.com'],
      'LIST /users/ann%40example.com/sessions {} Infinity',
    ],
    [
      ['session list', '--connection', 'CN1', '--open', '--limit', '5'],
      'LIST /connections/CN1/sessions {"open":true} 5',
    ],
    [['session list', '--tenant', 'TN1'], 'LIST /tenants/TN1/sessions {} Infinity'],
    [['session revoke', 'SE1'], 'DELETE /sessions/SE1'],
    [['session revoke', '--user', 'US1'], 'DELETE /users/US1/sessions'],
    [['session revoke', '--tenant', 'TN1'], 'DELETE /tenants/TN1/sessions'],
    [
      ['logout-delivery list', '--client', 'CL1', '--state', 'dead'],
      'LIST /logout-deliveries {"client":"CL1","state":"dead"} Infinity',
    ],
    [['logout-delivery retry', 'LD1'], 'POST /logout-deliveries/LD1/retry'],
  ])('%j', async ([name, ...args], expected) => {
    expect(await ask(name!, ...args)).toBe(expected)
  })

  it.each([
    ['session list'],
    ['session list', '--user', 'a', '--tenant', 'TN1'],
    ['session revoke'],
    ['session revoke', 'SE1', '--user', 'a'],
  ])('end nobody’s session by mistake: %s %s %s %s', async (name, ...args) => {
    await expect(async () => ask(name, ...args)).rejects.toThrow(UsageError)
  })
})
