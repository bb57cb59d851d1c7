// The same information set in another spelling: attribute order, quotes, references, empty-element
// tags.
import { element, replaceOnce } from '../support/xml-text.ts'
import { harmless } from './harness.ts'

harmless('c14n-spelling, attributes in another order and other quotes', {
  genuine: { assertionID: '_assertion', issueInstant: '2026-11-24T12:00:00Z' },
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      ' ID="_assertion" IssueInstant="2026-11-24T12:00:00Z" Version="2.0"',
      `\n Version = '2.0'\n\tIssueInstant='2026-11-24T12:00:00Z' ID="_assertion"`,
    ),
})

harmless('c14n-spelling, character references', {
  message: ({ genuine }) =>
    replaceOnce(
      genuine,
      element(genuine, 'saml:NameID'),
      element(genuine, 'saml:NameID').replace('>alice@', '>&#97;&#x6C;ice&#00064;'),
    ),
})

harmless('c14n-spelling, an empty-element tag', {
  message: ({ genuine }) => genuine.replace(/><\/saml:SubjectConfirmationData>/, () => '/>'),
})
