import { expect, it } from 'vitest'
import { readStrictXml } from '../../../src/saml/xml/strict-xml.ts'
import { renderSpMetadata, type Publisher } from '../../../src/saml/metadata/sp-metadata.ts'
import {
  childrenNamed,
  attribute,
  readTree,
  type XmlElement,
} from '../../../src/saml/xml/xml-tree.ts'

const MD = 'urn:oasis:names:tc:SAML:2.0:metadata'

const MDUI = 'urn:oasis:names:tc:SAML:metadata:ui'
const NOBODY: Publisher = { productName: null, organization: null, supportEmail: null }

function read(
  entityID = 'https://sso.example/saml/CN/metadata',
  publisher = NOBODY,
): {
  root: XmlElement
  role: XmlElement
} {
  const xml = renderSpMetadata({
    entityID,
    acsURL: 'https://sso.example/saml/CN/acs',
    authnRequestsSigned: true,
    signingCertificates: ['AAAA', 'BBBB'],
    encryptionCertificates: ['BBBB'],
    publisher,
  })
  expect(readStrictXml(xml).ok).toBe(true)
  const tree = readTree(xml)
  if (!tree.ok) throw new Error(tree.error.code)
  return { root: tree.value, role: childrenNamed(tree.value, MD, 'SPSSODescriptor')[0]! }
}

function text(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : text(child))).join('')
}

function namesIn(element: XmlElement): string[] {
  return element.children.map((child) => (typeof child === 'string' ? '' : child.name))
}

it('names our identifier and one ACS by HTTP-POST', () => {
  const { root, role } = read()
  expect(attribute(root, 'entityID')).toBe('https://sso.example/saml/CN/metadata')
  expect(attribute(role, 'AuthnRequestsSigned')).toBe('true')
  expect(attribute(role, 'WantAssertionsSigned')).toBe('true')
  const [acs, ...more] = childrenNamed(role, MD, 'AssertionConsumerService')
  expect(more).toEqual([])
  expect(attribute(acs!, 'Location')).toBe('https://sso.example/saml/CN/acs')
  expect(attribute(acs!, 'Binding')).toBe('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST')
})

it('publishes certificates for what they are for', () => {
  const keys = childrenNamed(read().role, MD, 'KeyDescriptor')
  expect(keys.map((key) => [attribute(key, 'use'), text(key)])).toEqual([
    ['signing', 'AAAA'],
    ['signing', 'BBBB'],
    ['encryption', 'BBBB'],
  ])
})

it('asks to be read again after a day, and never stops to hold', () => {
  expect(attribute(read().root, 'cacheDuration')).toBe('PT24H')
  expect(attribute(read().root, 'validUntil')).toBeUndefined()
})

it('offers authenticated encryption and OAEP, and nothing else', () => {
  const [, , encryption] = childrenNamed(read().role, MD, 'KeyDescriptor')
  const methods = childrenNamed(encryption!, MD, 'EncryptionMethod').map((method) =>
    attribute(method, 'Algorithm'),
  )
  expect(methods).toEqual([
    'http://www.w3.org/2009/xmlenc11#aes128-gcm',
    'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  ])
})

it('asks for e-mail, first and last name, in the order of the schema', () => {
  const { role } = read()
  expect([...new Set(namesIn(role))]).toEqual([
    'KeyDescriptor',
    'NameIDFormat',
    'AssertionConsumerService',
    'AttributeConsumingService',
  ])
  const [service] = childrenNamed(role, MD, 'AttributeConsumingService')
  expect(
    childrenNamed(service!, MD, 'RequestedAttribute').map((one) => attribute(one, 'FriendlyName')),
  ).toEqual(['mail', 'givenName', 'sn'])
})

it('says nothing of a vendor that has set nothing', () => {
  const { root, role } = read()
  expect(namesIn(root)).toEqual(['SPSSODescriptor'])
  expect(childrenNamed(role, MD, 'Extensions')).toEqual([])
})

it('names the product, the organization and the contact that are set', () => {
  const { root, role } = read(undefined, {
    productName: 'Cloud & <Things>',
    organization: { name: 'Vendor "Ü"', url: 'https://www.vendor.example/?a=1&b=2' },
    supportEmail: 'sso@vendor.example',
  })
  expect(namesIn(root)).toEqual([
    'SPSSODescriptor',
    'Organization',
    'ContactPerson',
    'ContactPerson',
  ])
  expect(namesIn(role)[0]).toBe('Extensions')
  const [extensions] = childrenNamed(role, MD, 'Extensions')
  const [userInterface] = childrenNamed(extensions!, MDUI, 'UIInfo')
  const [displayName] = childrenNamed(userInterface!, MDUI, 'DisplayName')
  expect(text(displayName!)).toBe('Cloud & <Things>')
  const [organization] = childrenNamed(root, MD, 'Organization')
  expect(organization!.children.map((child) => text(child as XmlElement))).toEqual([
    'Vendor "Ü"',
    'Vendor "Ü"',
    'https://www.vendor.example/?a=1&b=2',
  ])
  const contacts = childrenNamed(root, MD, 'ContactPerson')
  expect(contacts.map((one) => attribute(one, 'contactType'))).toEqual(['technical', 'support'])
  for (const contact of contacts) {
    expect(namesIn(contact)).toEqual(['Company', 'EmailAddress'])
    expect(text(contact)).toBe('Vendor "Ü"mailto:sso@vendor.example')
  }
})

it('escapes what it is given', () => {
  expect(attribute(read(`https://a.example/?<&">'\n`).root, 'entityID')).toBe(
    `https://a.example/?<&">'\n`,
  )
})
