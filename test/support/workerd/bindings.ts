// D1 and KV for a workerd that runs without miniflare: two servers of this process on loopback, so
// that the process of workerd does nothing but run the Worker.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

export type LocalServer = { port: number; close: () => void }

/** What a Worker asked of its storage: the body of a query to D1, or a key of KV. */
export type StorageCall =
  | { store: string; queries: Query | Query[] }
  | { store: 'KV'; method: string; key: string; value: string | undefined }
/** Gets each call before it is carried out. */
export type OnCall = (call: StorageCall) => void

type Query = { sql: string; params?: (SQLInputValue | number[])[] | null }

/** Speaks what workerd's own D1 client expects: `POST /query` with one query or a batch. */
export function serveD1(
  database: DatabaseSync,
  { store = 'DB', onCall }: { store?: string; onCall?: OnCall | undefined } = {},
): Promise<LocalServer> {
  return listen(async (request, response) => {
    const body = JSON.parse(await readText(request)) as Query | Query[]
    onCall?.({ store, queries: body })
    try {
      const answers = runBatch(database, [body].flat())
      sendJson(response, 200, Array.isArray(body) ? answers : answers[0])
    } catch (error) {
      sendJson(response, 500, { success: false, error: (error as Error).message })
    }
  })
}

function runBatch(database: DatabaseSync, queries: readonly Query[]) {
  database.exec('BEGIN')
  try {
    const answers = queries.map((query) => runQuery(database, query))
    database.exec('COMMIT')
    return answers
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function runQuery(database: DatabaseSync, { sql, params }: Query) {
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  const values = (params ?? []).map((value) =>
    Array.isArray(value) ? Uint8Array.from(value) : value,
  )
  const before = database.prepare('SELECT total_changes() AS n').get()!['n'] as number
  const rows = statement.all(...values) as unknown as unknown[][]
  const after = database.prepare('SELECT total_changes() AS n').get()!['n'] as number
  const columns = statement.columns().map(({ name }) => name)
  const changes = after - before
  const meta = { changes, changed_db: changes > 0, duration: 0, last_row_id: 0, size_after: 0 }
  return {
    success: true,
    results: { columns, rows: rows.map((row) => row.map(toJson)) },
    meta: { ...meta, rows_read: rows.length, rows_written: changes },
  }
}

function toJson(value: unknown): unknown {
  return value instanceof Uint8Array ? [...value] : value
}

/** Values without metadata, and without an end. */
export function serveKV(onCall?: OnCall): Promise<LocalServer> {
  const values = new Map<string, string>()
  return listen(async (request, response) => {
    const key = decodeURIComponent(new URL(request.url!, 'http://kv').pathname.slice(1))
    const put = request.method === 'PUT' ? await readText(request) : undefined
    onCall?.({ store: 'KV', method: request.method!, key, value: put })
    if (put !== undefined) values.set(key, put)
    else if (request.method === 'DELETE') values.delete(key)
    const value = values.get(key)
    const isMissing = request.method === 'GET' && value === undefined
    response.writeHead(isMissing ? 404 : 200).end(request.method === 'GET' ? value : undefined)
  })
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<LocalServer> {
  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
