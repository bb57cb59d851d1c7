// Two tabs of one browser that log in at the same time must not undo each other.
import assert from 'node:assert/strict'
import type { Route } from 'playwright-core'
import { BOTH, type Case, type Stage } from '../harness/runner.ts'
import { alice, expectSignedIn, logIn } from './steps.ts'

export const tabs: Case[] = [
  {
    name: 'two tabs: a login begun while another is under way, both finish',
    idps: BOTH,
    play: (stage) => logInTwice(stage, 'one after the other'),
  },
  {
    name: 'two tabs: logins begun at the same moment, both finish',
    idps: BOTH,
    connection: { requestBinding: 'HTTP-POST' },
    play: (stage) => logInTwice(stage, 'at once'),
  },
]

async function logInTwice(stage: Stage, how: 'one after the other' | 'at once'): Promise<void> {
  const visit = await stage.visit()
  const [first, second] = [await visit.newPage(), await visit.newPage()]
  // The IdP knows the browser already: what is tried is how we bear two logins, not how it does.
  await first.goto(stage.idp.unsolicitedURL)
  if (how === 'at once')
    await visit.context.route((url) => url.href.startsWith(stage.startURL), answerTogether(2))
  const begun = [first.goto(`${stage.startURL}?return_to=/?tab=1`)]
  if (how === 'one after the other') await begun[0]
  begun.push(second.goto(`${stage.startURL}?return_to=/?tab=2`))
  await Promise.all(begun)

  await logIn(second, alice)
  const one = await expectSignedIn(stage, second, alice, { path: '/?tab=2' })
  await logIn(first, alice)
  const other = await expectSignedIn(stage, first, alice, { path: '/?tab=1', logins: 2 })
  assert.notEqual(one, other)
}

/**
 * Holds requests until so many have come, and answers until all are there: no tab knows of a cookie
 * that another was given.
 */
function answerTogether(count: number): (route: Route) => Promise<void> {
  const held: Route[] = []
  return async (route) => {
    held.push(route)
    if (held.length < count) return
    const answered = held.map(async (one) => ({ one, response: await one.fetch() }))
    for (const { one, response } of await Promise.all(answered)) await one.fulfill({ response })
  }
}
