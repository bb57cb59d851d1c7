// Goes through the steps of an erasure within a budget. Each step can be repeated: a run that ends
// early is continued by the next, and two runs at once do no harm.
import { MINUTE } from '../durations.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { writeHistory } from '../platform/db/history.ts'
import type { SweepBudget } from '../platform/db/sweep.ts'
import { addTo, type Erasure, type ErasureKind, type Removed } from './erasure.ts'
import { mentions, wordsOf, type Sought, type SoughtWord } from './sought.ts'
import { detachUsers, rowOfTenant, rowsOfClient } from './store/begin.ts'
import { saveErasure } from './store/erasures.ts'
import { deleteDetails, deleteNextDetails, readDetails } from './store/events.ts'
import { forgetPerson, rowsOfLogins } from './store/history.ts'
import { deleteChunk, deletePortions, hasLeft, type Portion } from './store/portions.ts'
import {
  connectionsOf,
  listOf,
  rowsOfAccount,
  rowsOfConnections,
  rowsOfPeople,
  rowsOfRollouts,
  rowsOfTenant,
  somePeople,
} from './store/rows.ts'
import { deleteLetters, redactText, TEXTS } from './store/texts.ts'

export type ErasureContext = Pick<OperationContext, 'db' | 'history' | 'actor' | 'now'>

type ErasureRun = { context: ErasureContext; erasure: Erasure; budget: SweepBudget }
/** Null: it cannot go on now. */
type ErasureStep = (run: ErasureRun) => Promise<Portion | null>

/** People whose rows one batch deletes. */
const PEOPLE = 500
/** Logins that were under way when it began have left what they leave. */
const SECOND_LOOK = 5 * MINUTE
const RETRY = MINUTE

const done = (removed: Removed): Portion => ({ removed, position: '', isDone: true })

const STEPS: Readonly<Record<string, ErasureStep>> = {
  letters: async ({ context, erasure, budget }) => {
    budget.statements -= 3
    const { tenantSid, words } = personOf(erasure)
    return done(await deleteLetters(context.db, tenantSid, words.text, context.now))
  },
  texts: async ({ context, erasure, budget }) => {
    const { tenantSid, words } = personOf(erasure)
    let removed: Removed = {}
    let at = Number(erasure.position)
    for (; at < TEXTS.length && hasLeft(budget, 2); at++) {
      budget.statements -= 2
      removed = addTo(removed, await redactText(context.db, TEXTS[at]!, tenantSid, words))
    }
    return { removed, position: String(at), isDone: at >= TEXTS.length }
  },
  events: (run) => eraseDetails(run, run.erasure.tenantSid),
  common_events: (run) => eraseDetails(run, null),
  logins: async ({ context, erasure, budget }) => {
    budget.statements -= 2
    if (!context.history) return done({})
    const { sought, words } = personOf(erasure)
    const person = {
      userSid: erasure.subjectSid,
      connectionSids: sought.connections,
      words: [...words.text, ...words.json],
    }
    const found = await writeHistory(context.history, 'erase', (db) => forgetPerson(db, person))
    return found.ok ? done(found.value) : null
  },
  history: async ({ context, erasure, budget }) => {
    if (!context.history) return done({})
    const rows = rowsOfLogins(erasure.sought?.connections ?? [], context.now)
    const found = await writeHistory(context.history, 'erase', (db) =>
      deletePortions(db, rows, erasure.position, budget),
    )
    return found.ok ? found.value : null
  },
  people: async ({ context, erasure, budget }) => {
    const rows = rowsOfPeople(somePeople(erasure.subjectSid, PEOPLE), erasure.subjectSid)
    budget.statements -= rows.length
    const removed = await deleteChunk(context.db, rows)
    return { removed, position: '', isDone: (removed['users'] ?? 0) < PEOPLE }
  },
  details: async ({ context, erasure, budget }) => {
    budget.statements -= 2
    const after = Number(erasure.position)
    const { deleted, last } = await deleteNextDetails(context.db, erasure.subjectSid, after)
    const removed = { event_details: deleted }
    return { removed, position: String(last ?? after), isDone: last === null }
  },
  detach: async ({ context, erasure, budget }) => {
    budget.statements -= 4
    const { users, isDone } = await detachUsers(context, erasure.subjectSid)
    return { removed: { users_to_password: users }, position: '', isDone }
  },
  connections: ({ context, erasure, budget }) => {
    const rows = rowsOfConnections(connectionsOf(erasure.subjectSid))
    return deletePortions(context.db, rows, erasure.position, budget)
  },
  rest: ({ context, erasure, budget }) =>
    deletePortions(context.db, rowsOfTenant(erasure.subjectSid), erasure.position, budget),
  tenant: ({ context, erasure, budget }) =>
    deletePortions(context.db, [rowOfTenant(erasure.subjectSid)], erasure.position, budget),
  connection: ({ context, erasure, budget }) => {
    const rows = rowsOfConnections(listOf([erasure.subjectSid]))
    return deletePortions(context.db, rows, erasure.position, budget)
  },
  account: ({ context, erasure, budget }) =>
    deletePortions(context.db, rowsOfAccount(erasure.subjectSid), erasure.position, budget),
  client: ({ context, erasure, budget }) =>
    deletePortions(context.db, rowsOfClient(erasure.subjectSid), erasure.position, budget),
  rollout: ({ context, erasure, budget }) => {
    const rows = rowsOfRollouts(listOf([erasure.subjectSid]))
    return deletePortions(context.db, rows, erasure.position, budget)
  },
}

/** The steps of each kind. Those of the second list are repeated after some minutes. */
const ORDER: Readonly<Record<ErasureKind, readonly [first: string[], again: string[]]>> = {
  user: [
    ['letters', 'texts', 'events', 'common_events', 'logins'],
    ['letters', 'texts', 'events', 'common_events', 'logins'],
  ],
  tenant: [
    ['people', 'rest', 'connections', 'details', 'tenant', 'history'],
    ['details', 'history'],
  ],
  connection: [['detach', 'connection', 'history'], ['history']],
  account: [['account'], []],
  client: [['client'], []],
  rollout: [['rollout'], []],
}

export const firstStepOf = (kind: ErasureKind): string => ORDER[kind][0][0]!

/** Goes on until it is finished, waits for its second look, or the budget is used. */
export async function continueErasure(
  context: ErasureContext,
  begun: Erasure,
  budget: SweepBudget,
): Promise<Erasure> {
  let erasure = begun
  while (erasure.finishedAt === null && erasure.dueAt <= context.now && hasLeft(budget)) {
    const portion = await STEPS[erasure.step]!({ context, erasure, budget })
    erasure = portion
      ? advance(erasure, portion, context.now)
      : { ...erasure, dueAt: context.now + RETRY }
    await saveErasure(context.db, erasure)
    budget.statements--
  }
  return erasure
}

function advance(erasure: Erasure, { removed, position, isDone }: Portion, now: number): Erasure {
  const after = { ...erasure, removed: addTo(erasure.removed, removed) }
  if (!isDone) return { ...after, position }
  const [first, again] = ORDER[erasure.kind]
  const steps = erasure.round === 1 ? first : again
  const next = steps[steps.indexOf(erasure.step) + 1]
  if (next !== undefined) return { ...after, step: next, position: '' }
  if (erasure.round === 1 && again.length > 0) {
    const dueAt = erasure.createdAt + SECOND_LOOK
    return { ...after, round: 2, step: again[0]!, position: '', dueAt: Math.max(dueAt, now) }
  }
  return { ...after, position: '', sought: null, finishedAt: now }
}

type SoughtWords = Readonly<Record<'text' | 'json', readonly SoughtWord[]>>

function personOf({ tenantSid, sought }: Erasure): {
  tenantSid: string
  sought: Sought
  words: SoughtWords
} {
  if (tenantSid === null || !sought) throw new TypeError('an erasure of a person names them')
  return {
    tenantSid,
    sought,
    words: { text: wordsOf(sought, 'text'), json: wordsOf(sought, 'json') },
  }
}

/**
 * An event about another user keeps its details where only their name or id is the same, since two
 * people may have one name. Who caused it is looked at by name.
 */
async function eraseDetails(
  { context, erasure, budget }: ErasureRun,
  tenantSid: string | null,
): Promise<Portion> {
  budget.statements -= 3
  const { subjectSid: userSid } = erasure
  const words = personOf(erasure).words.json
  const emails = words.filter(({ kind }) => kind === 'email')
  const after = Number(erasure.position)
  const { found, last } = await readDetails(context.db, { tenantSid, userSid, after, words })
  const seqs = found
    .filter(({ subjectSid, personal }) => {
      if (subjectSid === userSid) return true
      if (!subjectSid.startsWith('US')) return mentions(personal, words)
      const { name } = JSON.parse(personal) as { name: string | null }
      return mentions(personal, emails) || mentions(JSON.stringify(name), words)
    })
    .map(({ seq }) => seq)
  const deleted = seqs.length > 0 ? await deleteDetails(context.db, seqs) : 0
  const removed = { event_details: deleted }
  return { removed, position: String(last ?? after), isDone: last === null }
}
