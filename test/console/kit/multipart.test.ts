// Forms with files: read as the platform reads them, without copies, and refused otherwise.
import { describe, expect, it } from 'vitest'
import { createMultipartReader, readMultipart } from '../../../src/console/kit/multipart.ts'

async function encode(data: FormData) {
  const answer = new Response(data)
  const type = answer.headers.get('content-type')!
  return { type, body: new Uint8Array(await answer.arrayBuffer()) }
}

const text = (lines: string) => new TextEncoder().encode(lines.replaceAll('\n', '\r\n'))
const TYPE = 'multipart/form-data; boundary=b'
const part = (head: string, value = 'v') => `--b\n${head}\n\n${value}\n--b--\n`
const field = 'Content-Disposition: form-data; name="a"'

describe('a form', () => {
  it('has the fields and the files that were sent, in order', async () => {
    const data = new FormData()
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256)
    data.append('name', 'Zoë\r\n--b\r\n')
    data.append('a "quoted"\nname', '')
    data.append('file', new File([bytes], 'übersicht "1".csv'))
    data.append('file', new File([], ''))
    const { type, body } = await encode(data)
    const parts = readMultipart(body, type)!
    expect(parts.map(({ name }) => name)).toEqual(['name', 'a "quoted"\nname', 'file', 'file'])
    expect(parts[0]!.value).toBe('Zoë\r\n--b\r\n')
    expect(parts[1]!.value).toBe('')
    expect(parts[2]!.value).toEqual({ fileName: 'übersicht "1".csv', bytes })
    const file = parts[2]!.value as { bytes: Uint8Array }
    expect(file.bytes.buffer).toBe(body.buffer)
    expect(parts[3]!.value).toEqual({ fileName: '', bytes: new Uint8Array() })
  })

  it.each([1, 2, 3, 7, 64, 1000])('is the same in pieces of %d bytes', async (size) => {
    const data = new FormData()
    data.append('name', 'Zoë\r\n--b\r\n')
    data.append('empty', '')
    data.append('file', new File([`${'line\r\n--'.repeat(400)}\r`], 'list.csv'))
    data.append('last', 'x')
    const { type, body } = await encode(data)
    const after = new Uint8Array([...body, ...text('\nepilogue\n--b\n')])
    const reader = createMultipartReader(type)!
    const parts: { name: string; bytes: number[] }[] = []
    // One buffer for all pieces: nothing of a piece may be kept.
    const piece = new Uint8Array(size)
    for (let at = 0; at < after.length; at += size) {
      piece.set(after.subarray(at, at + size))
      for (const event of reader.push(piece.subarray(0, Math.min(size, after.length - at)))!)
        if ('head' in event) parts.push({ name: event.head.name, bytes: [] })
        else parts.at(-1)!.bytes.push(...event.bytes)
      piece.fill(0)
    }
    expect(reader.isWhole()).toBe(true)
    const whole = readMultipart(body, type)!.map(({ name, value }) => ({
      name,
      bytes: [...(typeof value === 'string' ? new TextEncoder().encode(value) : value.bytes)],
    }))
    expect(parts).toEqual(whole)
  })

  it('may be empty', () => {
    expect(readMultipart(text('--b--\n'), TYPE)).toEqual([])
  })

  it.each([
    ['without a boundary in its type', 'multipart/form-data', part(field)],
    ['with something before the first part', TYPE, `x\n${part(field)}`],
    ['that ends early', TYPE, `--b\n${field}\n\nv`],
    ['with a part without a name', TYPE, part('Content-Disposition: form-data')],
    ['with a part of another kind', TYPE, part('Content-Type: text/plain')],
    ['with headers that do not end', TYPE, part(`${field}; x="${'y'.repeat(9000)}"`)],
    ['with a part that begins otherwise', TYPE, '--bx\n\nv\n--b--'],
  ])('%s is none', (_, type, body) => {
    expect(readMultipart(text(body), type)).toBeUndefined()
  })

  it('with 10,001 parts is none', () => {
    const parts = (count: number) => text(`${`--b\n${field}\n\nv\n`.repeat(count)}--b--`)
    expect(readMultipart(parts(10_000), TYPE)).toHaveLength(10_000)
    expect(readMultipart(parts(10_001), TYPE)).toBeUndefined()
  })
})
