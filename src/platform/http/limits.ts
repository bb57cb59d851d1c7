// Limits on what one client may send, as refusals to a person.
import { openDatabase } from '../db/client.ts'
import { countGuess, type Guess } from '../guesses/store.ts'
import { clientOf } from '../network/client-address.ts'
import { hashSecret } from '../secret.ts'
import type { AppContext } from './http.ts'
import { Refused } from './refused.ts'

/** The client of a request, for limits. */
export function clientOfRequest(c: { req: { header(name: string): string | undefined } }): string {
  return clientOf(c.req.header('cf-connecting-ip'))
}

/**
 * Counts a request of the client, and of the client for one person. A limit for the person alone
 * would let a stranger lock somebody out. `restartURL`: the way on. Throws `too_many_requests`.
 */
export async function limitRate(
  c: AppContext,
  place: 'front door' | 'recovery' | 'sso',
  options: { person?: string | undefined; restartURL?: string | undefined },
): Promise<void> {
  const { person, restartURL } = options
  const client = clientOfRequest(c)
  const asked = [c.env.LOGINS_BY_ADDRESS.limit({ key: `${place} ${client}` })]
  if (person !== undefined) {
    const key = await hashSecret(`${client} ${person}`)
    asked.push(c.env.LOGINS_BY_ADDRESS_AND_EMAIL.limit({ key }))
  }
  const answers = await Promise.all(asked)
  if (answers.some(({ success }) => !success))
    throw new Refused('too_many_requests', restartURL === undefined ? {} : { restartURL })
}

/**
 * Counts a value that KV is to keep for this client. False: too many in this minute. The limit is
 * that of logins, so that a whole company fits.
 */
export async function mayKeep(c: AppContext): Promise<boolean> {
  const key = `keep ${clientOfRequest(c)}`
  return (await c.env.LOGINS_BY_ADDRESS.limit({ key })).success
}

/** Counts a secret that does not exist. Returns the code of the refusal. */
export async function refuseGuess<Code extends string>(
  c: AppContext,
  kind: Guess['kind'],
  code: Code,
): Promise<Code | 'too_many_requests'> {
  const guess = { kind, client: clientOfRequest(c) }
  const isCounted = await countGuess(openDatabase(c.env.DB), guess, Date.now())
  return isCounted ? code : 'too_many_requests'
}
