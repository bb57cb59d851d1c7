// Mutations of genuine responses, each drawn from a seed: a change of a node, of a tag or text, of a
// character or of a byte.
import {
  DOMParser,
  XMLSerializer,
  type Attr,
  type Document,
  type Element,
  type Node,
} from '@xmldom/xmldom'
import type { Judgement, Verification } from '../../../src/saml/response/verify-response.ts'
import type { Answer } from '../../support/fake-idp.ts'
import { changeCharacter } from '../../support/hostile-characters.ts'
import type { Random } from '../../support/random.ts'

/** What the connection of these messages allows. */
export const ALLOW: Partial<Verification> = { allow: new Set(['aes-cbc', 'sha1']) }

export const ATTRIBUTES = {
  email: 'alice@tenant.example',
  firstName: 'Alice',
  lastName: 'Ämter & Söhne',
  groups: ['one', 'two <three>'],
}

const KINDS: Record<string, Partial<Answer>> = {
  'a signed Assertion': { sign: ['Assertion'] },
  'a signed Response': { sign: ['Response'] },
  'both signed': { sign: ['Response', 'Assertion'] },
  'signed inclusively': {
    sign: ['Assertion'],
    signature: { canonicalization: 'inclusive' },
    typedValues: true,
  },
  'signed with comments kept': { signature: { withComments: true } },
  'signed with enveloped-signature alone': { signature: { envelopedAlone: true } },
  'signed with a PrefixList': { signature: { prefixList: 'xs' }, typedValues: true },
  'an encrypted Assertion that is signed': { sign: ['Assertion'], encrypt: true },
  'an encrypted Assertion in a signed Response': {
    sign: ['Response'],
    encrypt: { place: 'beside' },
  },
}

/** Genuine responses of each kind, by name. */
export const MESSAGES: readonly (readonly [string, Partial<Answer>])[] = Object.entries(KINDS).map(
  ([name, answer]) => [
    name,
    { attributes: ATTRIBUTES, responseID: '_r', assertionID: '_a', ...answer },
  ],
)

export type Mutate = (random: Random, message: string) => string | Uint8Array

/** Everything that is believed after a login. */
export function believed({ login }: Judgement): string | undefined {
  return login
    ? JSON.stringify([login.principals, login.assertion, login.replayableUntil])
    : undefined
}

const NAMES = [
  'saml:Assertion',
  'saml:NameID',
  'samlp:Response',
  'ds:Signature',
  'saml:Issuer',
  'a',
  'saml:Attribute',
]
const NAMESPACES = [
  'urn:oasis:names:tc:SAML:2.0:assertion',
  'urn:oasis:names:tc:SAML:2.0:protocol',
  'urn:oasis:names:tc:SAML:1.0:assertion',
  'http://www.w3.org/2000/09/xmldsig#',
  'urn:a',
  '',
]
const VALUES = [
  '',
  'bob@tenant.example',
  '_a',
  '_r',
  '#_a',
  '2.0',
  'urn:a',
  '\u00e9',
  ' ',
  '&#13;',
  '0',
]

/** One change of one node: deleted, doubled, moved, wrapped, renamed, re-namespaced or edited. */
export function mutateNodes(random: Random, message: string): string {
  const document = new DOMParser({ locator: false, onError: () => undefined }).parseFromString(
    message,
    'text/xml',
  )
  const elements = [...document.getElementsByTagName('*')]
  const element = random.pick(elements)
  const other = random.pick(elements)
  const texts = elements
    .flatMap((one) => [...one.childNodes])
    .filter(({ nodeType }) => nodeType === 3)
  switch (random.below(12)) {
    case 0:
      element.parentNode?.removeChild(element)
      break
    case 1:
      if (element !== document.documentElement)
        element.parentNode?.insertBefore(
          element.cloneNode(true),
          random.chance(0.5) ? element : null,
        )
      break
    case 2:
      if (!contains(element, other) && other.firstChild !== element)
        other.insertBefore(element, other.firstChild)
      break
    case 3:
      if (!contains(element, other)) other.appendChild(element.cloneNode(true))
      break
    case 4:
      wrap(document, element, random)
      break
    case 5:
      rename(document, element, random.pick(NAMESPACES), random.pick(NAMES))
      break
    case 6:
      rename(document, element, random.pick(NAMESPACES), element.nodeName)
      break
    case 7: {
      const attribute = pickAttribute(random, element)
      if (attribute) element.setAttribute(attribute.name, random.pick(VALUES))
      else
        element.setAttribute(random.pick(['ID', 'Id', 'xmlns', 'Name', 'a']), random.pick(VALUES))
      break
    }
    case 8: {
      const attribute = pickAttribute(random, element)
      if (attribute) element.removeAttribute(attribute.name)
      break
    }
    case 9: {
      const text = random.pick(texts)
      if (text)
        text.nodeValue = random.chance(0.5)
          ? random.pick(VALUES)
          : text.nodeValue + random.pick(VALUES)
      break
    }
    case 10:
      element.insertBefore(
        random.pick([
          document.createTextNode(random.pick(VALUES)),
          document.createComment('a'),
          document.createCDATASection(random.pick(VALUES)),
          document.createElementNS('urn:a', 'a'),
        ]),
        random.chance(0.5) ? element.firstChild : null,
      )
      break
    default: {
      const next = element.nextSibling
      if (next) element.parentNode?.insertBefore(next, element)
    }
  }
  return document.documentElement ? new XMLSerializer().serializeToString(document) : ''
}

function contains(ancestor: Node, node: Node): boolean {
  for (let one: Node | null = node; one; one = one.parentNode) if (one === ancestor) return true
  return false
}

function pickAttribute(random: Random, element: Element): Attr | undefined {
  return element.attributes.item(random.below(element.attributes.length)) ?? undefined
}

function wrap(document: Document, element: Element, random: Random): void {
  if (element === document.documentElement) return
  const wrapper = document.createElementNS(random.pick(NAMESPACES) || null, 'wrapper')
  element.parentNode?.replaceChild(wrapper, element)
  wrapper.appendChild(element)
}

function rename(document: Document, element: Element, namespace: string, name: string): void {
  const local = name.slice(name.indexOf(':') + 1)
  const renamed = document.createElementNS(namespace || null, namespace ? name : local)
  for (const attribute of element.attributes)
    if (!attribute.name.startsWith('xmlns')) renamed.setAttribute(attribute.name, attribute.value)
  while (element.firstChild) renamed.appendChild(element.firstChild)
  element.parentNode?.replaceChild(renamed, element)
}

/** One tag or text deleted, doubled, exchanged with another or put elsewhere. */
function mutateTokens(random: Random, message: string): string {
  const tokens = message.match(/<[^>]*>|[^<]+/g) ?? []
  const at = random.below(tokens.length)
  const other = random.below(tokens.length)
  switch (random.below(5)) {
    case 0:
      tokens.splice(at, 1)
      break
    case 1:
      tokens.splice(at, 0, tokens[at]!)
      break
    case 2:
      ;[tokens[at], tokens[other]] = [tokens[other]!, tokens[at]!]
      break
    case 3:
      tokens.splice(at, 0, tokens[other]!)
      break
    default:
      // A whole stretch twice, or not at all.
      tokens.splice(other, random.below(30), ...tokens.slice(at, at + random.below(30)))
  }
  return tokens.join('')
}

/** One bit flipped. */
function mutateBytes(random: Random, message: string): Uint8Array {
  const bytes = new TextEncoder().encode(message)
  bytes[random.below(bytes.length)]! ^= 1 << random.below(8)
  return bytes
}

export const MUTATORS: readonly (readonly [string, Mutate])[] = [
  ['nodes', mutateNodes],
  ['tags and text', mutateTokens],
  ['characters', changeCharacter],
  ['bytes', mutateBytes],
]
