// The Worker that makes the storage calls of recorded logins and nothing else. What is left of the
// whole without it is the isolate's share.
import type { StorageCall } from '../../test/support/workerd/bindings.ts'

/** The storage calls of one request. */
export type Step = readonly StorageCall[]

/** Its script. `GET /LOGIN/STEP` makes the calls of that step of that login. */
export function writeReplay(logins: readonly (readonly Step[])[]): string {
  const texts = new Map<string, number>()
  const numberOf = (sql: string) => {
    if (!texts.has(sql)) texts.set(sql, texts.size)
    return texts.get(sql)!
  }
  const calls = logins.map((steps) =>
    steps.map((step) =>
      step.map((call) =>
        'queries' in call
          ? {
              store: call.store,
              isBatch: Array.isArray(call.queries),
              queries: [call.queries]
                .flat()
                .map(({ sql, params }) => [numberOf(sql), params ?? []]),
            }
          : call,
      ),
    ),
  )
  return `const TEXTS = ${JSON.stringify([...texts.keys()])}
const LOGINS = JSON.parse(${JSON.stringify(JSON.stringify(calls))})
const bind = (db, [text, values]) =>
  db.prepare(TEXTS[text]).bind(...values.map((one) => Array.isArray(one) ? new Uint8Array(one) : one))
async function make(env, { store, method, key, value, isBatch, queries }) {
  if (store === 'KV') {
    if (method === 'PUT') return env.RELAY.put(key, value, { expirationTtl: 600 })
    return method === 'DELETE' ? env.RELAY.delete(key) : env.RELAY.get(key)
  }
  const statements = queries.map((query) => bind(env[store], query))
  return isBatch ? env[store].batch(statements) : statements[0].all()
}
export default {
  async fetch(request, env) {
    const [, login, step] = new URL(request.url).pathname.split('/')
    for (const call of LOGINS[login]?.[step] ?? []) await make(env, call)
    return new Response('done')
  },
}
`
}
