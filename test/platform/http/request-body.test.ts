// A body from a stranger: in tiny pieces, too long, broken off, or never ending.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { readLimited } from '../../../src/platform/network/read-limited.ts'
import { readRequestBody } from '../../../src/platform/http/request-body.ts'
import { ORIGIN } from '../../support/browser.ts'
import { openService } from '../../scim/service.ts'
import { askApp } from '../../support/ask-app.ts'

const KIB = 1024

type Source = UnderlyingDefaultSource<Uint8Array>

/** `count` chunks of one byte, then what `end` does. Tells whether it was cancelled. */
function bytewise(count: number, end: (controller: ReadableStreamDefaultController) => unknown) {
  const state = { read: 0, cancelled: false }
  const source: Source = {
    pull(controller) {
      if (state.read < count) controller.enqueue(Uint8Array.of(state.read++ % 251))
      else return end(controller) as Promise<void>
    },
    cancel() {
      state.cancelled = true
    },
  }
  return { state, body: new ReadableStream(source, { highWaterMark: 0 }) }
}

const closes = (controller: ReadableStreamDefaultController) => controller.close()
const breaks = (controller: ReadableStreamDefaultController) =>
  controller.error(new Error('Network connection lost.'))
const stalls = () => new Promise(() => undefined)

function requestOf(body: ReadableStream, path = '/', headers: Record<string, string> = {}) {
  return new Request(ORIGIN + path, { method: 'POST', body, headers })
}

describe('a body of one-byte chunks', () => {
  it('is read whole', async () => {
    const { body } = bytewise(40 * KIB, closes)
    const read = await readRequestBody(requestOf(body), 40 * KIB)
    if (!read.ok) expect.fail(read.error)
    expect(read.value).toEqual(Uint8Array.from({ length: 40 * KIB }, (_, at) => at % 251))
  })

  it('is kept in one buffer, of the bytes that have come', async () => {
    // Each chunk reuses the memory of the one before: whoever kept chunks would read the last byte.
    const chunk = new Uint8Array(1)
    let sent = 0
    const reader = {
      read: () => {
        chunk[0] = sent % 251
        return Promise.resolve(sent++ < 20 * KIB ? { value: chunk } : { done: true })
      },
      cancel: () => Promise.resolve(),
    }
    const body = { getReader: () => reader } as unknown as ReadableStream<Uint8Array>
    const bytes = await readLimited(body, 1024 * KIB)
    expect(bytes).toEqual(Uint8Array.from({ length: 20 * KIB }, (_, at) => at % 251))
    expect(bytes!.buffer.byteLength).toBeLessThanOrEqual(40 * KIB)
  })

  it('waits once, not for each chunk', async () => {
    let waits = 0
    const { body } = bytewise(100, closes)
    await readLimited(body, KIB, {
      wait: (work) => {
        waits++
        return work
      },
    })
    expect(waits).toBe(1)
  })

  it('body_too_large: is read no further than the limit', async () => {
    const { body, state } = bytewise(10 * KIB, closes)
    expect(await readRequestBody(requestOf(body), KIB)).toEqual({
      ok: false,
      error: 'body_too_large',
    })
    expect(state.read).toBeLessThanOrEqual(KIB + 2)
    await expect.poll(() => state.cancelled).toBe(true)
  })
})

describe('body_incomplete: ', () => {
  it('a body that stalls, which is cancelled', async () => {
    const { body, state } = bytewise(10, stalls)
    expect(await readRequestBody(requestOf(body), KIB, 0.05)).toEqual({
      ok: false,
      error: 'body_incomplete',
    })
    await expect.poll(() => state.cancelled).toBe(true)
  })

  it('a body that is broken off', async () => {
    const { body } = bytewise(10, breaks)
    expect(await readRequestBody(requestOf(body), KIB)).toEqual({
      ok: false,
      error: 'body_incomplete',
    })
  })

  it('is the client’s error on a page', async () => {
    const { body } = bytewise(10, breaks)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await askApp(createApp(), requestOf(body, '/', form), undefined, env)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('The request did not arrive completely')
  })

  it('is the client’s error in SCIM', async () => {
    const { base, secret } = await openService()
    const { body } = bytewise(10, breaks)
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' }
    const request = new Request(`${base}/Users`, { method: 'POST', body, headers })
    const response = await askApp(createApp(), request, undefined, env)
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('The body ended early'),
    ])
  })
})
