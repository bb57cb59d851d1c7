// The same Attribute twice, or two that mean the same and say something else: nobody knows which
// one is read.
import { element, replaceOnce } from '../support/xml-text.ts'
import { attack, harmless } from './harness.ts'

/** The first Attribute, the e-mail, a second time. */
const twice = (change: (attribute: string) => string) => (text: string) => {
  const attribute = element(text, 'saml:Attribute')
  return replaceOnce(text, attribute, attribute + change(attribute))
}

attack('attribute-twice, another value', {
  message: ({ respond }) =>
    respond({ editAssertion: twice((attribute) => attribute.replace('alice@', 'bob@')) }),
  code: 'email_ambiguous',
})

harmless('attribute-twice, the same value', {
  message: ({ respond }) => respond({ editAssertion: twice((attribute) => attribute) }),
})

attack('attribute-twice, another NameFormat', {
  message: ({ respond }) =>
    respond({
      editAssertion: twice((attribute) =>
        attribute
          .replace('alice@', 'bob@')
          .replace(' Name="email"', ' Name="email" NameFormat="urn:a"'),
      ),
    }),
  code: 'email_ambiguous',
})

attack('attribute-twice, in another AttributeStatement', {
  message: ({ respond }) =>
    respond({
      editAssertion: (text) => {
        const statement = `<saml:AttributeStatement>${element(text, 'saml:Attribute').replace('alice@', 'bob@')}</saml:AttributeStatement>`
        return replaceOnce(text, '</saml:Assertion>', `${statement}</saml:Assertion>`)
      },
    }),
  code: 'email_ambiguous',
})

attack('attribute-twice, under two known names', {
  message: ({ respond }) =>
    respond({
      attributes: {
        email: 'alice@tenant.example',
        mail: 'bob@tenant.example',
        firstName: 'Alice',
        lastName: 'Adams',
      },
    }),
  code: 'email_ambiguous',
})

harmless('attribute-twice, one value under two known names', {
  genuine: {
    attributes: {
      email: 'alice@tenant.example',
      firstName: 'Alice',
      lastName: 'Ämter & Söhne',
    },
  },
  message: ({ respond }) =>
    respond({
      attributes: {
        email: 'alice@tenant.example',
        mail: 'alice@tenant.example',
        firstName: 'Alice',
        lastName: 'Ämter & Söhne',
      },
    }),
})
