// Asking without a login who exists: prompt=none answers alike, and asks the database nothing about
// the person.
import { beforeAll, describe, expect, it } from 'vitest'
import { openApp, type App } from '../oidc/relying-party.ts'
import { openBrowser } from '../support/browser.ts'
import { createWorld } from '../support/world.ts'

describe('prompt-none-oracle', () => {
  let app: App
  const people: Record<string, string> = {}
  beforeAll(async () => {
    app = await openApp()
    const world = await createWorld()
    const suspended = await createWorld({ tenant: { suspendedAt: 1 } })
    const add = async (who: string, at = world, more = {}) => {
      people[who] = `${crypto.randomUUID()}@tenant.example`
      await at.addUser(people[who], more)
    }
    await add('enforced', world, { signInMethod: 'sso_enforced' })
    await add('enabled')
    await add('password', world, { signInMethod: 'password' })
    await add('suspended', world, { suspendedAt: 1 })
    await add('of a suspended tenant', suspended)
    people.nobody = 'nobody@tenant.example'
  })

  it.each(['login_hint', 'domain_hint', 'id_token_hint'])('by %s', async (name) => {
    const answers = new Set<string>()
    for (const email of Object.values(people)) {
      const hint = name === 'domain_hint' ? email.split('@')[1]! : email
      const { path, checks } = await app.ask({ prompt: 'none', [name]: hint })
      const location = (await openBrowser().get(path)).headers.get('location')!
      answers.add(location.replace(checks.state, 'state'))
    }
    expect([...answers]).toHaveLength(1)
    expect([...answers][0]).toMatch(
      name === 'id_token_hint' ? /error=invalid_request/ : /error=login_required/,
    )
  })
})
