// An assertion for nobody in particular.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

attack('audience-missing, no AudienceRestriction', {
  message: ({ respond }) => respond({ audiences: [] }),
  code: 'audience',
})

attack('audience-missing, an empty one', {
  message: ({ respond }) => respond({ audiences: [[]] }),
  code: 'audience',
})

attack('audience-missing, an empty Audience', {
  message: ({ respond }) => respond({ audiences: [['']] }),
  code: 'audience',
})

attack('audience-missing, no Conditions', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => text.replace(/<saml:Conditions.*<\/saml:Conditions>/, ''),
    }),
  code: 'audience',
})

attack('audience-missing, Conditions twice', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) =>
        replaceOnce(text, '</saml:Subject>', '</saml:Subject><saml:Conditions></saml:Conditions>'),
    }),
  code: 'assertion_structure',
})
