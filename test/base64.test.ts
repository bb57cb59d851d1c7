import { expect, it } from 'vitest'
import { decodeBase64, encodeBase64, sameBytes } from '../src/base64.ts'
import { seeded } from './support/random.ts'

it('decodes what it has encoded, whatever the length', () => {
  const random = seeded(1)
  for (const length of [1, 2, 3, 4, 255, 8191, 8192, 8193, 20_000]) {
    const bytes = random.bytes(length)
    expect(sameBytes(decodeBase64(encodeBase64(bytes))!, bytes)).toBe(true)
  }
})

it('passes over the white space of XML', () => {
  expect(decodeBase64(' A\tB\r\nC\nD ')).toEqual(decodeBase64('ABCD'))
})

it.each([
  ['', 'nothing'],
  [' \n', 'white space only'],
  ['A', 'one character'],
  ['AAA', 'padding left out'],
  ['AAA=A', 'padding in the middle'],
  ['AA==AAAA', 'two pieces'],
  ['A===', 'too much padding'],
  ['====', 'padding only'],
  ['AB==', 'bits in the last character that no encoder leaves'],
  ['AAB=', 'two such bits'],
  ['AA-_', 'base64url'],
  ['AA*A', 'another character'],
  ['AA\u00a0A', 'a no-break space'],
  ['AAA\u2028', 'a line separator'],
  ['AA\fAA', 'a form feed'],
  ['\u0410AAA', 'another script'],
])('refuses %j: %s', (text) => {
  expect(decodeBase64(text)).toBe(undefined)
})

it('compares bytes by length and content', () => {
  expect(sameBytes(new Uint8Array([1, 2]), new Uint8Array([1, 2]))).toBe(true)
  expect(sameBytes(new Uint8Array([1, 2]), new Uint8Array([1, 3]))).toBe(false)
  expect(sameBytes(new Uint8Array([1, 2]), new Uint8Array([1]))).toBe(false)
  expect(sameBytes(new Uint8Array(), new Uint8Array())).toBe(true)
})
