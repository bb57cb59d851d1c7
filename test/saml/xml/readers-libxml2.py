"""Reads documents with libxml2, by lxml: JSON in, JSON out. It knows nothing of this project's code.

In:  one line {"texts": [...]} a batch
Out: one line {"version", "outlines": [a tree as text, or {"refusal"}]} a batch
"""

import json
import sys

from lxml import etree

PARSER = dict(resolve_entities=False, no_network=True, huge_tree=False, encoding='utf-8')


def names(tag):
    """Namespace and local name."""
    return tag[1:].split('}', 1) if tag.startswith('{') else ['', tag]


def outline(element):
    children = []

    def append(text):
        if text:
            if children and isinstance(children[-1], str):
                children[-1] += text
            else:
                children.append(text)

    append(element.text)
    for child in element:
        if not isinstance(child.tag, str):
            raise ValueError('neither element nor text')
        children.append(outline(child))
        append(child.tail)
    scope = [[prefix or '', uri] for prefix, uri in element.nsmap.items() if uri]
    attributes = [[*names(name), value] for name, value in element.attrib.items()]
    return [
        *names(element.tag),
        element.prefix or '',
        sorted(scope),
        sorted(attributes),
        children,
    ]


def read(text):
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(**PARSER))
        if root.getroottree().docinfo.doctype or len(list(root.itersiblings())):
            return {'refusal': 'a DOCTYPE, or something beside the root'}
        return json.dumps(outline(root), ensure_ascii=False, separators=(',', ':'))
    except (etree.XMLSyntaxError, ValueError) as error:
        return {'refusal': str(error)}


def main():
    version = '.'.join(map(str, etree.LIBXML_VERSION))
    for line in sys.stdin:
        outlines = [read(text) for text in json.loads(line)['texts']]
        print(json.dumps({'version': version, 'outlines': outlines}), flush=True)


main()
