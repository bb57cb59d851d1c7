// The same message posted 20 times at once: exactly one session, one request and one assertion
// spent.
import { describe, expect, it } from 'vitest'
import { freeze, open } from './harness.ts'

const TIMES = 20

describe('replay-at-once', () => {
  freeze()

  it('is refused 19 times: replayed', async () => {
    const { world, browser, genuine, relayState } = await open({})
    const answers = await Promise.all(
      Array.from({ length: TIMES }, () => world.deliver(browser, genuine, relayState)),
    )
    const accepted = answers.filter(({ headers }) =>
      headers.get('location')!.startsWith('/login/finish?'),
    )
    expect(accepted).toHaveLength(1)
    // And the one that was accepted, finished 20 times at once.
    const location = accepted[0]!.headers.get('location')!
    const finished = await Promise.all(Array.from({ length: TIMES }, () => browser.get(location)))
    expect(finished.filter(({ status }) => status === 302)).toHaveLength(1)

    const rows = await world.rows()
    expect(rows.sessions).toHaveLength(1)
    expect(rows.loginCodes).toHaveLength(1)
    expect(rows.nameIDs).toHaveLength(1)
    expect(rows.spent.map(({ kind }) => kind).toSorted()).toEqual(['assertion', 'request'])
    expect(rows.loginCodes[0]!.spentBy).toBe(rows.sessions[0]!.sid)
    expect(rows.attempts.map(({ code }) => code).toSorted()).toEqual(
      [null, ...Array.from({ length: TIMES - 1 }, () => 'replayed')].toSorted(),
    )
  })
})
