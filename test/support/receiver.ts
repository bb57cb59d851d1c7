// A real HTTP server beside workerd, for webhooks: it keeps what comes to each path and answers as a
// test says. It is also a DNS resolver over HTTPS, which knows the names that a test gives it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    receiver: string
  }
}

/** One answer. `waitMilliseconds`: how long it keeps the sender waiting. */
export type ReceiverAnswer = {
  status: number
  headers?: Record<string, string>
  body?: string
  waitMilliseconds?: number
}
export type ReceivedRequest = { method: string; headers: Record<string, string>; body: string }

type Place = { answers: ReceiverAnswer[]; requests: ReceivedRequest[] }

/** Below `/control/`, a test says what a path answers (PUT) and reads what came to it (GET). */
const CONTROL = '/control'

export async function setup({ provide }: Pick<TestProject, 'provide'>) {
  const places = new Map<string, Place>()
  const placeOf = (path: string) => {
    const place = places.get(path) ?? { answers: [], requests: [] }
    places.set(path, place)
    return place
  }
  const server = createServer((request, response) => {
    serve(request, response, placeOf).catch((error: Error) =>
      response.writeHead(500).end(error.message),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  provide('receiver', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return () => {
    server.close()
    server.closeAllConnections()
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  placeOf: (path: string) => Place,
): Promise<void> {
  const { pathname: path, searchParams } = new URL(request.url!, 'http://receiver')
  const body = await textOf(request)
  if (path.startsWith(CONTROL)) {
    const place = placeOf(path.slice(CONTROL.length))
    if (request.method === 'PUT') place.answers = JSON.parse(body) as ReceiverAnswer[]
    return sendJson(response, place.requests)
  }
  const place = placeOf(path)
  if (path.endsWith('/dns')) {
    const [answer] = place.answers
    const names = JSON.parse(answer?.body ?? '{}') as Record<string, string>
    const [name = '', type] = [searchParams.get('name') ?? '', searchParams.get('type')]
    const data = names[name]
    const found = data !== undefined && type === 'A' ? [{ name, type: 1, TTL: 1, data }] : []
    return sendJson(response, { Status: data === undefined ? 3 : 0, TC: false, Answer: found })
  }
  place.requests.push({
    method: request.method!,
    headers: request.headers as Record<string, string>,
    body,
  })
  // The last answer stays.
  const [answer = { status: 204 }] = place.answers
  if (place.answers.length > 1) place.answers.shift()
  if (answer.waitMilliseconds)
    await new Promise((resolve) => setTimeout(resolve, answer.waitMilliseconds))
  response.writeHead(answer.status, answer.headers).end(answer.body)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
