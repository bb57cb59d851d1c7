import 'reflect-metadata'
import { X509Certificate, X509Certificates } from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { XMLParser } from 'fast-xml-parser'
import * as fastXmlParser from '../../src/saml/stand-ins/fast-xml-parser.ts'
import * as pkijs from '../../src/saml/stand-ins/pkijs.ts'
import { container } from '../../src/saml/stand-ins/x509-parts.ts'
import { readTree } from '../../src/saml/xml/xml-tree.ts'
import { certificateOf } from '../support/keys.ts'

describe('what stands in for parts of libraries', () => {
  it.each([
    ['KeyInfo', pkijs.Certificate],
    ['declarations of entities', fastXmlParser.isUnsafe],
    ['declarations of entities', () => new fastXmlParser.EntityDecoder().addInputEntities()],
    ['entities', () => new fastXmlParser.EntityDecoder().decode()],
    ['numbers', fastXmlParser.default],
  ])('throws where somebody reads %s', (_, read) => {
    expect(read).toThrow(TypeError)
  })

  // With settings other than those of xml-tree.ts the library asks for what is not there, and says so.
  it.each([
    ['entities', { processEntities: true }, '<a>&lt;</a>'],
    ['numbers', { parseTagValue: true, processEntities: false }, '<a>1</a>'],
  ])('is what fast-xml-parser gets: %s', (_, settings, text) => {
    expect(() => new XMLParser(settings).parse(text)).toThrow(TypeError)
  })

  it('is nothing that xml-tree.ts asks for', () => {
    const text = '<?xml version="1.1"?><a b="1&#x41;&amp;">1 &lt; 2<![CDATA[&lt;]]></a>'
    expect(readTree(text)).toEqual({
      ok: true,
      value: {
        namespace: '',
        name: 'a',
        attributes: [{ namespace: '', name: 'b', value: '1A&' }],
        children: ['1 < 2&lt;'],
      },
    })
    expect(readTree('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).toMatchObject({
      error: { code: 'xml_malformed' },
    })
  })
  it('is what @peculiar/x509 gets for bags of certificates, which we never make', () => {
    const bag = new X509Certificates([new X509Certificate(certificateOf('idp'))])
    expect(() => bag.export('raw')).toThrow('neither read nor made')
  })

  it('answers for a token as tsyringe does: one of each, in order, the last alone', () => {
    class First {
      readonly place = 1
    }
    class Last {
      readonly place = 2
    }
    container.registerSingleton('token', First)
    container.registerSingleton('token', Last)
    const all = container.resolveAll('token')
    expect(all.map(({ constructor }) => constructor)).toEqual([First, Last])
    expect(container.resolveAll('token')[0]).toBe(all[0])
    expect(container.resolve('token')).toBe(all[1])
    expect(() => container.resolve('another token')).toThrow(TypeError)
  })
})
