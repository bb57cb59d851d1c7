// An app in the database, registered as an operator would.
import { createClient, type ClientFields } from '../../src/clients/operations.ts'
import { good, request } from './request.ts'

export const APP = 'https://app.customer.example'

export async function registerClient(fields: Partial<ClientFields> = {}) {
  const input = { name: 'App', redirectURIs: [`${APP}/callback`], ...fields }
  const { client, secret } = good(await createClient(request(), input))
  return { ...client, secret }
}
