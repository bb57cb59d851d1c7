// A condition that we do not understand makes the assertion indeterminate: not valid (SAML Core
// §2.5.1.1).
import { attack, harmless } from './harness.ts'

const CONDITIONS = [
  '<a:Condition xmlns:a="urn:a"></a:Condition>',
  '<saml:Condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="a"></saml:Condition>',
  '<saml:Other></saml:Other>',
  '<a:OneTimeUse xmlns:a="urn:a"></a:OneTimeUse>',
]

for (const conditions of CONDITIONS)
  attack(`condition-unknown ${conditions}`, {
    message: ({ respond }) => respond({ conditions }),
    code: 'condition_unknown',
  })

harmless('condition-unknown, ProxyRestriction', {
  message: ({ respond }) =>
    respond({ conditions: '<saml:ProxyRestriction Count="0"></saml:ProxyRestriction>' }),
})
