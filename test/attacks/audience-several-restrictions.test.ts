// Several AudienceRestrictions must all hold, of the Audiences in one of them any (SAML Core
// §2.5.1.4).
import { attack, harmless } from './harness.ts'

const OTHER = 'https://other.example/saml'

attack('audience-several-restrictions, ours in the first only', {
  message: ({ respond, idp }) => respond({ audiences: [[idp.sp.entityID], [OTHER]] }),
  code: 'audience',
})

attack('audience-several-restrictions, ours in the last only', {
  message: ({ respond, idp }) => respond({ audiences: [[OTHER], [idp.sp.entityID]] }),
  code: 'audience',
})

attack('audience-several-restrictions, an empty one among them', {
  message: ({ respond, idp }) => respond({ audiences: [[idp.sp.entityID], []] }),
  code: 'audience',
})

harmless('audience-several-restrictions, ours in each', {
  message: ({ respond, idp }) =>
    respond({ audiences: [[OTHER, idp.sp.entityID], [idp.sp.entityID]] }),
})
