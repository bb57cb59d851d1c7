// One document by every reader that runs everywhere: the strict one, xmldom, and fast-xml-parser
// on the canonical form.
import { canonicalize } from '../../src/saml/xml/canonicalize.ts'
import type { StrictElement } from '../../src/saml/xml/strict-tree.ts'
import { readStrictXml } from '../../src/saml/xml/strict-xml.ts'
import { readAgain } from '../../src/saml/xml/two-readers.ts'
import { coreIdp } from './core.ts'
import { fromDom, outlineOf, parseDom } from './dom-tree.ts'
import { brokenRule } from './strict-rules.ts'

/** `root` where the strict reader accepts, else `code`. `fault`: what must not be, in words. */
export type Reading = {
  root: StrictElement | undefined
  code: string | undefined
  fault: string | undefined
}

export function readByAll(text: string): Reading {
  const strict = readStrictXml(text)
  if (!strict.ok) return { root: undefined, code: strict.error.code, fault: undefined }
  const root = strict.value
  let dom: StrictElement
  try {
    dom = fromDom(parseDom(text))
  } catch (error) {
    return { root, code: undefined, fault: `xmldom refuses: ${String(error)}` }
  }
  const octets = canonicalize(root, { exclusive: false })
  const fault =
    outlineOf(dom) !== outlineOf(root)
      ? 'xmldom differs'
      : octets !== canonicalize(dom, { exclusive: false })
        ? 'the canonical forms differ'
        : readAgain(octets, root).ok
          ? brokenRule(text, dom)
          : 'fast-xml-parser differs'
  return { root, code: undefined, fault }
}

/** Messages as IdPs spell them, as text to change. */
export async function genuineMessages(): Promise<string[]> {
  const idp = coreIdp()
  const attributes = {
    email: 'alice@tenant.example',
    lastName: 'Ämter & Söhne',
    groups: ['1', '<'],
  }
  return Promise.all([
    idp.respond({ attributes }),
    idp.respond({ attributes, sign: ['Response', 'Assertion'], typedValues: true }),
    idp.respond({ attributes, sign: ['Response'], encrypt: true }),
    idp.respond({ attributes, signature: { prefixList: 'xs' }, typedValues: true }),
  ])
}
