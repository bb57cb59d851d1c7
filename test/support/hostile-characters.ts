// The characters, and texts that stand for one, that readers of XML may take differently.
import type { Random } from './random.ts'

const CHARACTERS = [
  ...'<>&"\'=/:#;!-[]?{} \t\r\n',
  'a',
  'Z',
  '0',
  '\u0000',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '\ud800',
  '\u{1f600}',
  '\r\n',
  ']]>',
  '&#13;',
  '&#x9;',
  '&lt;',
  '&#0;',
  '&a;',
]

/** One character replaced, deleted or inserted. */
export function changeCharacter(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  const removed = random.chance(0.6) ? 1 : 0
  const inserted = removed && random.chance(0.3) ? '' : random.pick(CHARACTERS)
  return text.slice(0, at) + inserted + text.slice(at + removed)
}
