// The parts of commands that need no database: pages, bodies, tables, bars.
import { describe, expect, it } from 'vitest'
import { openClient, path } from '../../src/cli/client.ts'
import { CommandError } from '../../src/cli/command-error.ts'
import { renderTable } from '../../src/cli/print.ts'
import { openProgress, watched } from '../../src/cli/progress.ts'
import { UsageError } from '../../src/cli/usage-error.ts'

/** A list of so many items, served by pages; and what was asked. */
function serving(count: number) {
  const asked: string[] = []
  const client = openClient({
    async send(where) {
      asked.push(where)
      const query = new URL(where, 'https://x.example').searchParams
      const start = Number(query.get('after') ?? 0)
      const end = Math.min(start + Number(query.get('limit')), count)
      const items = Array.from({ length: end - start }, (_, at) => start + at)
      return Response.json({ items, next: end < count ? String(end) : null })
    },
    close: async () => undefined,
  })
  return { client, asked }
}

describe('lists', () => {
  it('are followed to their end', async () => {
    const { client, asked } = serving(250)
    expect(await client.list('/things', { tenant: 'TN1', search: undefined })).toHaveLength(250)
    expect(asked).toEqual([
      '/things?tenant=TN1&limit=100',
      '/things?tenant=TN1&limit=100&after=100',
      '/things?tenant=TN1&limit=100&after=200',
    ])
  })

  it('or as far as is wanted, and no further', async () => {
    const { client, asked } = serving(250)
    expect(await client.list('/things', {}, 120)).toHaveLength(120)
    expect(asked).toEqual(['/things?limit=100', '/things?limit=20&after=100'])
  })
})

describe('answers', () => {
  const answering = (response: Response) =>
    openClient({ send: async () => response, close: async () => undefined }).call('GET', '/x')

  it('that are problems end the command', async () => {
    const problem = {
      title: 'T',
      code: 'input',
      field: 'name',
      expected: 'e',
      received: 'r',
      detail: 'D.',
    }
    const response = new Response(JSON.stringify(problem), {
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
    })
    const error = await answering(response).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(CommandError)
    expect((error as CommandError).message).toBe('T (input, name): expected e; received r. D.')
  })

  it('that are none of Gatepost’s too', async () => {
    const page = new Response('<h1>502</h1>', {
      status: 502,
      headers: { 'content-type': 'text/html' },
    })
    await expect(answering(page)).rejects.toThrow(
      'not an answer of Gatepost’s API: status 502, text/html',
    )
    expect(await answering(new Response(null, { status: 204 }))).toBeNull()
  })

  it('come of paths that hold anything', () => {
    expect(path`/users/${'a/../b?c@d.example'}/x`).toBe('/users/a%2F..%2Fb%3Fc%40d.example/x')
  })

  it.each(['..', '.', ''])('never lead to another route: %j', (part) => {
    expect(() => path`/tenants/TN1/accounts/${part}/users`).toThrow(UsageError)
  })
})

describe('tables', () => {
  it('are aligned, and one line a row', () => {
    const rows = [
      { name: 'A', count: null },
      { name: 'long\nname', count: 3 },
    ]
    const columns = [
      { title: 'Name', of: ({ name }: { name: string }) => name },
      { title: 'Number', of: ({ count }: { count: number | null }) => count },
    ]
    expect(renderTable(rows, columns).split('\n')).toEqual([
      'Name       Number',
      'A          –',
      'long\uFFFDname  3',
    ])
  })
})

describe('a bar', () => {
  const terminal = (isTTY: boolean) => {
    const written: string[] = []
    const stream = { isTTY, write: (text: string) => written.push(text) }
    return { stream: stream as unknown as NodeJS.WriteStream, written }
  }

  it('is drawn where somebody watches', () => {
    const { stream, written } = terminal(true)
    const progress = openProgress('Checking', stream)
    progress.show(1, 4)
    progress.show(0, 0)
    progress.end()
    expect(written[0]).toBe(`\r\u001B[KChecking ${'█'.repeat(8)}${'░'.repeat(22)} 25 %`)
    expect(written[1]).toContain('100 %')
    expect(written[2]).toBe('\r\u001B[K')
    const silent = terminal(false)
    openProgress('Checking', silent.stream).show(1, 2)
    expect(silent.written).toEqual([])
  })

  it('follows an upload, which arrives whole', async () => {
    const shown: number[] = []
    const bytes = new Uint8Array(200_000).map((_, at) => at % 251)
    const body = watched(bytes, { show: (done) => shown.push(done), end: () => shown.push(-1) })
    expect(new Uint8Array(await new Response(body).arrayBuffer())).toEqual(bytes)
    expect(shown).toEqual([0, 65536, 131072, 196608, 200000, -1])
  })
})
