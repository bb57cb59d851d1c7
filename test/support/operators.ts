// Accounts of operators in tests, and browsers that are signed in as one.
import { eq } from 'drizzle-orm'
import {
  addOperator,
  createSignInLink,
  signIn,
  type Operator,
} from '../../src/access/operations.ts'
import { DEPLOYMENT } from '../../src/events/actor.ts'
import type { Role } from '../../src/events/roles.ts'
import { operators } from '../../src/platform/db/schema.ts'
import { good, request } from './request.ts'
import { db } from './world.ts'

let number = 0

/** An account whose e-mail nobody else has. */
export async function addOperatorRow(role: Role, name = 'Olga Berg'): Promise<Operator> {
  const email = `operator${++number}.${crypto.randomUUID().slice(0, 8)}@vendor.example`
  return good(await addOperator(request(DEPLOYMENT), { name, email, role }))
}

/** The secret of the console's cookie, of a new session of that operator. */
export async function openConsoleSession({ email }: Pick<Operator, 'email'>): Promise<string> {
  const link = good(await createSignInLink(request(DEPLOYMENT), { email }))
  return good(await signIn({ db, now: Date.now() }, link.secret)).secret
}

export async function findOperatorRow(sid: string): Promise<Operator | undefined> {
  const [row] = await db.select().from(operators).where(eq(operators.sid, sid))
  return row
}
