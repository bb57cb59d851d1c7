import { describe, expect, it } from 'vitest'
import { visible } from '../src/visible.ts'

const NOTE = ' (white space and invisible characters are shown as ␠, ␉, ␊ or their code points)'

describe('visible', () => {
  it.each([
    ['', ''],
    ['https://idp.example/metadata', 'https://idp.example/metadata'],
    ['Ämter & Söhne, 東京, 👍', 'Ämter & Söhne, 東京, 👍'],
  ])('leaves %j as it is', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  it.each([
    ['\n  https://idp.example\n', '␊␠␠https://idp.example␊'],
    ['a\tb \r\n', 'a␉b␠␍␊'],
    ['a\u00a0b', 'a[U+00A0]b'],
    ['a\u200bb\ufeff', 'a[U+200B]b[U+FEFF]'],
    ['\u202egpj.exe', '[U+202E]gpj.exe'],
    ['   ', '␠␠␠'],
    ['\u3000a\u{e0041}', '[U+3000]a[U+E0041]'],
  ])('shows %j as %s', (text, shown) => {
    expect(visible(text)).toBe(shown + NOTE)
  })

  it('takes time with the length alone', () => {
    const many = ' '.repeat(200_000)
    expect(visible(`a${many}b`)).toBe(`a${many}b`)
  })
})
