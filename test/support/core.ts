// The protocol core alone: the expectations of one connection at one instant, and a fake IdP that
// meets them.
import {
  verifyResponse,
  type Judgement,
  type Verification,
} from '../../src/saml/response/verify-response.ts'
import { createFakeIdp, toField, type IdpSettings } from './fake-idp.ts'
import { certificateOf, privateKeyOf, publicKeyOf } from './keys.ts'

export const NOW = Date.UTC(2026, 10, 24, 12, 0, 0, 500)
const IDP = 'https://idp.tenant.example/metadata'
export const SP = {
  entityID: 'https://sso.vendor.example/saml/CN1/metadata',
  acsURL: 'https://sso.vendor.example/saml/CN1/acs',
}

export function coreIdp(settings: Partial<IdpSettings> = {}) {
  return createFakeIdp({
    entityID: IDP,
    key: 'idp',
    sp: { ...SP, publicKey: publicKeyOf('sp') },
    now: NOW,
    inResponseTo: '_request-1',
    ...settings,
  })
}

export function verification(changes: Partial<Verification> = {}): Verification {
  return {
    idpEntityID: IDP,
    spEntityID: SP.entityID,
    acsURL: SP.acsURL,
    certificates: [certificateOf('idp')],
    decryptionKeys: [privateKeyOf('sp')],
    allow: new Set(),
    now: NOW,
    clockSkewSeconds: 60,
    inResponseTo: '_request-1',
    attributeMapping: {},
    optionalNames: [],
    maximumAuthnAgeSeconds: null,
    authnNotBefore: null,
    authnContexts: null,
    nameIDFormat: null,
    ignore: new Set(),
    ...changes,
  }
}

/** The verdict on XML, or on bytes. */
export function judge(
  message: string | Uint8Array,
  changes: Partial<Verification> = {},
  options?: { everyRow: boolean },
): Promise<Judgement> {
  return verifyResponse(toField(message), verification(changes), options)
}

/** The code of the refusal; null: somebody is logged in. */
export async function codeOf(
  message: string | Uint8Array,
  changes: Partial<Verification> = {},
): Promise<string | null> {
  const { refusal, login } = await judge(message, changes)
  if ((refusal === null) !== (login !== null)) throw new Error('neither refused nor logged in')
  return refusal?.code ?? null
}
