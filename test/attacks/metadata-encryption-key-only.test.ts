// The only key is for encryption: its holder need not be the one who signs.
import { entityDescriptor, keyDescriptor } from '../saml/metadata/metadata-text.ts'
import { replaceOnce } from '../support/xml-text.ts'
import { metadataAttack } from './metadata-harness.ts'

metadataAttack('metadata-encryption-key-only', {
  genuine: entityDescriptor(),
  manipulated: replaceOnce(
    entityDescriptor(),
    keyDescriptor('signing'),
    keyDescriptor('encryption'),
  ),
  code: 'metadata_no_certificate',
})
