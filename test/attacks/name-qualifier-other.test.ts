// A NameID of another IdP's namespace, and one that was made for another service.
import { attack, harmless, IDP } from './harness.ts'

attack('name-qualifier-other, of another IdP', {
  message: ({ respond }) => respond({ nameQualifier: 'https://other.example/metadata' }),
  code: 'name_qualifier',
})

attack('name-qualifier-other, of another service', {
  message: ({ respond }) => respond({ spNameQualifier: 'https://other.example/saml' }),
  code: 'sp_name_qualifier',
})

harmless('name-qualifier-other, both are right', {
  message: ({ respond, idp }) => respond({ nameQualifier: IDP, spNameQualifier: idp.sp.entityID }),
})

harmless('name-qualifier-other, both are empty', {
  message: ({ respond }) => respond({ nameQualifier: '', spNameQualifier: '' }),
})
