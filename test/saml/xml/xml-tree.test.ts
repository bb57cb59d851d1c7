import { describe, expect, it } from 'vitest'
import { childElements, type StrictElement } from '../../../src/saml/xml/strict-tree.ts'
import { readStrictXml } from '../../../src/saml/xml/strict-xml.ts'
import {
  attribute,
  childrenNamed,
  elements,
  leafText,
  readTree,
  sameContent,
  type XmlElement,
} from '../../../src/saml/xml/xml-tree.ts'

function tree(text: string): XmlElement {
  const result = readTree(text)
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

function strict(text: string): StrictElement {
  const root = readStrictXml(text)
  if (!root.ok) throw new Error(root.error.code)
  return root.value
}

describe('readTree', () => {
  it('resolves namespaces', () => {
    expect(
      tree(
        '<p:a xmlns:p="urn:p" xmlns="urn:d" p:x="1" x="2"><b/><c xmlns="" xmlns:p="urn:q"><p:d/></c></p:a>',
      ),
    ).toEqual({
      namespace: 'urn:p',
      name: 'a',
      attributes: [
        { namespace: 'urn:p', name: 'x', value: '1' },
        { namespace: '', name: 'x', value: '2' },
      ],
      children: [
        { namespace: 'urn:d', name: 'b', attributes: [], children: [] },
        {
          namespace: '',
          name: 'c',
          attributes: [],
          children: [{ namespace: 'urn:q', name: 'd', attributes: [], children: [] }],
        },
      ],
    })
  })

  it('keeps every character of a text', () => {
    const text = (content: string) => tree(`<a>${content}</a>`).children
    expect(text(' 1.0 ')).toEqual([' 1.0 '])
    expect(text('true')).toEqual(['true'])
    expect(text('0x10')).toEqual(['0x10'])
    expect(text('\n')).toEqual(['\n'])
    expect(text('&lt;b&gt; &amp;amp; &quot;&apos;')).toEqual(['<b> &amp; "\''])
    expect(text('&#65;&#x42;&#x1F600;&#xD;')).toEqual(['AB\u{1f600}\r'])
    expect(text('&unknown;')).toEqual(['&unknown;'])
    expect(text('a<![CDATA[<&amp;>]]>b')).toEqual(['a<&amp;>b'])
    expect(text('')).toEqual([])
    expect(text('<![CDATA[]]>')).toEqual([])
  })

  it.each(['<a>&b;</a>', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])(
    'expands no entity: %s',
    (text) => {
      expect(tree(text).children).toEqual(['&b;'])
    },
  )

  it('knows no names of HTML', () => {
    expect(tree('<a b="&eacute;">&nbsp;</a>')).toMatchObject({
      attributes: [{ value: '&eacute;' }],
      children: ['&nbsp;'],
    })
  })

  it('reads XML 1.1 as it reads 1.0', () => {
    const text = '<?xml version="1.1"?><a b="1&#x41;&amp;">1 &lt; 2<![CDATA[&lt;]]></a>'
    expect(tree(text)).toMatchObject({ attributes: [{ value: '1A&' }], children: ['1 < 2&lt;'] })
  })

  it.each(['012', '1e3', '+5', '0x1F', '1.0', 'true'])('leaves a value as it is: %s', (value) => {
    const { attributes, children } = tree(`<a b="${value}">${value}</a>`)
    expect([attributes[0]!.value, ...children]).toEqual([value, value])
  })

  it('keeps every character of an attribute', () => {
    expect(attribute(tree('<a b=" 1 &lt;&#9;&quot;"/>'), 'b')).toBe(' 1 <\t"')
    expect(attribute(tree('<a b=""/>'), 'b')).toBe('')
  })

  it.each(['', ' ', 'a', '<a/><a/>', '<a/><b/>'])('refuses xml_malformed: %j', (text) => {
    expect(readTree(text)).toMatchObject({ error: { code: 'xml_malformed' } })
  })

  it.each([
    '<p:a/>',
    '<a p:b="c"/>',
    '<a><b xmlns:p="urn:p"/><p:c/></a>',
    '<constructor:a/>',
    '<toString:a/>',
  ])('refuses xml_namespace: %s', (text) => {
    expect(readTree(text)).toMatchObject({ error: { code: 'xml_namespace' } })
  })
})

describe('the questions', () => {
  const root = tree('<a xmlns="urn:a" xmlns:p="urn:p" p:x="1"><b>t</b><p:b/><b><c/></b>tail</a>')

  it('ask for expanded names', () => {
    expect(childrenNamed(root, 'urn:a', 'b')).toHaveLength(2)
    expect(childrenNamed(root, 'urn:p', 'b')).toHaveLength(1)
    expect(childrenNamed(root, '', 'b')).toHaveLength(0)
    expect(elements(root)).toHaveLength(3)
    expect(attribute(root, 'x')).toBe(undefined)
    expect(attribute(root, 'p:x')).toBe(undefined)
  })

  it('give the text of a leaf only', () => {
    expect(elements(root).map(leafText)).toEqual(['t', '', undefined])
    expect(leafText(root)).toBe(undefined)
  })
})

describe('sameContent', () => {
  const agree = (left: string, right: string) => sameContent(strict(left), tree(right))

  it.each([
    ['<a/>', '<a></a>'],
    ['<a b="1" c="2"/>', '<a c="2" b="1"></a>'],
    ['<p:a xmlns:p="urn:p"/>', '<q:a xmlns:q="urn:p"></q:a>'],
    ['<a>b<![CDATA[c]]>d</a>', '<a>bcd</a>'],
    ['<a xml:lang="de"/>', '<a></a>'],
    ['<a>&#13;</a>', '<a>&#xD;</a>'],
  ])('%s is %s', (left, right) => {
    expect(agree(left, right)).toBe(true)
  })

  it.each([
    ['<a/>', '<b></b>'],
    ['<a/>', '<a xmlns="urn:a"></a>'],
    ['<a b="1"/>', '<a></a>'],
    ['<a/>', '<a b="1"></a>'],
    ['<a b="1"/>', '<a b="2"></a>'],
    ['<a b="1"/>', '<a xmlns:p="urn:p" p:b="1"></a>'],
    ['<a>b</a>', '<a>c</a>'],
    ['<a>b</a>', '<a></a>'],
    ['<a/>', '<a>b</a>'],
    ['<a><b/>c</a>', '<a>c<b></b></a>'],
    ['<a><b/></a>', '<a><b></b><b></b></a>'],
    ['<a><b/><c/></a>', '<a><c></c><b></b></a>'],
    ['<a><b xml:lang="de"/></a>', '<a><b></b></a>'],
    ['<a> </a>', '<a></a>'],
  ])('%s is not %s', (left, right) => {
    expect(agree(left, right)).toBe(false)
  })

  it('passes over the element that was left out', () => {
    const element = strict('<a>b<c/>d</a>')
    const omitted = childElements(element)[0]!
    expect(sameContent(element, tree('<a>bd</a>'), omitted)).toBe(true)
    expect(sameContent(element, tree('<a>bd</a>'))).toBe(false)
    expect(sameContent(element, tree('<a>b<c></c>d</a>'), omitted)).toBe(false)
  })
})
