// Parses SignedOctets to an Assertion: only the shape. checks.ts decides whether it is valid for a
// login.
import { NS } from '../names.ts'
import { ok, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { SignedOctets } from '../signature/signature.ts'
import { attribute, childrenNamed, elements, leafText, type XmlElement } from '../xml/xml-tree.ts'

/**
 * A saml:Assertion as the IdP signed it. Instants are text here: the check that needs one parses
 * it.
 */
export type Assertion = {
  ID: string
  issueInstant: string | undefined
  issuer: string | undefined
  subject: Subject | undefined
  conditions: Conditions | undefined
  authnStatements: AuthnStatement[]
  attributes: Attribute[]
}

export type Subject = {
  nameID: NameID | undefined
  confirmations: SubjectConfirmation[]
}

/** Attributes that are empty count as absent. */
export type NameID = {
  value: string
  format: string | undefined
  nameQualifier?: string | undefined
  spNameQualifier?: string | undefined
}

export type SubjectConfirmation = {
  method: string | undefined
  recipient: string | undefined
  notBefore: string | undefined
  notOnOrAfter: string | undefined
  /** Empty counts as absent. */
  inResponseTo: string | undefined
}

export type Conditions = {
  notBefore: string | undefined
  notOnOrAfter: string | undefined
  /** The Audience values of each AudienceRestriction. */
  audienceRestrictions: string[][]
  /** Conditions other than AudienceRestriction, OneTimeUse and ProxyRestriction. */
  unknown: string[]
}

export type AuthnStatement = {
  authnInstant: string | undefined
  sessionIndex: string | undefined
  sessionNotOnOrAfter: string | undefined
  authnContextClassRef: string | undefined
}

export type Attribute = { name: string; nameFormat: string | undefined; values: string[] }

const CLAUSE = 'SAML Core §2.3.3'
const CHILDREN: Readonly<Record<string, string>> = {
  Issuer: NS.saml,
  Signature: NS.ds,
  Subject: NS.saml,
  Conditions: NS.saml,
  Advice: NS.saml,
  Statement: NS.saml,
  AuthnStatement: NS.saml,
  AuthzDecisionStatement: NS.saml,
  AttributeStatement: NS.saml,
}
const AT_MOST_ONCE = ['Issuer', 'Subject', 'Conditions', 'Advice']
const MAX_ATTRIBUTES = 500

/**
 * Refuses `assertion_structure` where the signed content is not an Assertion of the schema’s shape.
 */
export function parseAssertion(octets: SignedOctets): Result<Assertion, Refusal> {
  const element = assertionIn(octets.tree)
  if (!element)
    return structure('a signed saml:Assertion', `{${octets.tree.namespace}}${octets.tree.name}`)
  const children = elements(element)
  for (const child of children)
    if (!Object.hasOwn(CHILDREN, child.name) || CHILDREN[child.name] !== child.namespace)
      return structure('the children of the schema', `{${child.namespace}}${child.name}`)
  for (const name of AT_MOST_ONCE)
    if (children.filter((child) => child.name === name).length > 1)
      return structure(`${name} at most once`, `${name} several times`)
  const ID = attribute(element, 'ID')
  if (!ID || attribute(element, 'Version') !== '2.0')
    return structure(
      'an ID, and Version 2.0',
      `Version ${attribute(element, 'Version') ?? 'absent'}`,
    )

  const attributes = readAttributes(element)
  if (attributes.length > MAX_ATTRIBUTES)
    return structure(`at most ${MAX_ATTRIBUTES} attributes`, `${attributes.length}`)
  return ok({
    ID,
    issueInstant: attribute(element, 'IssueInstant'),
    issuer: textOf(element, 'Issuer'),
    subject: readSubject(element),
    conditions: readConditions(element),
    authnStatements: childrenNamed(element, NS.saml, 'AuthnStatement').map(readAuthnStatement),
    attributes,
  })
}

function assertionIn(tree: XmlElement): XmlElement | undefined {
  if (tree.name === 'Assertion' && tree.namespace === NS.saml) return tree
  if (tree.name !== 'Response' || tree.namespace !== NS.samlp) return undefined
  const assertions = childrenNamed(tree, NS.saml, 'Assertion')
  return assertions.length === 1 ? assertions[0] : undefined
}

function readSubject(assertion: XmlElement): Subject | undefined {
  const [subject] = childrenNamed(assertion, NS.saml, 'Subject')
  if (!subject) return undefined
  return {
    nameID: readNameID(subject),
    confirmations: childrenNamed(subject, NS.saml, 'SubjectConfirmation').map((confirmation) => {
      const [data] = childrenNamed(confirmation, NS.saml, 'SubjectConfirmationData')
      const read = (name: string) => data && attribute(data, name)
      return {
        method: attribute(confirmation, 'Method'),
        recipient: read('Recipient'),
        notBefore: read('NotBefore'),
        notOnOrAfter: read('NotOnOrAfter'),
        inResponseTo: read('InResponseTo') || undefined,
      }
    }),
  }
}

function readNameID(subject: XmlElement): NameID | undefined {
  const [nameID, ...more] = childrenNamed(subject, NS.saml, 'NameID')
  const value = nameID && more.length === 0 ? leafText(nameID) : undefined
  if (value === undefined) return undefined
  const read = (name: string) => attribute(nameID!, name) || undefined
  return {
    // Pretty-printers put white space around an identifier; it is never part of it.
    value: trim(value),
    format: read('Format'),
    nameQualifier: read('NameQualifier'),
    spNameQualifier: read('SPNameQualifier'),
  }
}

const KNOWN_CONDITIONS = new Set(['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'])

function readConditions(assertion: XmlElement): Conditions | undefined {
  const [conditions] = childrenNamed(assertion, NS.saml, 'Conditions')
  if (!conditions) return undefined
  return {
    notBefore: attribute(conditions, 'NotBefore'),
    notOnOrAfter: attribute(conditions, 'NotOnOrAfter'),
    audienceRestrictions: childrenNamed(conditions, NS.saml, 'AudienceRestriction').map(
      (restriction) =>
        childrenNamed(restriction, NS.saml, 'Audience').map((audience) => leafText(audience) ?? ''),
    ),
    unknown: elements(conditions)
      .filter((child) => child.namespace !== NS.saml || !KNOWN_CONDITIONS.has(child.name))
      .map((child) => `{${child.namespace}}${child.name}`),
  }
}

function readAuthnStatement(statement: XmlElement): AuthnStatement {
  const [context] = childrenNamed(statement, NS.saml, 'AuthnContext')
  return {
    authnInstant: attribute(statement, 'AuthnInstant'),
    sessionIndex: attribute(statement, 'SessionIndex'),
    sessionNotOnOrAfter: attribute(statement, 'SessionNotOnOrAfter'),
    authnContextClassRef: context && textOf(context, 'AuthnContextClassRef'),
  }
}

/**
 * All attributes of all statements, in order. Values that are not plain text (a nested element,
 * xsi:nil) are left out.
 */
function readAttributes(assertion: XmlElement): Attribute[] {
  return childrenNamed(assertion, NS.saml, 'AttributeStatement').flatMap((statement) =>
    childrenNamed(statement, NS.saml, 'Attribute').map((element) => ({
      name: attribute(element, 'Name') ?? '',
      nameFormat: attribute(element, 'NameFormat'),
      values: childrenNamed(element, NS.saml, 'AttributeValue')
        .filter((value) => !isNil(value))
        .map(leafText)
        .filter((text) => text !== undefined),
    })),
  )
}

function isNil(value: XmlElement): boolean {
  return value.attributes.some(
    ({ name, namespace, value: text }) =>
      name === 'nil' && namespace === NS.xsi && /^(?:true|1)$/.test(text),
  )
}

function textOf(parent: XmlElement, name: string): string | undefined {
  const [element] = childrenNamed(parent, NS.saml, name)
  return element && leafText(element)
}

function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+|(?<![ \t\r\n])[ \t\r\n]+$/g, '')
}

function structure(expected: string, received: string) {
  return refuse('assertion_structure', CLAUSE, expected, received)
}
