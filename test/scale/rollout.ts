// A rollout of the whole cohort through the API, while server and database are killed again and
// again. A caller then has no answer then, waits until there is a server, and asks the same once
// more.
import { setTimeout as delay } from 'node:timers/promises'
import { NO_COST, type Cost } from '../support/wrap-d1.ts'
import { CONNECTION, emailOf, ENTITY_ID, TENANT } from './seed.ts'
import type { Answer, Server } from './server.ts'

/** What a step has cost: of the dearest call, and of all. */
export type StepCost = {
  name: string
  calls: number
  kills: number
  seconds: number
  most: Cost
  rowsRead: number
  rowsWritten: number
}

export type Check = (name: string, isRight: boolean, found: unknown) => void

type Body = Record<string, unknown>

/**
 * A time at which a server is killed after it was asked, in milliseconds, more often early: in the
 * middle of a call, or between two.
 */
const killTime = () => 2000 * Math.random() ** 3

export async function rollOut(
  server: Server,
  secret: string,
  killsAStep: number,
  show: { step: (cost: StepCost) => void; check: Check },
): Promise<void> {
  const { sql } = server
  const { check } = show

  const ask = (method: string, path: string, body?: Body): Promise<Answer> =>
    server.ask(`/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  const good = ({ status, body }: Answer): Body => {
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
    return body as Body
  }

  /**
   * Repeats a call until it says that it is done. `call` answers undefined where there is nothing
   * to do any more.
   */
  async function step(
    name: string,
    call: () => Promise<Answer | undefined>,
    read: (body: Body) => boolean = ({ done }) => done !== false,
  ): Promise<void> {
    const cost: StepCost = {
      name,
      calls: 0,
      kills: 0,
      seconds: 0,
      most: { ...NO_COST },
      rowsRead: 0,
      rowsWritten: 0,
    }
    const start = performance.now()
    for (let isDone = false; !isDone;) {
      const killing = cost.kills < killsAStep ? killLater() : undefined
      try {
        while (!isDone && !killing?.isKilled()) {
          const answer = await call()
          if (!answer) break
          if (killing?.isKilled() && answer.status >= 500) break
          const body = good(answer)
          cost.calls++
          for (const [of, value] of Object.entries(answer.cost) as [keyof Cost, number][])
            cost.most[of] = Math.max(cost.most[of], value)
          cost.rowsRead += answer.cost.rowsRead
          cost.rowsWritten += answer.cost.rowsWritten
          isDone = read(body)
        }
        if (!killing?.isKilled()) isDone = true
      } catch (error) {
        // It was asked, and nobody answered.
        if (!killing?.isKilled()) throw error
      }
      if (await killing?.end()) {
        cost.kills++
        await server.up()
      }
    }
    cost.seconds = (performance.now() - start) / 1000
    show.step(cost)
  }

  function killLater() {
    let killed: Promise<void> | undefined
    const ending = new AbortController()
    const waiting = delay(killTime(), undefined, { signal: ending.signal })
      .then(() => (killed = server.kill()))
      .catch(() => undefined)
    return {
      isKilled: () => killed !== undefined,
      async end() {
        ending.abort()
        await waiting
        await killed
        return killed !== undefined
      },
    }
  }

  // Some are suspended, one of ten has never signed in by SSO, and an owner keeps a password.
  await sql(
    `UPDATE users SET suspended_at = 1 WHERE tenant_sid = '${TENANT}' AND created_at % 1000 = 7`,
  )
  await sql(`INSERT INTO proofs (connection_sid, user_sid, entity_id, created_at)
    SELECT '${CONNECTION}', sid, '${ENTITY_ID}', 1 FROM users WHERE tenant_sid = '${TENANT}' AND created_at % 10 <> 1 ON CONFLICT DO NOTHING`)
  const [owner] = await sql<{ sid: string }>(
    `SELECT sid FROM users WHERE email_key = '${emailOf(0)}'`,
  )
  const expiresAt = Date.now() + 30 * 24 * 3600 * 1000
  const exemption = { reason: 'keeps the keys', expiresAt }
  good(await ask('PUT', `/tenants/${TENANT}/break-glass/${owner!.sid}`, exemption))
  const made = good(await ask('POST', `/connections/${CONNECTION}/rollouts`, { name: 'Everybody' }))
  const rollout = `/rollouts/${made['sid'] as string}`
  await step('select a domain', () => ask('PATCH', rollout, { domains: ['company-1.example'] }))

  const version = 1
  await step('freeze', async () => {
    // Freezing what is frozen makes the next version: a caller without an answer looks first.
    const now = good(await ask('GET', rollout))
    return now['frozen'] === true ? undefined : ask('POST', `${rollout}/freeze`)
  })
  await step('look again', () => ask('POST', `${rollout}/refresh`))
  let after: string | undefined
  await step(
    'decide',
    () =>
      ask('POST', `${rollout}/decisions`, {
        version,
        included: true,
        finding: null,
        ...(after !== undefined && { after }),
      }),
    ({ next }) => {
      after = (next as string | null) ?? after
      return next === null
    },
  )
  await step('review', () =>
    ask('POST', `${rollout}/review`, {
      version,
      includedExistInIdP: true,
      automaticStayOut: true,
    }),
  )
  await step('enable', () => ask('POST', `${rollout}/enable`, { version }))
  await step('inform by hand', () => ask('POST', `${rollout}/inform`, { version, by: 'hand' }))
  await step('go-ahead', () => ask('POST', `${rollout}/go-ahead`, { version }))
  await step('enforce the proved', () => ask('POST', `${rollout}/enforce`, { version }))
  await step('progress', () => ask('GET', `${rollout}/progress`))

  const one = async (text: string) =>
    Object.values((await sql<Record<string, number>>(text))[0]!)[0]
  const sid = made['sid'] as string
  const counted = (action: string) =>
    one(
      `SELECT sum(json_extract(after, '$.users')) FROM events WHERE subject_sid = '${sid}' AND action = 'rollout.${action}'`,
    )
  const mine = `tenant_sid = '${TENANT}'`
  const isMeant = `(${mine} AND suspended_at IS NULL AND sid <> '${owner!.sid}' AND EXISTS (SELECT 1 FROM proofs WHERE connection_sid = '${CONNECTION}' AND user_sid = users.sid))`
  const wrong = await one(
    `SELECT count(*) FROM users WHERE ${isMeant} <> (sign_in_method = 'sso_enforced')`,
  )
  const meant = await one(`SELECT count(*) FROM users WHERE ${isMeant}`)
  check('exactly those who are meant are enforced, of all users', wrong === 0, { meant, wrong })
  const listed = await one(`SELECT count(*) FROM rollout_members WHERE rollout_sid = '${sid}'`)
  const people = await one(`SELECT count(*) FROM users WHERE ${mine}`)
  check('everybody is on the one list, once', listed === people, { listed, people })
  const open = await one(`SELECT count(*) FROM users WHERE ${mine} AND suspended_at IS NULL`)
  for (const [action, expected] of [
    ['frozen', people],
    ['include', open],
    ['enable', open],
    ['enforce', meant],
  ] as const) {
    const told = await counted(action)
    check(`the audit trail of “${action}” counts each once`, told === expected, { told, expected })
  }

  await step('roll back', () => ask('POST', `${rollout}/roll-back`, { to: 'password' }))
  const left = await one(`SELECT count(*) FROM users WHERE sign_in_method <> 'password'`)
  check('nobody is left with SSO after the rollback', left === 0, left)
  const others = await one(
    `SELECT count(*) FROM users WHERE NOT ${mine} AND updated_at <> created_at`,
  )
  check('nobody of another tenant was touched', others === 0, others)
  const broken = await sql('PRAGMA quick_check')
  check('the database is sound', JSON.stringify(broken).includes('"ok"'), broken)
}
