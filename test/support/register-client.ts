// An app in the database, registered as an operator would.
import { createClient, type ClientFields } from '../../src/clients/operations.ts'
import { clientOrigins, clients } from '../../src/platform/db/schema.ts'
import { good, request } from './request.ts'
import { db } from './world.ts'

export const APP = 'https://app.customer.example'

export async function registerClient(fields: Partial<ClientFields> = {}) {
  const input = { name: 'App', redirectURIs: [`${APP}/callback`], ...fields }
  const { client, secret } = good(await createClient(request(), input))
  return { ...client, secret }
}

/** Other tests know of no app. */
export async function forgetClients(): Promise<void> {
  await db.batch([
    db.update(clients).set({ isDefault: false, disabledAt: Date.now() }),
    db.delete(clientOrigins),
  ])
}
