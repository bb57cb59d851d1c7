// What is fetched, what is asked on the way, and how it says no. The attacks are in
// test/attacks/metadata-url-*.
import { describe, expect, it } from 'vitest'
import { checkReachable, fetchPublic } from '../../../src/platform/network/fetch-public.ts'
import {
  fakeNetwork,
  PUBLIC_V4,
  PUBLIC_V6,
  redirectTo,
  RESOLVER,
  streamOf,
} from '../../support/fake-network.ts'

const URL_OF_IDP = 'https://idp.example/metadata'
const NAMES = { 'idp.example': [PUBLIC_V4, PUBLIC_V6], 'login.example': [PUBLIC_V4] }

function oneHost(answer: () => Response | Promise<Response>, url = URL_OF_IDP) {
  return fakeNetwork({ names: NAMES, hosts: { [url]: answer } })
}

const never = () => new Promise<Response>(() => undefined)

describe('fetchPublic', () => {
  it('gives status, headers, body and URL', async () => {
    const { options } = oneHost(() => new Response('<md/>', { headers: { etag: '"1"' } }))
    const fetched = await fetchPublic(URL_OF_IDP, options)
    if (!fetched.ok) expect.fail(fetched.reason)
    expect(fetched).toMatchObject({ status: 200, url: URL_OF_IDP })
    expect(fetched.headers.get('etag')).toBe('"1"')
    expect(new TextDecoder().decode(fetched.body)).toBe('<md/>')
  })

  it('puts a body of several chunks together', async () => {
    const chunks = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)]
    const body = () =>
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk)
          controller.close()
        },
      })
    const { options } = oneHost(() => new Response(body()))
    expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({ body: Uint8Array.of(1, 2, 3) })
  })

  it.each([304, 404, 500])('gives an answer of %i as it is', async (status) => {
    const { options } = oneHost(() => new Response(null, { status }))
    expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({
      ok: true,
      status,
      body: new Uint8Array(),
    })
  })

  it('gives a redirect that leads nowhere as it is', async () => {
    const { options } = oneHost(() => new Response(null, { status: 302 }))
    expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({ ok: true, status: 302 })
  })

  it('looks up A and AAAA, and only then asks the host', async () => {
    const { options, resolved, visited, requests } = oneHost(() => new Response('ok'))
    await fetchPublic(URL_OF_IDP, { ...options, headers: { accept: 'application/xml' } })
    expect(resolved).toEqual(['idp.example A', 'idp.example AAAA'])
    expect(visited).toEqual([URL_OF_IDP])
    expect(requests.map(({ headers, redirect }) => ({ headers, redirect }))).toEqual([
      { headers: { accept: 'application/dns-json' }, redirect: 'manual' },
      { headers: { accept: 'application/dns-json' }, redirect: 'manual' },
      { headers: { accept: 'application/xml' }, redirect: 'manual' },
    ])
  })

  it('keeps the parameters of the resolver’s URL', async () => {
    const { options, resolved } = oneHost(() => new Response('ok'))
    await fetchPublic(URL_OF_IDP, { ...options, resolver: `${RESOLVER}?key=1` })
    expect(resolved).toHaveLength(2)
  })

  it('asks the resolver for the name without its root', async () => {
    const { options, resolved } = oneHost(() => new Response('ok'), 'https://idp.example./')
    expect(await fetchPublic('https://idp.example./', options)).toMatchObject({ ok: true })
    expect(resolved).toContain('idp.example A')
  })

  it.each([[PUBLIC_V4], [PUBLIC_V6], ['alias.example.', PUBLIC_V4]])(
    'is content with %s and %s',
    async (...addresses) => {
      const { options } = fakeNetwork({
        names: { 'idp.example': addresses },
        hosts: { [URL_OF_IDP]: () => new Response('ok') },
      })
      expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({ ok: true })
    },
  )

  it('takes a public address for a host, without a look-up', async () => {
    const url = `https://${PUBLIC_V4}/metadata`
    const { options, resolved } = oneHost(() => new Response('ok'), url)
    expect(await fetchPublic(url, options)).toMatchObject({ ok: true, url })
    expect(resolved).toEqual([])
  })

  it.each([301, 302, 303, 307, 308])('follows a redirect of %i', async (status) => {
    const { options, visited, resolved } = fakeNetwork({
      names: NAMES,
      hosts: {
        [URL_OF_IDP]: redirectTo('//login.example/m?a=1', status),
        'https://login.example/m?a=1': redirectTo('/n'),
        'https://login.example/n': () => new Response('there'),
      },
    })
    const url = 'https://login.example/n'
    expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({ ok: true, status: 200, url })
    expect(visited).toEqual([URL_OF_IDP, 'https://login.example/m?a=1', url])
    expect(resolved).toEqual([
      'idp.example A',
      'idp.example AAAA',
      'login.example A',
      'login.example AAAA',
      'login.example A',
      'login.example AAAA',
    ])
  })

  it('follows five redirects and no sixth', async () => {
    const chain = (length: number) => {
      const url = (index: number) => `https://idp.example/${index}`
      const hops = Array.from({ length }, (_, index) => [url(index), redirectTo(url(index + 1))])
      const hosts = Object.fromEntries([...hops, [url(length), () => new Response('end')]])
      return fakeNetwork({ names: NAMES, hosts })
    }
    const five = chain(5)
    expect(await fetchPublic('https://idp.example/0', five.options)).toMatchObject({ ok: true })
    const six = chain(6)
    expect(await fetchPublic('https://idp.example/0', six.options)).toMatchObject({
      ok: false,
      code: 'endpoint_unreachable',
    })
    expect(six.visited).toHaveLength(6)
  })

  it('reads no body of a redirect', async () => {
    const { body, state } = streamOf(10)
    const { options } = fakeNetwork({
      names: NAMES,
      hosts: {
        [URL_OF_IDP]: () => new Response(body, { status: 302, headers: { location: '/n' } }),
        'https://idp.example/n': () => new Response('there'),
      },
    })
    expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({ ok: true })
    expect(state).toEqual({ chunks: 0, cancelled: true })
  })

  it('passes on no cookie that a redirect sets', async () => {
    const { options, requests } = fakeNetwork({
      names: NAMES,
      hosts: {
        [URL_OF_IDP]: () =>
          new Response(null, { status: 302, headers: { location: '/n', 'set-cookie': 'a=b' } }),
        'https://idp.example/n': () => new Response('there'),
      },
    })
    await fetchPublic(URL_OF_IDP, options)
    for (const { headers } of requests) expect(new Headers(headers).has('cookie')).toBe(false)
  })

  it.each([
    '',
    'idp',
    '/metadata',
    'https://',
    'ftp://idp.example/',
    'javascript:alert(1)',
    'data:text/xml,<md/>',
    'file:///etc/passwd',
    'blob:https://idp.example/1',
    'http://idp.example/metadata',
    `https://idp.example/${'a'.repeat(2048)}`,
  ])('refuses %j: endpoint_url', async (url) => {
    const { options, requests } = fakeNetwork({ names: NAMES })
    expect(await fetchPublic(url, options)).toMatchObject({ ok: false, code: 'endpoint_url' })
    expect(requests).toEqual([])
  })

  it('refuses a redirect to what is no URL: endpoint_url', async () => {
    const { options } = oneHost(redirectTo('https://'))
    expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({ code: 'endpoint_url' })
  })

  describe('says endpoint_unreachable', () => {
    it('where the connection is refused', async () => {
      const { options } = fakeNetwork({ names: NAMES })
      expect(await fetchPublic(URL_OF_IDP, options)).toEqual({
        ok: false,
        code: 'endpoint_unreachable',
        reason: 'idp.example cannot be reached: Network connection lost.',
      })
    })

    it('where the connection breaks', async () => {
      const broken = new ReadableStream({ pull: () => Promise.reject(new Error('reset')) })
      const { options } = oneHost(() => new Response(broken))
      expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({
        code: 'endpoint_unreachable',
        reason: 'reset',
      })
    })

    it('where what is thrown is no Error', async () => {
      const { options } = oneHost(() => Promise.reject('lost'))
      expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({
        reason: 'idp.example cannot be reached: lost',
      })
    })

    it('where the host does not answer in time', async () => {
      const { options, requests } = oneHost(never)
      expect(await fetchPublic(URL_OF_IDP, { ...options, timeoutSeconds: 0.05 })).toEqual({
        ok: false,
        code: 'endpoint_unreachable',
        reason: 'there is no whole answer within 0.05 seconds',
        isLate: true,
      })
      // So that the platform closes the connection too.
      expect(requests.map(({ signal }) => signal?.aborted)).toEqual([true, true, true])
    })

    const json = (value: unknown) => () => Response.json(value)
    const record = { type: 1, data: PUBLIC_V4 }
    it.each<[string, () => Response | Promise<Response>]>([
      ['does not answer', never],
      ['is lost', () => Promise.reject(new TypeError('Network connection lost.'))],
      ['fails', () => Response.json({ Status: 0, Answer: [record] }, { status: 503 })],
      ['redirects', redirectTo('https://elsewhere.example/')],
      ['says no status', json({ Answer: [record] })],
      ['knows no such name', json({ Status: 3 })],
      ['could not find out', json({ Status: 2, Answer: [record] })],
      ['knows no address', json({ Status: 0 })],
      ['knows other records alone', json({ Status: 0, Answer: [{ type: 16, data: PUBLIC_V4 }] })],
      ['cuts its answer', json({ Status: 0, TC: true, Answer: [record] })],
      ['answers too much', json({ Status: 0, Answer: Array.from({ length: 3000 }, () => record) })],
    ])('where the resolver %s', async (_, dns) => {
      const hosts = { [URL_OF_IDP]: () => new Response('ok') }
      const { options, visited } = fakeNetwork({ hosts, dns })
      const fetched = await fetchPublic(URL_OF_IDP, { ...options, timeoutSeconds: 0.1 })
      expect(fetched).toMatchObject({ ok: false, code: 'endpoint_unreachable' })
      expect(visited).toEqual([])
      // The administrator knows nothing of a resolver.
      expect(fetched).not.toMatchObject({ reason: expect.stringMatching(/resolver/) })
    })

    it.each([
      [2, 'the DNS servers of idp.example do not answer'],
      [3, 'idp.example does not exist in DNS'],
      [5, 'idp.example cannot be resolved (DNS status 5)'],
    ])('DNS status %i in words', async (Status, reason) => {
      const { options } = fakeNetwork({ dns: json({ Status }) })
      expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({ reason })
    })

    it.each(['', '<html>', 'null', '[]', '{"Status":0,"Answer":[null]}', '{"Status":"0"}'])(
      'where the resolver answers %j, and says so',
      async (text) => {
        const { options } = fakeNetwork({ dns: () => new Response(text) })
        expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({
          code: 'endpoint_unreachable',
          reason: expect.stringMatching(/^[a-z.]+ could not be looked up in DNS: try again later$/),
        })
      },
    )

    it('where one of two look-ups fails', async () => {
      const dns = (_: string, type: string) =>
        type === 'A'
          ? Response.json({ Status: 0, Answer: [record] })
          : new Response('', { status: 502 })
      const { options, visited } = fakeNetwork({ dns })
      expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({ code: 'endpoint_unreachable' })
      expect(visited).toEqual([])
    })

    it('where the resolver’s own URL is wrong', async () => {
      const { options } = fakeNetwork({ names: NAMES })
      expect(await fetchPublic(URL_OF_IDP, { ...options, resolver: '' })).toMatchObject({
        code: 'endpoint_unreachable',
      })
    })
  })

  it.each([
    ['mailto:admin@idp.example', 'mailto: is no https URL without credentials'],
    ['urn:example:idp', 'urn: is no https URL without credentials'],
    ['http://idp.example/secret', 'http://idp.example is no https URL without credentials'],
  ])('names %s without what may be secret in it', async (url, reason) => {
    const { options } = fakeNetwork({})
    expect(await fetchPublic(url, options)).toMatchObject({ code: 'endpoint_url', reason })
  })

  it('calls fetch by itself: the platform’s refuses to be a method', async () => {
    const { options } = oneHost(() => new Response('ok'))
    const fetch = function (this: unknown, ...request: Parameters<typeof globalThis.fetch>) {
      if (this !== undefined) throw new TypeError('Illegal invocation')
      return options.fetch(...request)
    } as typeof globalThis.fetch
    expect(await fetchPublic(URL_OF_IDP, { ...options, fetch })).toMatchObject({ ok: true })
  })
})

describe('allowLocal', () => {
  it.each([
    'http://localhost:8787/metadata',
    'http://idp.localhost/',
    'https://127.0.0.1:8443/',
    'http://[::1]:8080/',
    'http://127.1.2.3/',
  ])('lets %s be fetched, and only it', async (url) => {
    const { options, resolved } = oneHost(() => new Response('ok'), url)
    expect(await fetchPublic(url, { ...options, allowLocal: true })).toMatchObject({ ok: true })
    expect(await fetchPublic(url, options)).toMatchObject({ ok: false })
    expect(resolved).toEqual([])
  })

  it('lets a name lead to this machine, and http to the internet', async () => {
    const { options } = fakeNetwork({
      names: { 'dev.example': ['127.0.0.1'], 'idp.example': [PUBLIC_V4] },
      hosts: {
        'http://dev.example/': redirectTo('http://idp.example/'),
        'http://idp.example/': () => new Response('ok'),
      },
    })
    expect(
      await fetchPublic('http://dev.example/', { ...options, allowLocal: true }),
    ).toMatchObject({
      ok: true,
    })
  })

  it.each(['http://10.0.0.1/', 'http://169.254.169.254/', 'http://0.0.0.0/', 'http://adfs/'])(
    'does not open %s',
    async (url) => {
      const { options, visited } = fakeNetwork({})
      expect(await fetchPublic(url, { ...options, allowLocal: true })).toMatchObject({
        code: 'endpoint_private',
      })
      expect(visited).toEqual([])
    },
  )
})

describe('checkReachable', () => {
  it.each([200, 302, 400, 403, 404, 405, 499])('takes an answer of %i', async (status) => {
    const { options } = oneHost(() => new Response(null, { status }))
    expect(await checkReachable(URL_OF_IDP, options)).toEqual({
      result: 'reachable',
      reason: `it answers ${status}`,
    })
  })

  it.each([500, 503, 521])('does not take an answer of %i', async (status) => {
    const { options } = oneHost(() => new Response(null, { status }))
    expect(await checkReachable(URL_OF_IDP, options)).toEqual({
      result: 'unreachable',
      reason: `it answers ${status}`,
    })
  })

  it('reads no body', async () => {
    const { body, state } = streamOf(10)
    const { options } = oneHost(() => new Response(body))
    expect(await checkReachable(URL_OF_IDP, options)).toMatchObject({ result: 'reachable' })
    expect(state).toEqual({ chunks: 0, cancelled: true })
  })

  it('follows no redirect', async () => {
    const { options, visited } = oneHost(redirectTo('https://10.0.0.1/'))
    expect(await checkReachable(URL_OF_IDP, options)).toMatchObject({ result: 'reachable' })
    expect(visited).toEqual([URL_OF_IDP])
  })

  it.each([
    ['https://10.0.0.1/', 'private'],
    ['https://adfs.corp/', 'private'],
    ['https://unknown.example/', 'unreachable'],
    ['https://idp.example/', 'unreachable'],
    ['http://idp.example/metadata', 'unreachable'],
    ['no URL', 'unreachable'],
  ])('says of %s: %s', async (url, result) => {
    const { options } = oneHost(() => new Response('ok'))
    expect(await checkReachable(url, options)).toEqual({
      result,
      reason: expect.stringMatching(/./),
    })
  })

  it('does not wait beyond the time', async () => {
    const { options } = oneHost(never)
    expect(await checkReachable(URL_OF_IDP, { ...options, timeoutSeconds: 0.05 })).toMatchObject({
      result: 'unreachable',
    })
  })
})
