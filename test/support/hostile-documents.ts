// Seeded XML documents that XML readers may read differently: genuine messages and generated
// documents, changed one to four times. About a third are strict XML.
import { changeCharacter } from './hostile-characters.ts'
import { namespacedDocuments } from './namespaced-documents.ts'
import { seeded, type Random } from './random.ts'

/** The document of a seed. Half of them begin as one of `messages`. */
export function hostileDocument(seed: number, messages: readonly string[]): string {
  const random = seeded(seed)
  let text = random.chance(0.5) ? random.pick(messages) : generated(seed, random)
  const changes = random.below(5)
  for (let change = 0; change < changes; change++) text = random.pick(CHANGES)(random, text)
  return text
}

/** Mostly with the names and without the comments that strict XML wants. */
function generated(seed: number, random: Random): string {
  const [document] = namespacedDocuments(seed, 1)
  const { text } = document!
  if (random.chance(0.1)) return text
  return text
    .replace(/<!--[^]*?-->/g, '')
    .replace(/ xml:(?:id|other)=(?:"[^"]*"|'[^']*')/g, '')
    .replace(/[\u0080-\u{10ffff}](?=[^<>]*(?:=|>))/gu, 'e')
    .replace(/&#97;/g, 'a')
}

type Change = (random: Random, text: string) => string

const PIECES = [
  '<a/>',
  '<a b="c">',
  '</a>',
  '<![CDATA[<&]]>',
  '<![CDATA[',
  '<![CDATA[]]>',
  '<!-- -->',
  '<?a b?>',
  '<!DOCTYPE a>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<?xml version="1.0"?>',
  '<p:a xmlns:p="urn:p"/>',
  '<a xmlns="urn:a"><b xmlns=""/></a>',
  '<a ID="_a"/>',
  '</',
]
const ATTRIBUTES = [
  ' ID="_a"',
  ' Id="_a"',
  ' id="&#95;a"',
  ' a="1"',
  " a='\t\n'",
  ' a="&#9;&quot;&apos;"',
  ' xmlns="urn:a"',
  ' xmlns=""',
  ' xmlns:p="urn:p"',
  ' xmlns:q="urn:p"',
  ' p:a=""',
  ' xmlns:p="relative"',
  ' xmlns:xml="http://www.w3.org/XML/1998/namespace"',
  ' xmlns:p=""',
  ' xml:lang="de"',
  ' xml:id="a"',
  ' xmlnsx="a"',
  ' q:a=""',
  '\r\na = "\r"',
  '\ta="<"',
]

const CHANGES: readonly Change[] = [
  changeCharacter,
  function insertPiece(random, text) {
    const at = random.chance(0.7) ? placeOf(random, text, '<') : random.below(text.length)
    return text.slice(0, at) + random.pick(PIECES) + text.slice(at)
  },
  function addAttribute(random, text) {
    const end = placeOf(random, text, '>')
    const at = text[end - 1] === '/' ? end - 1 : end
    return text.slice(0, at) + random.pick(ATTRIBUTES) + text.slice(at)
  },
  function exchangeTokens(random, text) {
    const tokens = text.match(/<[^>]*>|[^<]+/g) ?? []
    if (tokens.length === 0) return text
    const [one, other] = [random.below(tokens.length), random.below(tokens.length)]
    const kind = random.below(3)
    if (kind === 0) tokens.splice(one, 1)
    else if (kind === 1) tokens.splice(one, 0, tokens[other]!)
    else [tokens[one], tokens[other]] = [tokens[other]!, tokens[one]!]
    return tokens.join('')
  },
  function spellByReference(random, text) {
    const at = random.below(text.length)
    const code = text.codePointAt(at) ?? 0x61
    const reference = random.chance(0.5) ? `&#${code};` : `&#x${code.toString(16).toUpperCase()};`
    return text.slice(0, at) + reference + text.slice(at + (code > 0xffff ? 2 : 1))
  },
  function wrapInSection(random, text) {
    const start = placeOf(random, text, '>') + 1
    const next = text.indexOf('<', start)
    const end = next === -1 ? text.length : start + random.below(next - start + 1)
    return `${text.slice(0, start)}<![CDATA[${text.slice(start, end)}]]>${text.slice(end)}`
  },
  function changeLineEnds(random, text) {
    const end = random.pick(['\r\n', '\r', '\r\r\n', '\n\r'])
    return random.chance(0.5) ? text.replaceAll('\n', end) : text.replaceAll('><', `>${end}<`)
  },
  function changeSpaces(random, text) {
    return text.replaceAll(/ (?=[A-Za-z:]+=)/g, () => random.pick([' ', '\n', '\t', '  ', '\r\n']))
  },
  function changeQuotes(_, text) {
    return text.replaceAll(/="([^"'<]*)"/g, "='$1'")
  },
  function repeatStretch(random, text) {
    const start = random.below(text.length)
    const end = start + random.below(200)
    return text.slice(0, end) + text.slice(start, end).repeat(1 + random.below(3)) + text.slice(end)
  },
  function cutOff(random, text) {
    return random.chance(0.2) ? text.slice(0, random.below(text.length)) : text
  },
  function nest(random, text) {
    const depth = random.below(80)
    const at = placeOf(random, text, '<')
    return `${text.slice(0, at)}${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}${text.slice(at)}`
  },
]

/** Any place of this character, or the beginning. */
function placeOf(random: Random, text: string, character: string): number {
  return Math.max(0, text.indexOf(character, random.below(text.length)))
}
