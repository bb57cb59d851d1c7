// Which role may use which command: each command of the CLI × each role. A derived command calls
// the routes of its row; one written by hand names them here.
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verbsOf } from '../../src/api/engine/route-verb.ts'
import type { Route } from '../../src/api/engine/route.ts'
import { ROUTES } from '../../src/api/routes.ts'
import { OWN_VERBS, VERBS } from '../../src/cli/commands.ts'
import { hasPermission, ROLES } from '../../src/events/roles.ts'

/** The operations of the API that a command written by hand calls. */
const CALLS: Readonly<Record<string, string>> = {
  'audit verify': 'verifyAudit',
  'audit export': 'listEvents',
  'events list': 'listEvents',
  'events follow': 'listEvents',
  'connection check': 'listConnections checkConnection',
  'connection import-metadata': 'importMetadata',
  'connection refresh-metadata': 'listConnections refreshMetadata',
  'connection what-if': 'whatIf',
  'tester withdraw': 'listTesters withdrawTester',
  'user import': 'listImports createImport getImport takeRows finishImport previewRows',
  'key retire': 'listKeyPairs retireKeyPair',
  'probe run': 'startProbe getProbeResult endProbe',
  'rollout select': 'getRollout getUser editSelectors selectUsers deselectUsers',
  'rollout freeze': 'freeze summarizeMembers',
  'rollout compare': 'getRollout compareVersions',
  'rollout include': 'getRollout getUser decideMembers',
  'rollout exclude': 'getRollout getUser decideMembers',
  'rollout reconcile':
    'getRollout uploadIdpUsers refreshFindings listMembers suggestMatches summarizeMembers',
  'rollout enable': 'getRollout enable',
  'rollout notice': 'getNotice setNotice',
  'rollout inform': 'getRollout inform',
  'rollout enforce': 'getRollout enforce',
  'rollout schedule': 'getRollout scheduleEnforcement',
  'rollout roll-back': 'getRollout rollBack',
}

/** Who may use all of it. Whoever lacks one permission is refused at that call. */
const MAY: Readonly<Record<string, string>> = {
  'audit verify': 'owner admin support read-only',
  'audit export': 'owner admin support read-only',
  'events list': 'owner admin support read-only',
  'events follow': 'owner admin support read-only',
  'connection check': 'owner admin support',
  'connection import-metadata': 'owner admin support',
  'connection refresh-metadata': 'owner admin support',
  'connection what-if': 'owner admin support',
  'tester withdraw': 'owner admin support',
  'user import': 'owner admin support',
  'key retire': 'owner admin',
  'probe run': 'owner admin',
  'rollout select': 'owner admin support',
  'rollout freeze': 'owner admin support',
  'rollout compare': 'owner admin support read-only',
  'rollout include': 'owner admin support',
  'rollout exclude': 'owner admin support',
  'rollout reconcile': 'owner admin support',
  'rollout enable': 'owner admin support',
  'rollout notice': 'owner admin support',
  'rollout inform': 'owner admin support',
  'rollout enforce': 'owner admin support',
  'rollout schedule': 'owner admin support',
  'rollout roll-back': 'owner admin support',
}

/** Derived commands that fewer than `support` may use. */
const FOR_ADMINS = new Set(['keys', 'tokens', 'delete', 'codes', 'operators'])

const byID = new Map<string, Route>(ROUTES.map((route) => [route.operationId, route]))

function rolesOf(routes: readonly Route[]): string {
  const may = ROLES.filter((role) =>
    routes.every(({ permission }) => hasPermission(role, permission)),
  )
  return may.join(' ')
}

/** Method and the end of the path after its last parameter: what a call in the source shows. */
const endOf = (method: string, path: string) => `${method} ${path.split(/\}|\$\{[^}]*\}/).at(-1)}`

describe('each command written by hand', () => {
  it('has a row', () => {
    const commands = Object.keys(OWN_VERBS).toSorted()
    expect(Object.keys(CALLS).toSorted()).toEqual(commands)
    expect(Object.keys(MAY).toSorted()).toEqual(commands)
  })

  it('may be used by exactly the roles that may make all of its calls', () => {
    const found = Object.entries(CALLS).map(([command, ids]) => {
      const routes = ids.split(' ').map((id) => byID.get(id))
      expect([command, routes.includes(undefined)]).toEqual([command, false])
      return [command, rolesOf(routes as Route[])]
    })
    expect(Object.fromEntries(found)).toEqual(MAY)
  })

  it('makes no call that no row names', () => {
    const named = new Set(
      Object.values(CALLS)
        .flatMap((ids) => ids.split(' '))
        .map((id) => endOf(byID.get(id)!.method, byID.get(id)!.path)),
    )
    const files = globSync(['src/cli/verbs/*.ts', 'src/cli/import-users.ts', 'src/cli/probe/*.ts'])
    const calls = files.flatMap((file) => {
      const text = readFileSync(file, 'utf8')
      const sent = text.matchAll(/client\.(?:call\('([A-Z]+)', |list\()(?:path)?[`']([^`']*)[`']/g)
      return [...sent].map(([, method = 'GET', path]) => endOf(method, path!))
    })
    expect(calls.length).toBeGreaterThan(25)
    expect([...new Set(calls)].filter((call) => !named.has(call))).toEqual([])
  })
})

describe('each derived command', () => {
  it('may be used by the roles of its routes, and there is one for each command', () => {
    const derived = new Map<string, Route[]>()
    for (const route of ROUTES)
      for (const { verb } of verbsOf(route.cli))
        derived.set(verb, [...(derived.get(verb) ?? []), route])
    expect(Object.keys(VERBS).toSorted()).toEqual(
      [...new Set([...derived.keys(), ...Object.keys(OWN_VERBS)])].toSorted(),
    )
    for (const [verb, routes] of derived) {
      const roles = rolesOf(routes)
      const least = routes.some(({ permission }) => permission === 'operators')
        ? 'owner'
        : routes.some(({ permission }) => FOR_ADMINS.has(permission))
          ? 'owner admin'
          : routes.every(({ permission }) => permission === 'view')
            ? 'owner admin support read-only'
            : 'owner admin support'
      expect([verb, roles]).toEqual([verb, least])
    }
  })
})
