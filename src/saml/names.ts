// The identifiers of the standards: namespaces, algorithms, bindings, formats and statuses.

export const NS = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  mdui: 'urn:oasis:names:tc:SAML:metadata:ui',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  xenc11: 'http://www.w3.org/2009/xmlenc11#',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
  xml: 'http://www.w3.org/XML/1998/namespace',
  xmlns: 'http://www.w3.org/2000/xmlns/',
} as const

/**
 * Transforms and canonicalizations (XML Signature §6.6, Canonical XML 1.0, Exclusive XML
 * Canonicalization 1.0).
 */
export const TRANSFORM = {
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
} as const

/**
 * Canonicalization by URI. A message with a comment is refused, so the forms that keep comments
 * have the same octets as those without.
 */
export const CANONICALIZATIONS: Readonly<Record<string, { exclusive: boolean }>> = {
  'http://www.w3.org/2001/10/xml-exc-c14n#': { exclusive: true },
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments': { exclusive: true },
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': { exclusive: false },
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { exclusive: false },
}

/** Digest algorithms by URI; `legacy` ones need the connection's explicit permission. */
export const DIGESTS: Readonly<Record<string, { hash: string; legacy: boolean }>> = {
  'http://www.w3.org/2000/09/xmldsig#sha1': { hash: 'SHA-1', legacy: true },
  'http://www.w3.org/2001/04/xmlenc#sha256': { hash: 'SHA-256', legacy: false },
  'http://www.w3.org/2001/04/xmldsig-more#sha384': { hash: 'SHA-384', legacy: false },
  'http://www.w3.org/2001/04/xmlenc#sha512': { hash: 'SHA-512', legacy: false },
}

export type SignatureScheme = 'RSASSA-PKCS1-v1_5' | 'RSA-PSS' | 'ECDSA'

/** Signature algorithms by URI (RFC 9231). HMAC is absent on purpose: our keys are public. */
export const SIGNATURES: Readonly<
  Record<string, { scheme: SignatureScheme; hash: string; legacy: boolean }>
> = {
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1': rsa('SHA-1', true),
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': rsa('SHA-256'),
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': rsa('SHA-384'),
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': rsa('SHA-512'),
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1': pss('SHA-256'),
  'http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1': pss('SHA-384'),
  'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1': pss('SHA-512'),
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1': ecdsa('SHA-1', true),
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256': ecdsa('SHA-256'),
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384': ecdsa('SHA-384'),
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512': ecdsa('SHA-512'),
}

export const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'

/** Content encryption by URI (XML Encryption §5.2). */
export const CIPHERS: Readonly<Record<string, { mode: 'AES-GCM' | 'AES-CBC'; keyBytes: number }>> =
  {
    'http://www.w3.org/2009/xmlenc11#aes128-gcm': { mode: 'AES-GCM', keyBytes: 16 },
    'http://www.w3.org/2009/xmlenc11#aes192-gcm': { mode: 'AES-GCM', keyBytes: 24 },
    'http://www.w3.org/2009/xmlenc11#aes256-gcm': { mode: 'AES-GCM', keyBytes: 32 },
    'http://www.w3.org/2001/04/xmlenc#aes128-cbc': { mode: 'AES-CBC', keyBytes: 16 },
    'http://www.w3.org/2001/04/xmlenc#aes192-cbc': { mode: 'AES-CBC', keyBytes: 24 },
    'http://www.w3.org/2001/04/xmlenc#aes256-cbc': { mode: 'AES-CBC', keyBytes: 32 },
  }

/** Key transport (XML Encryption §5.5.2). RSA 1.5 is absent on purpose. */
export const KEY_TRANSPORT = {
  oaepMgf1p: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  oaep: 'http://www.w3.org/2009/xmlenc11#rsa-oaep',
} as const

/** Mask generation functions of rsa-oaep (XML Encryption 1.1 §5.5.2). */
export const MASKS: Readonly<Record<string, string>> = {
  'http://www.w3.org/2009/xmlenc11#mgf1sha1': 'SHA-1',
  'http://www.w3.org/2009/xmlenc11#mgf1sha256': 'SHA-256',
  'http://www.w3.org/2009/xmlenc11#mgf1sha384': 'SHA-384',
  'http://www.w3.org/2009/xmlenc11#mgf1sha512': 'SHA-512',
}

export const ENCRYPTED_KEY_TYPE = 'http://www.w3.org/2001/04/xmlenc#EncryptedKey'

export const BINDING = {
  'HTTP-Redirect': 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  'HTTP-POST': 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const

export type Binding = keyof typeof BINDING

export const NAME_ID_FORMAT = {
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
} as const

export const STATUS_SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
export const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

function rsa(hash: string, legacy = false) {
  return { scheme: 'RSASSA-PKCS1-v1_5', hash, legacy } as const
}
function pss(hash: string) {
  return { scheme: 'RSA-PSS', hash, legacy: false } as const
}
function ecdsa(hash: string, legacy = false) {
  return { scheme: 'ECDSA', hash, legacy } as const
}
