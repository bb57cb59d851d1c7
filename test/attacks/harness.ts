// How an attack is tried: the genuine message logs Alice in, the manipulated one is refused for
// exactly one reason and leaves nothing behind but its attempt. `deliver` is the one place that
// knows where messages go: the real ACS.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sessions } from '../../src/platform/db/schema.ts'
import { CATALOGUE, LOGIN_REFUSED, type ErrorCode } from '../../src/errors.ts'
import { openBrowser } from '../support/browser.ts'
import { toField, type Answer, type FakeIdp } from '../support/fake-idp.ts'
import { clearDatabase, createWorld, type WorldSettings } from '../support/world.ts'
import { replaceEach, without } from '../support/xml-text.ts'

/** XML, or bytes that are no XML text; `field` is the form field as it stands. */
export type Message = string | Uint8Array | { field: string }

export type Trial = {
  /** How the genuine message differs from a signed Assertion for Alice. */
  genuine?: Partial<Answer>
  /** How the connection differs, for the genuine message and the manipulated one. */
  connection?: WorldSettings['connection']
  pinned?: WorldSettings['pinned']
  /** How it differs for the manipulated one alone. */
  against?: Pick<WorldSettings, 'connection' | 'pinned'>
  /** True: nobody asked for a login. */
  unsolicited?: boolean
}

export type Scene = Awaited<ReturnType<typeof open>>

type Manipulation = { message: (scene: Scene) => Message | Promise<Message> }
/** What happens between the request and the response; the message is the genuine one. */
type Event = { meanwhile: (scene: Scene) => Promise<unknown> }

/** Declares the tests of one attack. */
export function attack(
  name: string,
  trial: Trial &
    (Manipulation | Event) & {
      code: ErrorCode
      /** What the failed row shows to the customer's administrator. */
      received?: RegExp
    },
): void {
  describe(name, () => {
    freeze()
    if (isFirst(trial))
      it('the genuine message is accepted', async () => {
        const scene = await open(trial)
        expect(await deliver(scene.genuine, scene)).toMatchObject({ code: null, principal: ALICE })
      })
    it(`is refused: ${trial.code}`, async () => {
      const scene = await open({ ...trial, ...trial.against })
      const message = 'message' in trial ? await trial.message(scene) : scene.genuine
      if ('meanwhile' in trial) await trial.meanwhile(scene)
      else if (!trial.against) expect(message).not.toBe(scene.genuine)
      const verdict = await deliver(message, scene)
      expect(verdict.code).toBe(trial.code)
      expectNothingBehind(verdict)
      if (trial.received) expect(verdict.received).toMatch(trial.received)
    })
  })
}

/** Declares the test of a manipulation that changes nothing that is believed. */
export function harmless(name: string, trial: Trial & Manipulation): void {
  describe(name, () => {
    freeze()
    it('changes nothing', async () => {
      const before = await open(trial)
      const genuine = await deliver(before.genuine, before)
      expect(genuine).toMatchObject({ code: null, principal: ALICE })
      const scene = await open(trial)
      const message = await trial.message(scene)
      expect(message).not.toBe(scene.genuine)
      const verdict = await deliver(message, scene)
      expect(verdict).toMatchObject({ code: null, principal: genuine.principal })
    })
  })
}

const tried = new Set<string>()

/** Attacks of one file that start from the same message need it accepted once. */
function isFirst({ genuine, connection, pinned, unsolicited }: Trial): boolean {
  const { testPath } = expect.getState()
  const key = JSON.stringify([testPath, genuine, connection, pinned, unsolicited])
  return tried.size < tried.add(key).size
}

const ALICE = {
  nameID: 'alice@tenant.example',
  email: 'alice@tenant.example',
  firstName: 'Alice',
  lastName: 'Ämter & Söhne',
}

/**
 * The same text, speaking of Bob, who may log in too, under other IDs. References stay as they are.
 */
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

let logged: string[] = []

/**
 * Every test at the same instant, and the log kept for the test to read. Call it in a `describe`.
 */
export function freeze(): void {
  beforeEach(() => {
    logged = []
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
    vi.spyOn(console, 'log').mockImplementation((line) => void logged.push(String(line)))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })
}

/**
 * A customer with Alice and Bob, a browser on its way through a login, and what the IdP answers.
 */
export async function open({ genuine, connection, pinned, unsolicited }: Trial) {
  await clearDatabase()
  const world = await createWorld({
    ...(pinned && { pinned }),
    connection: { ...(unsolicited && { idpInitiated: 'accept' }), ...connection },
  })
  await world.addUser('alice@tenant.example')
  await world.addUser('bob@tenant.example')
  const browser = openBrowser()
  const departure = unsolicited ? undefined : await world.begin(browser)
  const inResponseTo = departure?.requestID ?? null
  const idp: FakeIdp = world.idp(inResponseTo)
  return {
    world,
    browser,
    relayState: departure?.relayState ?? '',
    /** What the IdP answers, as XML. */
    genuine: await idp.respond(genuine),
    /** Another message of the same IdP to the same request. */
    respond: (answer?: Partial<Answer>) => idp.respond(answer),
    idp,
    /** Says what it likes in the IdP's name, but has a key of its own. */
    forger: world.idp(inResponseTo, 'attacker') as FakeIdp,
  }
}

/** The same scene for somebody whom the login has not signed in. */
export function stranger(scene: Scene): Scene {
  return { ...scene, browser: openBrowser() }
}

export type Verdict = {
  /** Null: somebody is logged in. */
  code: ErrorCode | null
  principal: (typeof sessions.$inferSelect)['principal'] | null
  /** Of the row that failed. */
  received: string | undefined
  status: number
  /** The page, its reference and nonce taken out. */
  page: string
  /** Codes of the attempts, kinds of what was spent, and how much else a login has left. */
  rows: { refusals: (string | null)[]; spent: string[]; left: number }
}

/** Posts a message to the ACS and, where it is accepted, follows the login to its end. */
export async function deliver(message: Message, scene: Scene): Promise<Verdict> {
  const { world, browser, relayState } = scene
  const field = typeof message === 'object' && 'field' in message ? message.field : toField(message)
  logged = []
  const answer = await browser.postFromElsewhere(world.acs, {
    SAMLResponse: field,
    RelayState: relayState,
  })
  const last =
    answer.status === 303 ? await browser.get(answer.headers.get('location') ?? '') : answer
  const rows = await world.rows()
  const code = refusal()
  const failed = rows.attempts.at(-1)?.checks.find(({ ok }) => !ok)
  return {
    code,
    principal: rows.sessions[0]?.principal ?? null,
    received: failed?.received,
    status: last.status,
    page: (await last.text())
      .replaceAll(/(?:AT|RQ)[0-9a-f]{32}/g, '(reference)')
      .replaceAll(/nonce="[^"]*"/g, ''),
    rows: {
      refusals: rows.attempts.map((attempt) => attempt.code),
      spent: rows.spent.map(({ kind }) => kind).toSorted(),
      left: rows.loginCodes.length + rows.sessions.length + rows.nameIDs.length,
    },
  }
}

/** Refused before there was anything to judge: no attempt is kept. */
const EARLY = new Set<ErrorCode>(['body_too_large', 'response_field'])
/** Refused because of the person. The message was a valid proof, so it is spent anyway. */
const SPENT = new Set<ErrorCode>(['user_unknown', 'user_suspended', 'user_not_enabled'])

/** The refusal is in the attempt alone: the page tells no outsider which check failed. */
function expectNothingBehind({ code, principal, status, page, rows }: Verdict): void {
  const entry = CATALOGUE[code!]
  expect({ principal, rows }).toEqual({
    principal: null,
    rows: {
      refusals: EARLY.has(code!) ? [] : [code],
      spent: SPENT.has(code!) ? ['assertion', 'request'] : [],
      left: 0,
    },
  })
  expect(status).toBe(entry.status)
  const { title } = entry.person ?? (entry.audience === 'admin' ? LOGIN_REFUSED : entry)
  expect(page).toContain(`<h1>${title}</h1>`)
  expect(page).not.toContain(code)
}

/** The code that the log has of the last answer that was a refusal. */
export function refusal(): ErrorCode | null {
  const events = logged.map((line) => JSON.parse(line) as { event: string; code: ErrorCode })
  return events.findLast(({ event }) => event === 'refused')?.code ?? null
}
