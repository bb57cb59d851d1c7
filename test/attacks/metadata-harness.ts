// How an attack by metadata is tried: an administrator imports the genuine metadata, and it is
// taken; the manipulated one is refused for exactly one reason, and the connection stays as it was.
// Signed metadata is tried at its verification.
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createConnection } from '../../src/connections/operations.ts'
import { importMetadata } from '../../src/connections/metadata/import-metadata.ts'
import { findCertificates } from '../../src/connections/certificates/store.ts'
import { connections } from '../../src/platform/db/schema.ts'
import { createTenant } from '../../src/directory/operations.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { parseCertificate } from '../../src/saml/signature/certificate.ts'
import type { MetadataOptions } from '../../src/saml/metadata/idp-metadata.ts'
import { verifyMetadataSignature } from '../../src/saml/metadata/metadata-signature.ts'
import { bytesOf, IDP } from '../saml/metadata/metadata-text.ts'
import { certificateOf } from '../support/keys.ts'
import { good, request } from '../support/request.ts'
import { db } from '../support/world.ts'
import { freeze, NOW } from './harness.ts'

type Trial = {
  genuine: string
  manipulated: string
  code: ErrorCode
  entityID?: string
}

/** A new connection, and what it holds. */
export async function draft() {
  const tenant = good(await createTenant(request(), { name: 'Acme' }))
  const { sid } = good(await createConnection(request(), tenant.sid, { name: 'Acme IdP' }))
  const rows = async () => ({
    connection: await db.select().from(connections).where(eq(connections.sid, sid)),
    certificates: (await findCertificates(db, sid)).map(({ certificate }) => certificate),
  })
  return { sid, rows }
}

/** Declares the tests of one attack on an import. */
export function metadataAttack(
  name: string,
  { genuine, manipulated, code, entityID }: Trial,
): void {
  describe(name, () => {
    freeze()
    it('the genuine metadata is taken', async () => {
      const { sid, rows } = await draft()
      good(await importMetadata(request(), sid, bytesOf(genuine), { entityID }))
      expect(await rows()).toMatchObject({
        connection: [
          { entityID: entityID ?? IDP, ssoRedirectURL: 'https://idp.tenant.example/sso' },
        ],
        certificates: [certificateOf('idp')],
      })
    })
    it(`is refused: ${code}`, async () => {
      expect(manipulated).not.toBe(genuine)
      const { sid, rows } = await draft()
      const before = await rows()
      const outcome = await importMetadata(request(), sid, bytesOf(manipulated), { entityID })
      expect(outcome).toMatchObject({ ok: false, error: { code } })
      expect(await rows()).toEqual(before)
    })
  })
}

/** The verdict on signed metadata, with the IdP's key pinned. */
export async function verifySigned(xml: string, options: Partial<MetadataOptions> = {}) {
  const certificate = await parseCertificate(certificateOf('idp'))
  if (!certificate.ok) throw new Error(certificate.error.code)
  return verifyMetadataSignature(bytesOf(xml), {
    now: NOW,
    certificates: [certificate.value],
    ...options,
  })
}

/** Declares the tests of one attack on a signature. */
export function signedMetadataAttack(
  name: string,
  {
    genuine,
    manipulated,
    code,
    entityID,
  }: Omit<Trial, 'genuine' | 'manipulated'> &
    Record<'genuine' | 'manipulated', string | Promise<string>>,
): void {
  describe(name, () => {
    it('the genuine metadata is verified', async () => {
      expect(await verifySigned(await genuine, { ...(entityID && { entityID }) })).toMatchObject({
        ok: true,
        value: { metadata: { entityID: entityID ?? IDP } },
      })
    })
    it(`is refused: ${code}`, async () => {
      expect(await manipulated).not.toBe(await genuine)
      expect(
        await verifySigned(await manipulated, { ...(entityID && { entityID }) }),
      ).toMatchObject({ ok: false, error: { code } })
    })
  })
}
