"""Canonicalises documents with libxml2: JSON in, JSON out. It knows nothing of this project's code.

In:  {"documents": [{"text", "apex", "omit", "prefixList"}]}
Out: {"version", "answers": [{"exclusive", "inclusive"} in base64, or {"error"}]}

The node set is made with XPath and handed to xmlC14NDocDumpMemory, which implements document subsets;
lxml's own tostring copies a subelement first and so loses the xml:* attributes of its ancestors.
"""

import base64
import ctypes
import json
import sys

library = ctypes.CDLL('libxml2.so.2')


class NodeSet(ctypes.Structure):
    _fields_ = [('count', ctypes.c_int), ('room', ctypes.c_int), ('nodes', ctypes.c_void_p)]


class XPathObject(ctypes.Structure):
    _fields_ = [('type', ctypes.c_int), ('nodes', ctypes.POINTER(NodeSet))]


class Error(ctypes.Structure):
    _fields_ = [('domain', ctypes.c_int), ('code', ctypes.c_int), ('message', ctypes.c_char_p)]


def declare(name, result, *arguments):
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return function


pointer = ctypes.c_void_p
read_memory = declare(
    'xmlReadMemory', pointer,
    ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int,
)
free_document = declare('xmlFreeDoc', None, pointer)
new_context = declare('xmlXPathNewContext', pointer, pointer)
free_context = declare('xmlXPathFreeContext', None, pointer)
evaluate = declare('xmlXPathEvalExpression', ctypes.POINTER(XPathObject), ctypes.c_char_p, pointer)
free_object = declare('xmlXPathFreeObject', None, ctypes.POINTER(XPathObject))
difference = declare(
    'xmlXPathDifference', ctypes.POINTER(NodeSet),
    ctypes.POINTER(NodeSet), ctypes.POINTER(NodeSet),
)
canonical = declare(
    'xmlC14NDocDumpMemory', ctypes.c_int,
    pointer, ctypes.POINTER(NodeSet), ctypes.c_int,
    ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.POINTER(pointer),
)
reset_error = declare('xmlResetLastError', None)
last_error = declare('xmlGetLastError', ctypes.POINTER(Error))
free_memory = ctypes.cast(
    pointer.in_dll(library, 'xmlFree').value, ctypes.CFUNCTYPE(None, ctypes.c_void_p)
)

INCLUSIVE, EXCLUSIVE = 0, 1
# Without XML_PARSE_NOENT libxml2 keeps '&amp;' in a namespace name as the five characters '&#38;'.
SUBSTITUTE_ENTITIES = 2
NO_ERROR_OUTPUT = 32 | 64
NO_NETWORK = 2048
PARSE_OPTIONS = SUBSTITUTE_ENTITIES | NO_ERROR_OUTPUT | NO_NETWORK


def subtree(context, index):
    """The element at the index with all below it, with attribute and namespace nodes."""
    root = f'(//*)[{index + 1}]'
    expression = (
        f'{root}/descendant-or-self::node()'
        f' | {root}/descendant-or-self::*/@*'
        f' | {root}/descendant-or-self::*/namespace::*'
    )
    return evaluate(expression.encode(), context)


def dump(document, nodes, mode, prefix_list):
    prefixes = None
    if mode == EXCLUSIVE and prefix_list:
        encoded = [prefix.encode() for prefix in prefix_list]
        prefixes = (ctypes.c_char_p * (len(encoded) + 1))(*encoded, None)
    output = pointer()
    length = canonical(document, nodes, mode, prefixes, 0, ctypes.byref(output))
    if length < 0:
        raise ValueError('libxml2 refuses to canonicalise')
    try:
        return base64.b64encode(ctypes.string_at(output, length)).decode()
    finally:
        free_memory(output)


def answer(case):
    octets = case['text'].encode()
    reset_error()
    document = read_memory(octets, len(octets), None, b'UTF-8', PARSE_OPTIONS)
    error = last_error()
    if error:
        raise ValueError('libxml2 complains: ' + error.contents.message.decode().strip())
    context = new_context(document)
    whole = subtree(context, case['apex'])
    nodes = whole.contents.nodes
    if case['omit'] is not None:
        nodes = difference(nodes, subtree(context, case['omit']).contents.nodes)
    result = {
        'exclusive': dump(document, nodes, EXCLUSIVE, case['prefixList']),
        'inclusive': dump(document, nodes, INCLUSIVE, None),
    }
    free_object(whole)
    free_context(context)
    free_document(document)
    return result


def attempt(case):
    try:
        return answer(case)
    except ValueError as failure:
        return {'error': str(failure)}


def main():
    documents = json.load(sys.stdin)['documents']
    version = ctypes.c_char_p.in_dll(library, 'xmlParserVersion').value.decode()
    json.dump({'version': version, 'answers': [attempt(case) for case in documents]}, sys.stdout)


main()
