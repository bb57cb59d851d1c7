// From the strict reader's tree to the second reader's: the canonical form of an element is read
// again, and both trees must have the same content.
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse, type XmlCode } from '../refusal.ts'
import { canonicalize, type CanonicalizeOptions } from './canonicalize.ts'
import type { StrictElement } from './strict-tree.ts'
import { readTree, sameContent, type XmlElement } from './xml-tree.ts'

const CLAUSE = 'Canonical XML 1.0; SAML Core §5.4'

/** Canonicalizes. Refuses `xml_too_large` for a form of excessive size. */
export function canonicalForm(
  element: StrictElement,
  options: CanonicalizeOptions,
): Result<string, Refusal<XmlCode>> {
  try {
    return ok(canonicalize(element, options))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refuse('xml_too_large', CLAUSE, 'a canonical form of limited size', 'a longer one')
  }
}

/**
 * Reads `octets`, the canonical form of `element` without `omit`. Refuses `readers_disagree`: where
 * two readers see different content, an attacker may be deceiving one of them.
 */
export function readAgain(
  octets: string,
  element: StrictElement,
  omit?: StrictElement,
): Result<XmlElement, Refusal<XmlCode>> {
  const tree = readTree(octets)
  return tree.ok && sameContent(element, tree.value, omit)
    ? tree
    : refuse(
        'readers_disagree',
        CLAUSE,
        'the same content from both XML readers',
        'different content',
      )
}
