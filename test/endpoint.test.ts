import { describe, expect, it } from 'vitest'
import { isEndpoint, writtenURL } from '../src/endpoint.ts'

describe('writtenURL', () => {
  it.each([
    ['https://idp.example/sso', 'https://idp.example/sso'],
    [' https://idp.example/sso \n', 'https://idp.example/sso'],
    ['https://IDP.Example:443/SSO', 'https://idp.example/SSO'],
    ['https://idp.example', 'https://idp.example'],
    ['https://idp.example/ä?x=ö', 'https://idp.example/%C3%A4?x=%C3%B6'],
    ['https://idp.müller.example/', 'https://idp.xn--mller-kva.example/'],
    ['https://idp.example/a/../sso', 'https://idp.example/sso'],
  ])('writes %j as %s, which may be an endpoint', (text, written) => {
    expect(writtenURL(text)).toBe(written)
    expect(isEndpoint(written, false)).toBe(true)
    expect(writtenURL(written)).toBe(written)
  })

  it.each([
    'https://idp.example/\nsso',
    'https://idp.example/s so',
    'https://idp.example/s\tso',
    'https:\\\\idp.example\\sso',
    'https://idp\u200b.example/sso',
    'https://idp.example/\u202esso',
    'https://idp.example/\u00a0sso',
    '',
    'sso',
    '/sso',
    'http://idp.example/sso',
    'https://user@idp.example/sso',
    'javascript:alert(1)',
  ])('makes no endpoint of %j', (text) => {
    expect(isEndpoint(writtenURL(text), false)).toBe(false)
  })

  it('is what an endpoint must be already', () => {
    for (const text of [' https://idp.example/', 'https://IDP.example/', 'https://idp.example/ä'])
      expect(isEndpoint(text, false)).toBe(false)
  })
})
