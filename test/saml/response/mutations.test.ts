// Any single mutation of a genuine message is refused or leaves what is believed unchanged, and any
// bytes get a verdict. The mutations are drawn from a seed: a failure names it, and comes back with
// it.
import {
  DOMParser,
  XMLSerializer,
  type Attr,
  type Document,
  type Element,
  type Node,
} from '@xmldom/xmldom'
import { describe, expect, it } from 'vitest'
import {
  verifyResponse,
  type Judgement,
  type Verification,
} from '../../../src/saml/response/verify-response.ts'
import { codeOf, coreIdp, judge, NOW, SP, verification } from '../../support/core.ts'
import { encryptText } from '../../support/encrypt-text.ts'
import { toField, type Answer } from '../../support/fake-idp.ts'
import { changeCharacter } from '../../support/hostile-characters.ts'
import { publicKeyOf } from '../../support/keys.ts'
import { seeded, type Random } from '../../support/random.ts'
import { signText } from '../../support/sign-text.ts'

const idp = coreIdp()
const MUTATIONS = 250
const ALLOW: Partial<Verification> = { allow: new Set(['aes-cbc', 'sha1']) }

const ATTRIBUTES = {
  email: 'alice@tenant.example',
  firstName: 'Alice',
  lastName: 'Ämter & Söhne',
  groups: ['one', 'two <three>'],
}

const MESSAGES: Record<string, Partial<Answer>> = {
  'a signed Assertion': { sign: ['Assertion'] },
  'a signed Response': { sign: ['Response'] },
  'both signed': { sign: ['Response', 'Assertion'] },
  'signed inclusively': {
    sign: ['Assertion'],
    signature: { canonicalization: 'inclusive' },
    typedValues: true,
  },
  'signed with a PrefixList': { signature: { prefixList: 'xs' }, typedValues: true },
  'an encrypted Assertion that is signed': { sign: ['Assertion'], encrypt: true },
  'an encrypted Assertion in a signed Response': {
    sign: ['Response'],
    encrypt: { place: 'beside' },
  },
}

/** Everything that is believed after a login. */
function believed({ login }: Judgement): string | undefined {
  return login
    ? JSON.stringify([login.principal, login.assertion, login.replayableUntil])
    : undefined
}

async function expectUnharmed(
  mutate: (random: Random, message: string) => string | Uint8Array,
  message: string,
  genuine: string | undefined,
  seed: number,
): Promise<'refused' | 'unchanged'> {
  const mutated = mutate(seeded(seed), message)
  const verdict = await judge(mutated, ALLOW)
  const after = believed(verdict)
  if (after === undefined) {
    expect(verdict.refusal, `seed ${seed}`).not.toBe(null)
    return 'refused'
  }
  expect(after, `seed ${seed}: ${String(mutated)}`).toBe(genuine)
  return 'unchanged'
}

describe.each(Object.entries(MESSAGES))('%s', (_, answer) => {
  it.each([
    ['nodes', mutateNodes],
    ['tags and text', mutateTokens],
    ['characters', changeCharacter],
    ['bytes', mutateBytes],
  ] as const)('survives single mutations of its %s', { timeout: 120_000 }, async (_, mutate) => {
    const message = await idp.respond({
      attributes: ATTRIBUTES,
      responseID: '_r',
      assertionID: '_a',
      ...answer,
    })
    const genuine = believed(await judge(message, ALLOW))
    expect(genuine).toBeDefined()
    const outcomes = { refused: 0, unchanged: 0 }
    for (let seed = 0; seed < MUTATIONS; seed++)
      outcomes[await expectUnharmed(mutate, message, genuine, seed)]++
    // Otherwise nothing was tried.
    expect(outcomes.refused).toBeGreaterThan(MUTATIONS / 4)
  })
})

it('survives mutations of the plaintext of what it encrypts', { timeout: 120_000 }, async () => {
  const assertion = await signText(idp.assert({ attributes: ATTRIBUTES }))
  const genuine = believed(await judge(idp.wrap(await encryptText(assertion))))
  expect(genuine).toBeDefined()
  for (let seed = 0; seed < 400; seed++) {
    const plaintext = mutateNodes(seeded(seed), assertion)
    const verdict = await judge(idp.wrap(await encryptText(plaintext)))
    const after = believed(verdict)
    if (after === undefined) expect(verdict.refusal?.code, `seed ${seed}`).toBe('encryption_failed')
    else expect(after, `seed ${seed}: ${plaintext}`).toBe(genuine)
  }
})

it('is accepted at one connection, and refused at all that differ in anything', async () => {
  const changes: ((random: Random) => Partial<Verification>)[] = [
    (random) => ({ acsURL: SP.acsURL.replace('CN1', `CN${2 + random.below(99)}`) }),
    (random) => ({ spEntityID: SP.entityID + random.below(99) }),
    (random) => ({ idpEntityID: `https://idp${random.below(99)}.example/` }),
    (random) => ({ inResponseTo: random.chance(0.5) ? null : `_request-${2 + random.below(99)}` }),
    (random) => ({
      now: NOW + (random.chance(0.5) ? 1 : -1) * (2 + random.below(1000)) * 3_600_000,
    }),
    () => ({ certificates: [] }),
  ]
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed)
    const message = await idp.respond({ sign: random.pick([['Response'], ['Assertion']]) })
    expect(await codeOf(message)).toBe(null)
    expect(await codeOf(message, random.pick(changes)(random)), `seed ${seed}`).not.toBe(null)
  }
})

describe('any bytes get a verdict', () => {
  const tries = 500

  it.each([
    ['random bytes', (random: Random) => random.bytes(random.below(400))],
    ['random ASCII', (random: Random) => ascii(random, random.below(400))],
    ['markup', (random: Random) => markup(random)],
  ] as const)('%s', async (_, generate) => {
    for (let seed = 0; seed < tries; seed++) {
      const { login, refusal } = await judge(generate(seeded(seed)))
      expect(login, `seed ${seed}`).toBe(null)
      expect(refusal?.code, `seed ${seed}`).toMatch(/^[a-z0-9_]+$/)
    }
  })

  it('fields that are not base64', async () => {
    for (let seed = 0; seed < tries; seed++) {
      const random = seeded(seed)
      const { login, refusal } = await verifyResponse(
        ascii(random, random.below(60)),
        verification(),
      )
      expect(login, `seed ${seed}`).toBe(null)
      expect(refusal, `seed ${seed}`).not.toBe(null)
    }
  })

  it('a message cut off anywhere', { timeout: 60_000 }, async () => {
    const message = new TextEncoder().encode(await idp.respond({ sign: ['Response', 'Assertion'] }))
    for (let length = 0; length < message.length; length += 7)
      expect(await codeOf(message.slice(0, length)), `${length} bytes`).not.toBe(null)
  })

  it('a field cut off anywhere', async () => {
    const field = toField(await idp.respond())
    for (let length = 0; length < field.length; length += 11)
      expect((await verifyResponse(field.slice(0, length), verification())).login).toBe(null)
  })

  it('an encrypted message whose ciphertext is random', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = seeded(seed)
      const message = await idp.respond({
        encrypt: {
          to: [publicKeyOf('sp')],
          editCiphertext: () => random.bytes(random.below(100) + 1),
        },
      })
      expect(await codeOf(message), `seed ${seed}`).toBe('encryption_failed')
    }
  })
})

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
function mutateNodes(random: Random, message: string): string {
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

function ascii(random: Random, length: number): string {
  return Array.from({ length }, () => String.fromCharCode(32 + random.below(95))).join('')
}

function markup(random: Random): string {
  const pieces = [
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_a">',
    '</samlp:Response>',
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">',
    '</saml:Assertion>',
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
    '</ds:Signature>',
    '<a/>',
    '<a b="c">',
    '</a>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?a?>',
    '<!DOCTYPE a>',
    '&lt;',
    '&#0;',
    '&a;',
    'text',
    '"',
    '>',
  ]
  return Array.from({ length: random.below(12) }, () => random.pick(pieces)).join('')
}
