// An AttributeValue that says it is none.
import { attack } from './harness.ts'

for (const nil of ['true', '1'])
  attack(`attribute-nil, xsi:nil="${nil}"`, {
    message: ({ respond }) =>
      respond({
        editAssertion: (text) =>
          text.replace(
            '<saml:AttributeValue>',
            `<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="${nil}">`,
          ),
      }),
    code: 'attribute_missing',
  })
