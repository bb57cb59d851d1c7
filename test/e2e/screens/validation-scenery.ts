// What the pictures of the validation room show: a customer with Entra ID whose testers have tried,
// and met the usual mistakes.
import {
  changeState,
  createConnection,
  editConnection,
  readCertificates,
} from '../../../src/connections/operations.ts'
import { createSetupLink } from '../../../src/access/operations.ts'
import { ourSide } from '../../../src/connections/connection.ts'
import type { AttemptRecord } from '../../../src/login/history/attempt.ts'
import { insertAttempt } from '../../../src/login/history/store/record.ts'
import { certificates, connections, proofs } from '../../../src/platform/db/schema.ts'
import { addUser, createTenant } from '../../../src/directory/operations.ts'
import type { Problem } from '../../../src/problem.ts'
import type { Result } from '../../../src/result.ts'
import { signOff } from '../../../src/rollout/validation/sign-off-operations.ts'
import { nominateTesters } from '../../../src/rollout/validation/tester-operations.ts'
import type { CheckRow } from '../../../src/saml/response/checks.ts'
import { createTimedSid } from '../../../src/ids.ts'
import { eq } from 'drizzle-orm'
import type { Database } from '../harness/database.ts'
import { createKeyPair, toPEM } from '../harness/keys.ts'

const MINUTE = 60_000
const ENTITY_ID = 'https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f/'
const PEOPLE = [
  ['nina', 'Nina', 'Novak'],
  ['omar', 'Omar', 'Öztürk'],
  ['pia', 'Pia', 'Petersen'],
] as const

/** Where the customer's administrator comes in by `secret`. `run`: names are given once. */
export type Room = { connectionSid: string; secret: string }

/** Before any page is open: what is written here, beside the Worker, may make it wait. */
export async function prepareRoom(database: Database, origin: string, run: string): Promise<Room> {
  const { client, history } = database
  const ask = () => database.ask()
  const tenant = good(
    await createTenant(ask(), { name: 'Contoso', supportContact: 'it@contoso.example' }),
  )
  const users = []
  for (const [name, firstName, lastName] of PEOPLE) {
    const email = `${name}.${run}@contoso.example`
    users.push(good(await addUser(ask(), tenant.sid, { email, firstName, lastName })))
  }
  const { sid } = good(await createConnection(ask(), tenant.sid, { name: 'Entra ID' }))
  const key = await createKeyPair('Microsoft Azure Federated SSO Certificate')
  good(
    await editConnection(ask(), sid, {
      fields: {
        entityID: ENTITY_ID,
        ssoRedirectURL: `https://login.microsoftonline.com/${ENTITY_ID.slice(24, -1)}/saml2`,
      },
      addCertificates: good(await readCertificates(toPEM('CERTIFICATE', key.certificate))),
    }),
  )
  // Whatever machine the pictures are taken on may have no way there.
  await client
    .update(connections)
    .set({ reachability: null, metadataFetchedAt: Date.now() })
    .where(eq(connections.sid, sid))
  good(await changeState(ask(), sid, 'begin_testing'))
  good(
    await nominateTesters(
      ask(),
      sid,
      users.map(({ email }) => email),
    ),
  )

  const [pinned] = await client
    .select()
    .from(certificates)
    .where(eq(certificates.connectionSid, sid))
  const [connection] = await client.select().from(connections).where(eq(connections.sid, sid))
  const { revision } = connection!
  const now = Date.now()
  const attempt = (
    minutesAgo: number,
    code: AttemptRecord['code'],
    checks: CheckRow[],
    more: Partial<AttemptRecord> = {},
  ): AttemptRecord => ({
    sid: createTimedSid('AT', now - minutesAgo * MINUTE),
    connectionSid: sid,
    code,
    userSid: null,
    isProven: true,
    checks,
    message: '<samlp:Response ID="_8e8d…" Version="2.0">[taken out]</samlp:Response>',
    idpInitiated: false,
    isTest: true,
    certificateFingerprint: pinned!.fingerprint,
    verifyMicros: 900,
    clockOffset: 340,
    revision,
    createdAt: now - minutesAgo * MINUTE,
    ...more,
  })
  const unknown = { certificateFingerprint: null, isProven: false }
  const { good: passing, failing } = rowsOf(origin, sid)
  for (const record of [
    attempt(31, 'response_issuer', failing('response_issuer', ENTITY_ID.slice(0, -1)), {
      ...unknown,
      revision: revision - 1,
    }),
    attempt(24, 'status', failing('status', STATUS), unknown),
    attempt(12, null, passing, { userSid: users[0]!.sid }),
    attempt(9, 'audience', failing('audience', `${origin}/saml/${sid}`)),
    attempt(3, null, passing, { userSid: users[1]!.sid, isTest: false, clockOffset: 410 }),
  ])
    await insertAttempt(history, record)
  await client.update(connections).set({ triedRevision: revision }).where(eq(connections.sid, sid))
  for (const [index, minutes] of [12, 3].entries())
    await client.insert(proofs).values({
      connectionSid: sid,
      userSid: users[index]!.sid,
      entityID: ENTITY_ID,
      createdAt: now - minutes * MINUTE,
    })
  good(
    await signOff(ask(), sid, {
      revision,
      verdict: 'pass',
      name: 'Olga Operator',
      note: 'Nina and Omar got in, as the people they are. Pia is on holiday until Monday.',
    }),
  )
  const link = { name: 'Ann Admin', capabilities: ['configure', 'test'] as const }
  const { secret } = good(await createSetupLink(ask(), sid, { ...link, expiresInMinutes: 600 }))
  return { connectionSid: sid, secret }
}

const STATUS =
  'Responder / RequestDenied: AADSTS50105: Your administrator has configured the application to block users unless they are specifically granted access.'

/** The rows of a message that passes, and of one that stops at a row. */
function rowsOf(origin: string, sid: string) {
  const { entityID, acsURL } = ourSide(origin, sid)
  const row = (code: string, clause: string, expected: string): CheckRow => ({
    code,
    ok: true,
    clause,
    expected,
    received: expected,
  })
  const rows = [
    row('response_version', 'SAML Core §3.2.2', '2.0'),
    row('destination', 'SAML Bindings §3.5.5.2', acsURL),
    row('response_issuer', 'SAML Core §3.2.2; Profiles §4.1.4.2', ENTITY_ID),
    row('status', 'SAML Core §3.2.2.2', 'Success'),
    row('in_response_to', 'SAML Core §3.2.2; Profiles §4.1.4.3', '_IIE5rsl6UKUjV_l3LuKx1Jct'),
    {
      ...row('signature', 'SAML Core §5.4', 'content signed by a configured key'),
      received: 'CN=Microsoft Azure Federated SSO Certificate, SHA-256',
    },
    row('assertion_issuer', 'SAML Profiles §4.1.4.2', ENTITY_ID),
    row('recipient', 'SAML Profiles §4.1.4.2', acsURL),
    row('audience', 'SAML Core §2.5.1.4; Profiles §4.1.4.2', entityID),
    row('attribute_missing', 'SAML Core §2.7.3', 'e-mail, first and last name'),
    row('email', 'RFC 5321 §4.1.2', 'one plain address in ASCII'),
  ]
  return {
    good: rows,
    failing: (code: string, received: string): CheckRow[] => {
      const last = rows.findIndex((one) => one.code === code)
      return [...rows.slice(0, last), { ...rows[last]!, ok: false, received }]
    },
  }
}

function good<T>(outcome: Result<T, Problem>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}
