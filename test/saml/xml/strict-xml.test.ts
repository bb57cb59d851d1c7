import { describe, expect, it } from 'vitest'
import type { SamlCode } from '../../../src/saml/refusal.ts'
import { decodeText } from '../../../src/saml/xml/decode-text.ts'
import type { StrictElement } from '../../../src/saml/xml/strict-tree.ts'
import { LIMITS, readStrictXml } from '../../../src/saml/xml/strict-xml.ts'
import { fromDom, parseDom } from '../../support/dom-tree.ts'

function codeOf(text: string, options: { comments?: boolean } = {}): SamlCode | null {
  const strict = readStrictXml(text, options)
  return strict.ok ? null : strict.error.code
}

const bytes = (...values: number[]) => new Uint8Array(values)

describe('decodeText', () => {
  it('reads UTF-8 and drops one byte order mark', () => {
    expect(decodeText(new TextEncoder().encode('ä'))).toEqual({ ok: true, value: 'ä' })
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61))).toEqual({ ok: true, value: 'a' })
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf))).toEqual({
      ok: true,
      value: '\ufeff',
    })
  })

  it.each([
    ['a byte alone', bytes(0x80)],
    ['a sequence cut off', bytes(0xc3)],
    ['an overlong form', bytes(0xc0, 0x80)],
    ['a surrogate', bytes(0xed, 0xa0, 0x80)],
    ['beyond Unicode', bytes(0xf4, 0x90, 0x80, 0x80)],
    ['UTF-16', bytes(0xff, 0xfe, 0x3c, 0x00)],
  ])('refuses response_not_utf8: %s', (_, input) => {
    expect(decodeText(input)).toMatchObject({ error: { code: 'response_not_utf8' } })
  })

  it('refuses response_too_large by the byte', () => {
    expect(decodeText(new Uint8Array(LIMITS.bytes)).ok).toBe(true)
    expect(decodeText(new Uint8Array(LIMITS.bytes + 1))).toMatchObject({
      error: { code: 'response_too_large' },
    })
    expect(decodeText(new Uint8Array(11), 10).ok).toBe(false)
  })
})

describe('strict XML is read as xmldom reads it:', () => {
  it.each([
    '<a/>',
    '<a></a>',
    '<a ></a >',
    ' \t\r\n<a/>\n',
    '<?xml version="1.0"?><a/>',
    "<?xml version='1.0' encoding='utf-8' standalone='no' ?>\n<a/>",
    '<?xml version="1.0" encoding="UTF-8"?><a/>',
    '<a b="c" d=\'e\'\n\tf = "g>"/>',
    '<a>text &amp; &lt;&gt;&quot;&apos; &#65;&#x41;&#x1F600; > ]] ></a>',
    '<a><![CDATA[<&>]]></a>',
    '<a><![CDATA[]]></a>',
    '<a.b-c_1/>',
    '<_a/>',
    '<p:a xmlns:p="urn:p" p:b="c"/>',
    '<a xmlns="urn:a"><b xmlns=""/></a>',
    '<a xmlns:p="urn:p"><p:b/><c xmlns:p="urn:q"><p:d/></c></a>',
    '<a xml:lang="de" xml:space="preserve" xml:base="urn:a"/>',
    '<a ID="_1"><b ID="_2"/></a>',
    '<a p:x="1" x="2" xmlns:p="urn:p"/>',
    '<a xmlns:p="urn:p" xmlns:q="urn:q" p:x="1" q:x="2"/>',
    '<a>\u0085\u00a0\u2028\u{10ffff}</a>',
  ])('%s', (text) => {
    expect(readStrictXml(text)).toEqual({ ok: true, value: fromDom(parseDom(text)) })
  })
})

const REFUSED: Record<string, string[]> = {
  xml_malformed: [
    '',
    ' ',
    'a',
    '<',
    '<a',
    '<a>',
    '<a></b>',
    '<a/><a/>',
    '<a/>b',
    'b<a/>',
    '<a/>&#32;',
    '</a>',
    '<a></a></a>',
    '<a b/>',
    '<a b=c/>',
    '<a b="c/>',
    '<a b="<"/>',
    '<a b="c"d="e"/>',
    '<a>]]></a>',
    '<a><![CDATA[</a>',
    '<![CDATA[a]]><a/>',
    '<a></a b>',
    '\ufeff<a/>',
  ],
  xml_character: [
    '<a>\u0000</a>',
    '<a>\u001f</a>',
    '<a>\ufffe</a>',
    '<a>\uffff</a>',
    '<a>\ud800</a>',
    '<a b="\udc00"/>',
    '<a>&#0;</a>',
    '<a>&#x1;</a>',
    '<a>&#xD800;</a>',
    '<a>&#xFFFF;</a>',
    '<a>&#x110000;</a>',
    '<a b="&#8;"/>',
  ],
  xml_doctype: [
    '<!DOCTYPE a><a/>',
    '<!doctype a><a/>',
    '<a><!ENTITY b "c"></a>',
    '<a/><!DOCTYPE a>',
    '<!><a/>',
    '<![INCLUDE[]]><a/>',
  ],
  xml_comment: ['<!-- --><a/>', '<a><!----></a>', '<a/><!-- -->'],
  xml_processing_instruction: [
    '<?a?><a/>',
    '<a><?a b?></a>',
    '<a/><?a?>',
    ' <?xml version="1.0"?><a/>',
    '<?xml-stylesheet href="a"?><a/>',
  ],
  xml_entity: [
    '<a>&b;</a>',
    '<a>&</a>',
    '<a>&amp</a>',
    '<a>&AMP;</a>',
    '<a>&#;</a>',
    '<a>&#x;</a>',
    '<a>&#a;</a>',
    '<a>&#12345678;</a>',
    '<a>&#x1234567;</a>',
    '<a b="&c;"/>',
    '<a>& amp;</a>',
  ],
  xml_encoding: [
    '<?xml version="1.1"?><a/>',
    '<?xml version="1.0" encoding="UTF-16"?><a/>',
    '<?xml version="1.0" encoding="latin1"?><a/>',
    '<?xml encoding="UTF-8"?><a/>',
    '<?xml version="1.0" standalone="maybe"?><a/>',
    '<?xml version="1.0" a="b"?><a/>',
    '<?xml version="1.0"><a/>',
    '<?xml ?><a/>',
  ],
  xml_name: [
    '<a / >',
    '<é/>',
    '<aé/>',
    '<a é="b"/>',
    '<a bé="c"/>',
    '<1/>',
    '<-a/>',
    '<.a/>',
    '<:a/>',
    '<a:/>',
    '<a:1 xmlns:a="urn:a"/>',
    '<a:b:c xmlns:a="urn:a"/>',
    '< a/>',
    '<a 1="b"/>',
    '<\u{10400}/>',
    '<a xmlns:é="urn:a"/>',
  ],
  xml_namespace: [
    '<p:a/>',
    '<a p:b="c"/>',
    '<a><b xmlns:p="urn:p"/><p:c/></a>',
    '<a xmlns:p=""/>',
    '<a xmlns="relative"/>',
    '<a xmlns:p="#fragment"/>',
    '<a xmlns:p="urn:a b"/>',
    '<a xmlns:p="urn:é"/>',
    '<a xmlns:p="urn:&#97;"/>',
    "<a xmlns:p='urn:\"'/>",
    '<a xmlns:p="urn:{}"/>',
    '<a xmlns:p="http://[::1]/"/>',
    '<a xmlns:p="urn:a#b#c"/>',
    '<a xmlns:p="urn:%zz"/>',
    '<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>',
    '<a xmlns:xmlns="urn:a"/>',
    '<a xmlns:p="http://www.w3.org/2000/xmlns/"/>',
    '<a xmlns="http://www.w3.org/XML/1998/namespace"/>',
    '<a xmlnsp="urn:a"/>',
    '<a XMLNS="urn:a"/>',
    '<a xmlns:XMLp="urn:a"/>',
    '<a p:xmlns="a" xmlns:p="urn:p"/>',
    '<a xml:other="a"/>',
    '<a xmlother="a"/>',
    '<xmla/>',
    '<p:xmlns xmlns:p="urn:p"/>',
  ],
  xml_duplicate_attribute: [
    '<a b="" b=""/>',
    '<a xmlns="urn:a" xmlns="urn:b"/>',
    '<a xmlns:p="urn:a" xmlns:q="urn:a" p:b="" q:b=""/>',
  ],
  xml_id: [
    '<a p:ID="b" xmlns:p="urn:p"/>',
    '<a xml:id="b"/>',
    '<a ID="&#95;"/>',
    '<a Id="&amp;"/>',
  ],
  xml_duplicate_id: [
    '<a ID="_1"><b ID="_1"/></a>',
    '<a ID="_1" id="_1"/>',
    '<a Id="_1"><b iD="_1"/></a>',
  ],
}

describe.each(Object.entries(REFUSED))('the strict reader refuses %s', (code, texts) => {
  it.each(texts)('%j', (text) => {
    expect(codeOf(text)).toBe(code)
  })
})

describe('the limits', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
  const attributes = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => ` ${name}${index}="urn:a"`).join('')

  it('are met to the unit', () => {
    expect(codeOf(nested(LIMITS.depth))).toBe(null)
    expect(codeOf(nested(LIMITS.depth + 1))).toBe('xml_too_deep')
    expect(codeOf(`<a${attributes(LIMITS.attributes, 'b')}/>`)).toBe(null)
    expect(codeOf(`<a${attributes(LIMITS.attributes + 1, 'b')}/>`)).toBe('xml_too_large')
    expect(codeOf(`<a>${'<b/>'.repeat(LIMITS.nodes - 1)}</a>`)).toBe(null)
    expect(codeOf(`<a>${'<b/>'.repeat(LIMITS.nodes)}</a>`)).toBe('xml_too_large')
  })

  it('count declarations in scope, and not those of siblings', () => {
    const half = (LIMITS.namespaces - 2) / 2
    const outer = `<a${attributes(half, 'xmlns:p')}>`
    expect(codeOf(`${outer}<b${attributes(half, 'xmlns:q')}/></a>`)).toBe(null)
    expect(
      codeOf(`${outer}<b${attributes(half, 'xmlns:q')}><c xmlns="urn:c" xmlns:r="urn:r"/></b></a>`),
    ).toBe('xml_too_large')
    expect(codeOf(`${outer}${`<b${attributes(half, 'xmlns:q')}/>`.repeat(3)}</a>`)).toBe(null)
  })

  it('count text and CDATA', () => {
    expect(codeOf(`<a>${'b<c/>'.repeat(LIMITS.nodes / 2)}</a>`)).toBe('xml_too_large')
    expect(codeOf(`<a>${'<![CDATA[]]>'.repeat(LIMITS.nodes)}</a>`)).toBe('xml_too_large')
  })

  it('hold for the namespace declarations of the whole message', () => {
    const declaring = (count: number) => `<a>${'<b xmlns:c="urn:c"/>'.repeat(count)}</a>`
    expect(codeOf(declaring(LIMITS.declarations))).toBe(null)
    expect(codeOf(declaring(LIMITS.declarations + 1))).toBe('xml_too_large')
  })

  it('cost time in proportion to the text', () => {
    for (const text of ['&amp;', ']] ', 'x<b/>', '<![CDATA[x]]>', "<b c='>'/>"])
      expect(codeOf(`<a>${text.repeat(2500)}</a>`)).toBe(null)
  })
})

describe('comments', () => {
  const options = { comments: true }

  it('pass where they are let pass', () => {
    expect(codeOf('<!-- a --><a><!-- <b> & --></a><!---->', options)).toBe(null)
  })

  it.each(['<a><!-- -- --></a>', '<a><!-- </a>', '<a><!-- ---></a>', '<a/><!--'])(
    'must be well-formed: %s',
    (text) => {
      expect(codeOf(text, options)).toBe('xml_malformed')
    },
  )

  it('still hide no DOCTYPE and no processing instruction', () => {
    expect(codeOf('<!-- --><!DOCTYPE a><a/>', options)).toBe('xml_doctype')
    expect(codeOf('<!-- --><?a?><a/>', options)).toBe('xml_processing_instruction')
  })
})

describe('the tree', () => {
  const read = (text: string, options = {}): StrictElement => {
    const root = readStrictXml(text, options)
    if (!root.ok) throw new Error(root.error.code)
    return root.value
  }

  it('has names, namespaces and parents', () => {
    const root = read('<p:a xmlns:p="urn:p" xmlns="urn:d" p:x="1" x="2"><b/></p:a>')
    expect(root).toMatchObject({
      qualifiedName: 'p:a',
      prefix: 'p',
      localName: 'a',
      namespace: 'urn:p',
      declarations: [
        { prefix: 'p', uri: 'urn:p' },
        { prefix: '', uri: 'urn:d' },
      ],
      attributes: [
        { qualifiedName: 'p:x', prefix: 'p', localName: 'x', namespace: 'urn:p', value: '1' },
        { qualifiedName: 'x', prefix: '', localName: 'x', namespace: '', value: '2' },
      ],
      parent: undefined,
    })
    expect(root.children).toEqual([
      {
        qualifiedName: 'b',
        prefix: '',
        localName: 'b',
        namespace: 'urn:d',
        declarations: [],
        attributes: [],
        children: [],
        parent: root,
      },
    ])
  })

  it('has line ends as XML says, and no further changes', () => {
    const root = read('<a b="1\r\n2">x\r\ny\rz\u0085\u2028&#13;<![CDATA[\r\n]]></a>')
    expect(root.children).toEqual(['x\ny\nz\u0085\u2028\r\n'])
    expect(root.attributes[0]?.value).toBe('1 2')
  })

  it('takes U+FFFD, which XML allows and a name that was once mangled has', () => {
    expect(read('<a>M\ufffdller</a>').children).toEqual(['M\ufffdller'])
  })

  it('keeps a character reference to white space in an attribute', () => {
    expect(read('<a b="&#9;&#10;&#13; \t&#x20;\n"/>').attributes[0]?.value).toBe('\t\n\r    ')
  })

  it('replaces each reference once', () => {
    const root = read('<a b="&amp;#65;&#38;lt;">&amp;lt;&#60;b/>&#x26;amp;</a>')
    expect(root.children).toEqual(['&lt;<b/>&amp;'])
    expect(root.attributes[0]?.value).toBe('&#65;&lt;')
  })

  it('has text beside a comment in one piece', () => {
    expect(read('<a>b<!-- c -->d<!-- --><![CDATA[e]]></a>', { comments: true }).children).toEqual([
      'bde',
    ])
  })

  it('finds IDs that only white space tells apart', () => {
    expect(codeOf('<a ID="1 2"><b ID="1\t2"/></a>')).toBe('xml_duplicate_id')
  })

  it('gives each of two siblings its own namespaces', () => {
    const root = read('<a xmlns:p="urn:p"><b xmlns:p="urn:q"><p:c/></b><p:d/></a>')
    expect(root.children).toMatchObject([
      { children: [{ namespace: 'urn:q' }] },
      { namespace: 'urn:p' },
    ])
  })
})
