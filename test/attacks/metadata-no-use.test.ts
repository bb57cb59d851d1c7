// A KeyDescriptor without `use` is one for signing (SAML Metadata §2.4.1.1). One with a use that is
// not exactly that is none.
import { describe, expect, it } from 'vitest'
import { importMetadata } from '../../src/connections/metadata/import-metadata.ts'
import {
  bytesOf,
  entityDescriptor,
  keyDescriptor,
  ssoService,
} from '../saml/metadata/metadata-text.ts'
import { certificateOf } from '../support/keys.ts'
import { good, request } from '../support/request.ts'
import { freeze } from './harness.ts'
import { draft, metadataAttack } from './metadata-harness.ts'

const sso = ssoService('https://idp.tenant.example/sso')

describe('metadata-no-use', () => {
  freeze()
  it('counts as a key for signing', async () => {
    const { sid, rows } = await draft()
    const xml = entityDescriptor({ content: keyDescriptor(null) + sso })
    good(await importMetadata(request(), sid, bytesOf(xml)))
    expect((await rows()).certificates).toEqual([certificateOf('idp')])
  })
})

for (const use of ['', 'Signing', ' signing', 'signing encryption', 'sign'])
  metadataAttack(`metadata-no-use, use="${use}"`, {
    genuine: entityDescriptor({ content: keyDescriptor(null) + sso }),
    manipulated: entityDescriptor({ content: keyDescriptor(use) + sso }),
    code: 'metadata_no_certificate',
  })
