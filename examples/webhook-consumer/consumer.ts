// A plain Node server that receives webhooks of Gatepost, verified by the library of Standard
// Webhooks: `WEBHOOK_SECRET=whsec_… npx node examples/webhook-consumer/consumer.ts`.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { pathToFileURL } from 'node:url'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'

/** More than any message of Gatepost. */
const MOST_BYTES = 128 * 1024
/** Gatepost sends a message again for three days. Keep them in a table in production. */
const REMEMBERED = 100_000

type Message = { type: string; timestamp: string; version: number; isCut: boolean; data: unknown }
type Settings = {
  secret: string
  /** Called once for each message. If it fails, Gatepost sends the message again. */
  take: (message: Message, id: string) => Promise<void> | void
}

export function createConsumer({ secret, take }: Settings): Server {
  const webhook = new Webhook(secret)
  const taken = new Set<string>()
  return createServer((request, response) => {
    const answer = (status: number) => response.writeHead(status).end()
    receive(request).then(answer, (error: Error) => {
      console.error(error.message)
      answer(error instanceof WebhookVerificationError ? 400 : 500)
    })
  })

  async function receive(request: IncomingMessage): Promise<number> {
    if (request.method !== 'POST') return 405
    const body = await readBody(request)
    if (body === undefined) return 413
    // Over the bytes as they came: JSON that was parsed and written again has another signature.
    const message = webhook.verify(body, request.headers as Record<string, string>) as Message
    const id = request.headers['webhook-id'] as string
    // A message may come twice, where an answer was lost.
    if (taken.has(id)) return 204
    await take(message, id)
    taken.add(id)
    if (taken.size > REMEMBERED) taken.delete(taken.values().next().value!)
    return 204
  }
}

/** Undefined: it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { WEBHOOK_SECRET: secret = '', PORT = '3030' } = process.env
  const take = (message: Message, id: string) => console.log(id, message.type, message.data)
  createConsumer({ secret, take }).listen(Number(PORT), '127.0.0.1', () =>
    console.log(`Waiting for webhooks at http://127.0.0.1:${PORT}`),
  )
}
