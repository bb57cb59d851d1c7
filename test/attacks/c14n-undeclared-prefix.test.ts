// A prefix without a declaration, or with its declaration taken back: readers disagree on what it
// means.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('c14n-undeclared-prefix', {
  message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', '<samlp:Status><a:b></a:b>'),
  code: 'xml_namespace',
})

attack('c14n-undeclared-prefix, of an attribute', {
  message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', '<samlp:Status a:b="c">'),
  code: 'xml_namespace',
})

attack('c14n-undeclared-prefix, declared as nothing', {
  message: ({ genuine }) => replaceOnce(genuine, '<samlp:Status>', '<samlp:Status xmlns:saml="">'),
  code: 'xml_namespace',
})

attack('c14n-undeclared-prefix, declared by a sibling', {
  message: ({ genuine }) =>
    replaceOnce(genuine, '<samlp:Status>', '<samlp:Status><b xmlns:a="urn:a"></b><a:b></a:b>'),
  code: 'xml_namespace',
})
