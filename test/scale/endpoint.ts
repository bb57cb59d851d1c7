// The webhook endpoint that gets the events of a run.
import type { Server } from './server.ts'

export async function addEndpoint(server: Server, url: string): Promise<void> {
  const { secret } = (await server.ask('/scale/keys')).body as { secret: string }
  const made = await server.ask('/api/v1/webhook-endpoints', {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'scale', url, types: ['tenant.created'] }),
  })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
}
