// The local parts that IdPs usually make of a person's names: `cid.hall`, `chall`. Pure.

export type Names = { firstName: string | null; lastName: string | null }

/** Of a name: what local parts are compared by. Nobody's name is longer in an address. */
const LETTERS = 40

/** Umlauts as they are spelled without: every other letter loses its marks alone. */
const SPELLED: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' }
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
}

/**
 * Local parts made of first and last name, and those made of one name alone. Without both names,
 * the parts of the login e-mail's local part stand for them: `bob.builder`.
 */
export function nameLocals(names: Names, local: string): { both: string[]; one: string[] } {
  const [, first = '', last = ''] = /^([^._-]+)[._-]([^._-]+)$/.exec(local) ?? []
  const firsts = spell(names.firstName)
  const lasts = spell(names.lastName)
  const isNamed = firsts.length > 0 && lasts.length > 0
  const both = new Set<string>()
  for (const one of isNamed ? firsts : spell(first))
    for (const other of isNamed ? lasts : spell(last)) {
      const [initial, finalInitial] = [one[0]!, other[0]!]
      for (const mark of ['.', '', '_', '-']) {
        both.add(one + mark + other)
        both.add(other + mark + one)
      }
      for (const mark of ['.', '']) {
        both.add(initial + mark + other)
        both.add(one + mark + finalInitial)
        both.add(other + mark + initial)
      }
    }
  const one = new Set([...firsts, ...lasts])
  return { both: [...both], one: [...one] }
}

/** A name in the letters of addresses, as it may be spelled: `Jörg Müller-Ek` → `jorg`, `joerg`. */
function spell(name: string | null): string[] {
  const lower = (name ?? '').normalize('NFC').slice(0, LETTERS).toLowerCase()
  const strip = (text: string) =>
    Array.from(text, (letter) => PLAIN[letter] ?? letter)
      .join('')
      .normalize('NFD')
      .replaceAll(/[^a-z0-9]/g, '')
  const spelled = Array.from(lower, (letter) => SPELLED[letter] ?? letter).join('')
  return [...new Set([strip(lower), strip(spelled)])].filter((text) => text.length > 0)
}
