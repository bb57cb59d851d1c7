// How an attack is tried: the genuine message is accepted, the manipulated one is refused for exactly one reason.
// Where messages go is decided by `deliver` alone.
import { describe, expect, it } from 'vitest'
import type { AttributeMapping } from '../../src/saml/principal.ts'
import type { SamlCode } from '../../src/saml/refusal.ts'
import {
  MAXIMUM_AUTHN_AGE_SECONDS,
  verifyResponse,
  type Principal,
} from '../../src/saml/verify-response.ts'
import { createFakeIdp, toField, type Answer, type FakeIdp } from '../support/fake-idp.ts'
import { certificateOf, privateKeyOf, publicKeyOf } from '../support/keys.ts'
import { replaceEach, without } from '../support/xml-text.ts'

/** What an administrator may have configured otherwise. */
export type ConnectionSettings = {
  certificates?: string[]
  allow?: ('sha1' | 'aes-cbc')[]
  attributeMapping?: AttributeMapping
  clockSkewSeconds?: number
}

/** XML, or bytes that are no XML text; `field` is the form field as it stands. */
export type Message = string | Uint8Array | { field: string }

export type Scene = {
  /** What the IdP answers, as XML. */
  genuine: string
  /** Another message of the same IdP to the same request. */
  respond: (answer?: Partial<Answer>) => Promise<string>
  idp: FakeIdp
  /** Says what it likes in the IdP's name, but has a key of its own. */
  forger: FakeIdp
}

type Trial = {
  /** How the genuine message differs from a signed Assertion for Alice. */
  genuine?: Partial<Answer>
  /** How the connection differs, for the genuine message and the manipulated one. */
  connection?: ConnectionSettings | undefined
  /** How it differs for the manipulated one alone. */
  against?: ConnectionSettings
  /** True: nobody asked for a login. */
  unsolicited?: boolean
  message: (scene: Scene) => Message | Promise<Message>
}

/** Declares the tests of one attack. */
export function attack(
  name: string,
  trial: Trial & {
    code: SamlCode
    /** What the failed row shows to the customer's administrator. */
    received?: RegExp
  },
): void {
  describe(name, () => {
    it('the genuine message is accepted', async () => {
      const scene = await open(trial)
      expect(await deliver(scene.genuine, trial)).toMatchObject({ code: null, principal: ALICE })
    })
    it(`is refused: ${trial.code}`, async () => {
      const scene = await open(trial)
      const message = await trial.message(scene)
      if (!trial.against) expect(message).not.toBe(scene.genuine)
      const verdict = await deliver(message, {
        ...trial,
        connection: trial.against ?? trial.connection,
      })
      expect(verdict).toMatchObject({ code: trial.code, principal: null })
      if (trial.received) expect(verdict.received).toMatch(trial.received)
    })
  })
}

/** Declares the tests of a manipulation that changes nothing that is believed. */
export function harmless(name: string, trial: Trial): void {
  describe(name, () => {
    it('changes nothing', async () => {
      const scene = await open(trial)
      const genuine = await deliver(scene.genuine, trial)
      const message = await trial.message(scene)
      expect(message).not.toBe(scene.genuine)
      expect(genuine).toMatchObject({ code: null, principal: ALICE })
      expect(await deliver(message, trial)).toMatchObject({
        code: null,
        principal: genuine.principal,
      })
    })
  })
}

export const ALICE = {
  nameID: 'alice@tenant.example',
  email: 'alice@tenant.example',
  firstName: 'Alice',
  lastName: 'Ämter & Söhne',
}

/** The same text, speaking of Bob, who is a user too, under other IDs. References stay as they are. */
export function forge(xml: string): string {
  return forgeWithSameID(xml).replaceAll(/ ID="([^"]*)"/g, ' ID="$1-forged"')
}

export function forgeWithSameID(xml: string): string {
  return replaceEach(xml, 'alice@tenant.example', 'bob@tenant.example')
}

/** What nobody has signed. */
export function unsigned(xml: string): string {
  return without(xml, 'ds:Signature')
}

export const NOW = Date.UTC(2026, 10, 24, 12, 0, 0, 500)
export const IDP = 'https://idp.tenant.example/metadata'
const CONNECTION = 'CN00000000000000000000000000000001'
export const SP = {
  entityID: `https://sso.vendor.example/saml/${CONNECTION}`,
  acsURL: `https://sso.vendor.example/saml/${CONNECTION}/acs`,
  publicKey: publicKeyOf('sp'),
}

export async function open({
  genuine,
  unsolicited,
}: Pick<Trial, 'genuine' | 'unsolicited'>): Promise<Scene> {
  const settings = {
    entityID: IDP,
    sp: SP,
    now: NOW,
    inResponseTo: unsolicited ? null : '_request-1',
  }
  const idp = createFakeIdp({ ...settings, key: 'idp' })
  return {
    genuine: await idp.respond(genuine),
    respond: (answer) => idp.respond(answer),
    idp,
    forger: createFakeIdp({ ...settings, key: 'attacker' }),
  }
}

type Verdict = {
  code: string | null
  principal: Principal | null
  /** Of the row that failed. */
  received: string | undefined
}

export async function deliver(
  message: Message,
  { connection, unsolicited }: Trial,
): Promise<Verdict> {
  const field = typeof message === 'object' && 'field' in message ? message.field : toField(message)
  const { refusal, login } = await verifyResponse(field, {
    idpEntityID: IDP,
    spEntityID: SP.entityID,
    acsURL: SP.acsURL,
    certificates: connection?.certificates ?? [certificateOf('idp')],
    decryptionKeys: [privateKeyOf('sp')],
    allow: new Set(connection?.allow),
    now: NOW,
    clockSkewSeconds: connection?.clockSkewSeconds ?? 60,
    inResponseTo: unsolicited ? null : '_request-1',
    attributeMapping: connection?.attributeMapping ?? {},
    maximumAuthnAgeSeconds: MAXIMUM_AUTHN_AGE_SECONDS,
    ignore: new Set(),
  })
  return {
    code: refusal?.code ?? null,
    principal: login?.principal ?? null,
    received: refusal?.received,
  }
}
