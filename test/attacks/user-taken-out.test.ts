// A user who was suspended, taken out of the rollout or moved to another connection after the
// request had left.
import { eq } from 'drizzle-orm'
import { users } from '../../src/platform/db/schema.ts'
import { db } from '../support/world.ts'
import { attack } from './harness.ts'

const isAlice = eq(users.emailKey, 'alice@tenant.example')

attack('user-taken-out, suspended', {
  meanwhile: () => db.update(users).set({ suspendedAt: 1 }).where(isAlice),
  code: 'user_suspended',
})

attack('user-taken-out, back to passwords', {
  meanwhile: () =>
    db.update(users).set({ signInMethod: 'password', connectionSid: null }).where(isAlice),
  code: 'user_not_enabled',
})

attack('user-taken-out, deleted', {
  meanwhile: () => db.delete(users).where(isAlice),
  code: 'user_unknown',
})
