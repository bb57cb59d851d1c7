// Checks canonicalize against libxml2's stored answers, the examples of the W3C recommendations,
// and the clauses one by one. It needs neither libxml2 nor Node's own modules.

import { describe, expect, it } from 'vitest'
import {
  CANONICAL_LIMIT,
  canonicalize,
  NAMESPACE_LIMIT,
  type CanonicalizeOptions,
} from '../../../src/saml/xml/canonicalize.ts'
import type { StrictElement } from '../../../src/saml/xml/strict-tree.ts'
import sample from '../../fixtures/canonicalize-libxml2.json'
import {
  elementAt,
  namespacedDocuments,
  parseDocument,
} from '../../support/namespaced-documents.ts'

const root = parseDocument

function named(text: string, localName: string): StrictElement {
  for (let index = 0; ; index++) {
    const element = elementAt(parseDocument(text), index)
    if (element.localName === localName) return element
  }
}

const inclusive = (element: StrictElement): string => canonicalize(element, { exclusive: false })
const exclusive = (element: StrictElement, ...prefixList: string[]): string =>
  canonicalize(element, { exclusive: true, prefixList })

describe('libxml2', () => {
  it('has answered for a varied sample', () => {
    expect(sample.documents.length).toBe(300)
    const answers = sample.documents.flatMap((one) => [one.exclusive, one.inclusive])
    for (const feature of [' xmlns=""', ' xmlns="', ' xml:lang=', '&#xD;', '&#x9;', '\u{10400}']) {
      expect(answers.filter((answer) => answer.includes(feature)).length).toBeGreaterThan(5)
    }
    expect(sample.documents.filter((one) => one.apex > 0).length).toBeGreaterThan(100)
    expect(sample.documents.filter((one) => one.omit !== null).length).toBeGreaterThan(20)
    expect(
      sample.documents.filter((one) => one.exclusive !== one.inclusive).length,
    ).toBeGreaterThan(100)
  })

  it.each(['exclusive', 'inclusive'] as const)('agrees in %s canonicalisation', (mode) => {
    for (const { text, apex, omit, prefixList, ...answers } of sample.documents) {
      const document = parseDocument(text)
      const actual = canonicalize(elementAt(document, apex), {
        exclusive: mode === 'exclusive',
        prefixList,
        omit: omit === null ? undefined : elementAt(document, omit),
      })
      expect(actual, text).toBe(answers[mode])
    }
  })
})

describe('generated documents', () => {
  it('have a canonical form that is its own canonical form', () => {
    for (const { text, apex, prefixList } of namespacedDocuments(50_000, 500)) {
      for (const mode of [true, false]) {
        const options = { exclusive: mode, prefixList }
        const once = canonicalize(elementAt(parseDocument(text), apex), options)
        expect(canonicalize(root(once), options), text).toBe(once)
      }
    }
  })

  it('are the same for the same seed', () => {
    expect([...namespacedDocuments(7, 5)]).toEqual([...namespacedDocuments(7, 5)])
  })
})

describe('the examples of Canonical XML 1.0, without their DTDs', () => {
  it('§3.2 keeps white space in content', () => {
    const text = `<doc>
   <clean>   </clean>
   <dirty>   A   B   </dirty>
   <mixed>
      A
      <clean>   </clean>
      B
      <dirty>   A   B   </dirty>
      C
   </mixed>
</doc>`
    expect(inclusive(root(text))).toBe(text)
    expect(exclusive(root(text))).toBe(text)
  })

  it('§3.3 rewrites start and end tags', () => {
    const text = `<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org"/>
         </e8>
      </e7>
   </e6>
</doc>`
    expect(inclusive(root(text))).toBe(`<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org"></e9>
         </e8>
      </e7>
   </e6>
</doc>`)
  })

  it('§3.4 replaces and escapes characters', () => {
    const text = `<doc>
   <text>First line&#x0d;&#10;Second line</text>
   <value>&#x32;</value>
   <compute><![CDATA[value>"0" && value<"10" ?"valid":"error"]]></compute>
   <compute expr='value>"0" &amp;&amp; value&lt;"10" ?"valid":"error"'>valid</compute>
   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>
</doc>`
    expect(inclusive(root(text))).toBe(`<doc>
   <text>First line&#xD;
Second line</text>
   <value>2</value>
   <compute>value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</compute>
   <compute expr="value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;">valid</compute>
   <norm attr=" '    &#xD;&#xA;&#x9;   ' "></norm>
</doc>`)
  })
})

describe('the examples of Exclusive XML Canonicalization 1.0', () => {
  const local = `<n0:local xmlns:n0="foo:bar"
          xmlns:n3="ftp://example.org">
   <n1:elem2 xmlns:n1="http://example.net"
             xml:lang="en">
       <n3:stuff xmlns:n3="ftp://example.org"/>
   </n1:elem2>
</n0:local>`
  const enveloped = `<n2:pdu xmlns:n1="http://example.com"
        xmlns:n2="http://foo.example"
        xml:lang="fr"
        xml:space="retain">
   <n1:elem2 xmlns:n1="http://example.net"
             xml:lang="en">
       <n3:stuff xmlns:n3="ftp://example.org"/>
   </n1:elem2>
</n2:pdu>`

  it('§2.1 inclusive canonicalisation takes over the envelope', () => {
    const text = `<n0:pdu xmlns:n0="http://a.example">
  <n1:elem1 xmlns:n1="http://b.example">
    content
  </n1:elem1>
</n0:pdu>`
    expect(inclusive(named(text, 'elem1')))
      .toBe(`<n1:elem1 xmlns:n0="http://a.example" xmlns:n1="http://b.example">
    content
  </n1:elem1>`)
    expect(exclusive(named(text, 'elem1'))).toBe(`<n1:elem1 xmlns:n1="http://b.example">
    content
  </n1:elem1>`)
  })

  it('§2.2 differs between envelopes in inclusive canonicalisation', () => {
    expect(inclusive(named(local, 'elem2')))
      .toBe(`<n1:elem2 xmlns:n0="foo:bar" xmlns:n1="http://example.net" xmlns:n3="ftp://example.org" xml:lang="en">
       <n3:stuff></n3:stuff>
   </n1:elem2>`)
    expect(inclusive(named(enveloped, 'elem2')))
      .toBe(`<n1:elem2 xmlns:n1="http://example.net" xmlns:n2="http://foo.example" xml:lang="en" xml:space="retain">
       <n3:stuff xmlns:n3="ftp://example.org"></n3:stuff>
   </n1:elem2>`)
  })

  it('§2.2 is the same in both envelopes in exclusive canonicalisation', () => {
    for (const text of [local, enveloped]) {
      expect(exclusive(named(text, 'elem2')))
        .toBe(`<n1:elem2 xmlns:n1="http://example.net" xml:lang="en">
       <n3:stuff xmlns:n3="ftp://example.org"></n3:stuff>
   </n1:elem2>`)
    }
  })
})

describe('namespace declarations', () => {
  it('appear where a prefix is first used, and again where a sibling uses it', () => {
    expect(exclusive(root('<r xmlns:p="urn:p"><p:a><p:b/></p:a><p:c/></r>'))).toBe(
      '<r><p:a xmlns:p="urn:p"><p:b></p:b></p:a><p:c xmlns:p="urn:p"></p:c></r>',
    )
  })

  it('count as used by the prefix of an attribute, and not by that of a value', () => {
    const text = '<r xmlns:p="urn:p" xmlns:q="urn:q" q:type="p:name"/>'
    expect(exclusive(root(text))).toBe('<r xmlns:q="urn:q" q:type="p:name"></r>')
    expect(exclusive(root(text), 'p')).toBe(
      '<r xmlns:p="urn:p" xmlns:q="urn:q" q:type="p:name"></r>',
    )
  })

  it('come back when a nested redeclaration ends', () => {
    const text =
      '<p:r xmlns:p="urn:1"><p:a xmlns:p="urn:2"><p:b xmlns:p="urn:1"/><p:c/></p:a><p:d/></p:r>'
    const expected =
      '<p:r xmlns:p="urn:1"><p:a xmlns:p="urn:2"><p:b xmlns:p="urn:1"></p:b><p:c></p:c></p:a><p:d></p:d></p:r>'
    expect(exclusive(root(text))).toBe(expected)
    expect(inclusive(root(text))).toBe(expected)
  })

  it('undo the default namespace only where the output has one', () => {
    expect(inclusive(root('<a xmlns=""><b xmlns=""/></a>'))).toBe('<a><b></b></a>')
    expect(inclusive(root('<a xmlns="urn:a"><b xmlns=""><c xmlns=""/></b></a>'))).toBe(
      '<a xmlns="urn:a"><b xmlns=""><c></c></b></a>',
    )
    expect(inclusive(named('<a xmlns="urn:a"><b xmlns=""/></a>', 'b'))).toBe('<b></b>')
    expect(exclusive(named('<a xmlns="urn:a"><b xmlns=""/></a>', 'b'), '#default')).toBe('<b></b>')
    expect(exclusive(root('<a xmlns="urn:a"><p:b xmlns:p="urn:p" xmlns=""><c/></p:b></a>'))).toBe(
      '<a xmlns="urn:a"><p:b xmlns:p="urn:p"><c xmlns=""></c></p:b></a>',
    )
  })

  it('include the default namespace where the list says #default', () => {
    const text =
      '<r xmlns="urn:r" xmlns:p="urn:p"><p:a><p:b xmlns="urn:b"/><p:c xmlns=""/></p:a></r>'
    expect(exclusive(named(text, 'a'))).toBe('<p:a xmlns:p="urn:p"><p:b></p:b><p:c></p:c></p:a>')
    expect(exclusive(named(text, 'a'), '#default')).toBe(
      '<p:a xmlns="urn:r" xmlns:p="urn:p"><p:b xmlns="urn:b"></p:b><p:c xmlns=""></p:c></p:a>',
    )
  })

  it('ignore a listed prefix that is not in scope, and the list in inclusive canonicalisation', () => {
    const element = named('<r xmlns:p="urn:p"><a/></r>', 'a')
    expect(exclusive(element, 'unknown', 'xml', 'xmlns')).toBe('<a></a>')
    expect(canonicalize(element, { exclusive: false, prefixList: [] })).toBe(
      '<a xmlns:p="urn:p"></a>',
    )
  })

  it('take the nearest of the ancestors', () => {
    const text =
      '<r xmlns:p="urn:far" xmlns:q="urn:q"><m xmlns:p="urn:near"><a xmlns:q="urn:own"/></m></r>'
    expect(inclusive(named(text, 'a'))).toBe('<a xmlns:p="urn:near" xmlns:q="urn:own"></a>')
    expect(exclusive(named(text, 'a'), 'p', 'q')).toBe(
      '<a xmlns:p="urn:near" xmlns:q="urn:own"></a>',
    )
  })

  it('never declare xml', () => {
    const text = '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="en"/>'
    expect(inclusive(root(text))).toBe('<a xml:lang="en"></a>')
    expect(exclusive(root(text), 'xml')).toBe('<a xml:lang="en"></a>')
  })

  // libxml2 leaves '&', '<' and '"' as they are here; the recommendation escapes as in an
  // attribute.
  it('escape the namespace name', () => {
    const text = '<a xmlns="urn:a?b=1&amp;c=&quot;&lt;>\'"/>'
    const expected = '<a xmlns="urn:a?b=1&amp;c=&quot;&lt;>\'"></a>'
    expect(inclusive(root(text))).toBe(expected)
    expect(exclusive(root(text))).toBe(expected)
  })
})

describe('attributes', () => {
  it('of xml: are inherited from the nearest ancestor in inclusive canonicalisation alone', () => {
    const text =
      '<r xml:lang="fr" xml:space="preserve" xml:id="_r"><m xml:lang="de"><a xml:space="default"><b/></a></m></r>'
    expect(inclusive(named(text, 'a'))).toBe(
      '<a xml:id="_r" xml:lang="de" xml:space="default"><b></b></a>',
    )
    expect(exclusive(named(text, 'a'))).toBe('<a xml:space="default"><b></b></a>')
  })

  it('sort by namespace name, not by prefix, with none first', () => {
    const text = '<r xmlns:a="urn:2" xmlns:b="urn:1" a:z="" b:z="" b:a="" z="" B="" xml:lang=""/>'
    expect(exclusive(root(text))).toBe(
      '<r xmlns:a="urn:2" xmlns:b="urn:1" B="" z="" xml:lang="" b:a="" b:z="" a:z=""></r>',
    )
  })

  it('and declarations sort by code point, not by UTF-16 unit', () => {
    const text =
      '<r xmlns:\u{10400}="urn:1" xmlns:\uf900="urn:2" \u{10400}="" \uf900="" a\u{10400}="" a\uf900=""/>'
    expect(inclusive(root(text))).toBe(
      '<r xmlns:\uf900="urn:2" xmlns:\u{10400}="urn:1" a\uf900="" a\u{10400}="" \uf900="" \u{10400}=""></r>',
    )
    expect(exclusive(root('<r xmlns:a="\u{10400}:" xmlns:b="\uf900:" a:x="" b:x=""/>'))).toBe(
      '<r xmlns:a="\u{10400}:" xmlns:b="\uf900:" b:x="" a:x=""></r>',
    )
  })

  it('escape what the recommendation lists and nothing else', () => {
    const text = '<r a="&amp;&lt;&gt;&quot;&apos;&#9;&#10;&#13;\u0085\u2028\u{1f511}\t\n\r\n\r"/>'
    expect(exclusive(root(text))).toBe(
      '<r a="&amp;&lt;>&quot;\'&#x9;&#xA;&#xD;\u0085\u2028\u{1f511}    "></r>',
    )
  })
})

describe('content', () => {
  it('escapes what the recommendation lists and nothing else', () => {
    const text = '<r>&amp;&lt;&gt;&quot;&apos;&#9;&#10;&#13;\u0085\u2028\u{1f511}\t\n\r\n\r</r>'
    expect(exclusive(root(text))).toBe(
      '<r>&amp;&lt;&gt;"\'\t\n&#xD;\u0085\u2028\u{1f511}\t\n\n\n</r>',
    )
  })

  it('loses comments and nothing of the text around them', () => {
    expect(exclusive(root('<r>admin@good.example<!---->.evil.example</r>'))).toBe(
      '<r>admin@good.example.evil.example</r>',
    )
  })

  it('keeps CDATA as text', () => {
    expect(exclusive(root('<r>a<![CDATA[<&>]]><![CDATA[]]></r>'))).toBe('<r>a&lt;&amp;&gt;</r>')
  })

  it('does not grow the call stack with depth', () => {
    const depth = 20_000
    const text = '<a>'.repeat(depth) + '</a>'.repeat(depth)
    expect(exclusive(root(text))).toBe(text)
  })
})

describe('the omitted element', () => {
  const document = parseDocument(
    '<p:r xmlns:p="urn:p"> <s xmlns="urn:s"><t/></s> <u><s xmlns="urn:s"/></u><v xmlns="urn:s"/></p:r>',
  )
  const apex = elementAt(document, 0)
  const without = (index: number, mode = true): string =>
    canonicalize(apex, { exclusive: mode, omit: elementAt(document, index) })

  it('is left out whole, and the text beside it stays', () => {
    const expected =
      '<p:r xmlns:p="urn:p">  <u><s xmlns="urn:s"></s></u><v xmlns="urn:s"></v></p:r>'
    expect(without(1, true)).toBe(expected)
    expect(without(1, false)).toBe(expected)
  })

  it('may be nested, the last child or the only one', () => {
    expect(without(4)).toBe(
      '<p:r xmlns:p="urn:p"> <s xmlns="urn:s"><t></t></s> <u></u><v xmlns="urn:s"></v></p:r>',
    )
    expect(without(5)).toBe(
      '<p:r xmlns:p="urn:p"> <s xmlns="urn:s"><t></t></s> <u><s xmlns="urn:s"></s></u></p:r>',
    )
  })

  it('stays in the tree', () => {
    const before = exclusive(apex)
    without(1)
    expect(exclusive(apex)).toBe(before)
  })
})

describe('refusals', () => {
  it('are a TypeError for what only a programming error can cause', () => {
    const document = parseDocument('<r><a><b/></a><c/></r>')
    const element = elementAt(document, 1)
    const calls: (() => string)[] = [
      () => canonicalize(element, {} as unknown as CanonicalizeOptions),
      () => canonicalize(element, { exclusive: true, omit: element }),
      () => canonicalize(element, { exclusive: true, omit: elementAt(document, 0) }),
      () => canonicalize(element, { exclusive: true, omit: elementAt(document, 3) }),
    ]
    for (const call of calls) {
      expect(call).toThrow(TypeError)
    }
  })

  it('are a RangeError where the output outgrows the input', () => {
    const name = 'urn:' + 'x'.repeat(NAMESPACE_LIMIT - 4)
    const siblings = Math.ceil(CANONICAL_LIMIT / NAMESPACE_LIMIT)
    const apex = root(`<r xmlns:p="${name}">${'<p:a/>'.repeat(siblings)}</r>`)
    expect(() => exclusive(apex)).toThrow(RangeError)
    expect(inclusive(apex).length).toBeLessThan(CANONICAL_LIMIT)
    expect(() => inclusive(root(`<r xmlns="${name}x"/>`))).toThrow(RangeError)
  })
})
