// The validation room: one page's worth of what happens to a connection, the same for both sides.
import { isOpenState } from '../../connections/standing.ts'
import { may, maySee, readerOf } from '../../events/actor.ts'
import type { Preset } from '../../connections/presets/preset.ts'
import { presetOf } from '../../connections/presets/presets.ts'
import type { Connection } from '../../connections/connection.ts'
import { explainAttempt, type Explained } from '../../connections/failure-words.ts'
import { getConnection } from '../../connections/operations.ts'
import { listEmails } from '../../directory/operations.ts'
import type { ErrorCode } from '../../errors.ts'
import { findAttempts, findNewest } from '../../login/history/store/attempts.ts'
import type { AttemptRow } from '../../login/operations.ts'
import { askHistory } from '../../platform/db/history.ts'
import { testPath } from '../../login/test-path.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { parseCertificate } from '../../saml/signature/certificate.ts'
import { hashSecret } from '../../platform/secret.ts'
import { maySignOff, sideOf, toSignOffs, type SignOffs, type Side } from './sign-off-operations.ts'
import { measureClock, type ClockOffset } from './clock.ts'
import { listSteps, type ValidationStep } from './steps.ts'
import { findRoom, findRoomVersion, type RoomVersionRow } from './store/room.ts'
import { maskedEmailOf } from './received-email.ts'
import { toTesters, type Tester } from './tester-operations.ts'

/** Attempts that a room shows. */
const ROOM_ATTEMPTS = 20

export type RoomCheck = Explained['checks'][number]

/**
 * With what is wrong and how to mend it in the words of the IdP's own screens, of the attempt and
 * of each failed check.
 */
export type RoomAttempt = Explained & {
  sid: string
  createdAt: number
  /** The first failing code; null: accepted. */
  code: ErrorCode | null
  isTest: boolean
  idpInitiated: boolean
  user: { sid: string; email: string | null } | null
  /** Of a test whose e-mail nobody has: that e-mail, masked. */
  receivedEmail: string | null
  revision: number | null
  /** Whether it was judged by the configuration as it is now. */
  isCurrent: boolean
  /**
   * Whose key had signed. `subject` and `notAfter` are null where the certificate is not pinned any
   * more.
   */
  certificate: { fingerprint: string; subject: string | null; notAfter: number | null } | null
  /** Milliseconds that the IdP's clock was ahead of ours. */
  clockOffset: number | null
  /** False: checks and message are no longer kept. */
  hasDetail: boolean
  /** The message with everything personal or secret taken out. */
  message: string | null
}

export type Room = {
  /** To be compared with `roomVersion`: fetch again when it is another one. */
  version: string
  connection: Pick<Connection, 'sid' | 'name' | 'state' | 'revision' | 'updatedAt'>
  preset: { id: Preset['id']; name: string; place: string }
  /** Where a test sign-in begins, on our origin. Null where nobody can log in now. */
  testPath: string | null
  steps: ValidationStep[]
  /** Newest first, the latest 20. Null: the history of logins cannot be read now. */
  attempts: RoomAttempt[] | null
  signOffs: SignOffs
  /**
   * Whether somebody has got in with the configuration as it is now: without that nobody can say
   * pass.
   */
  isTried: boolean
  testers: Tester[]
  clock: ClockOffset
  /** Who is looking: whose word they may give, and whether they may nominate and test. */
  viewer: { side: Side | null; maySignOff: boolean; mayTest: boolean; mayConfigure: boolean }
}

/** Three round trips, to both databases at once. Refuses `not_there`. */
export async function getRoom(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<Room, Problem>> {
  const { db, actor } = context
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const connection = found.value
  const { revision, tenantSid } = connection
  const resource = { tenantSid, connectionSid }
  const [rows, attempts] = await Promise.all([
    findRoom(db, connectionSid, revision),
    askHistory(context.history, 'read_room', (history) =>
      findAttempts(history, connectionSid, { limit: ROOM_ATTEMPTS, after: null }),
    ),
  ])
  const newest = attempts.ok ? attempts.value.slice(0, ROOM_ATTEMPTS) : null
  const [testers, emails] = await Promise.all([
    toTesters(context, connectionSid, rows.testers),
    listEmails(
      context,
      resource,
      (newest ?? []).map(({ userSid }) => userSid),
    ),
  ])
  if (!emails.ok) return emails
  const signOffs = toSignOffs(connection, rows.signOffs)
  const certificates = await readCertificates(rows.certificates)
  const preset = presetOf(connection)
  const isOpen = isOpenState(connection.state)
  return ok({
    // Of the connection as it is shown: where it has changed since, the next question finds another
    // version.
    version: await versionOf({ ...rows.version!, ...pickVersion(connection) }, newest),
    connection: pickShown(connection),
    preset: { id: preset.id, name: preset.name, place: preset.place },
    testPath: isOpen ? testPath(connectionSid) : null,
    steps: listSteps({
      connection,
      hasAnswered:
        connection.lastLoginAt !== null || (newest ?? []).some(({ ring }) => ring !== 'unproven'),
      testers: rows.testers.length,
      isTried: rows.isTried,
      signOffs,
      rollout: rows.rollout,
    }),
    attempts:
      newest &&
      newest.map((row) => {
        const email = emails.value.get(row.userSid ?? '') ?? null
        return toAttempt(
          { ...row, email },
          connection,
          preset,
          certificates,
          readerOf(context.actor),
        )
      }),
    signOffs,
    isTried: rows.isTried,
    testers,
    clock: measureClock(newest ?? [], connection.clockSkewSeconds),
    viewer: {
      side: sideOf(actor) ?? null,
      maySignOff: maySignOff(actor, connection),
      mayTest: may(actor, 'test', resource),
      mayConfigure: may(actor, 'configure', resource),
    },
  })
}

/**
 * Another text whenever a room shows something else: one small query to each database, for pages
 * that ask every second. Refuses `not_there`.
 */
export async function roomVersion(
  { db, history, actor }: OperationContext,
  connectionSid: string,
): Promise<Result<string, Problem>> {
  const [found, newest] = await Promise.all([
    findRoomVersion(db, connectionSid),
    askHistory(history, 'read_room', (store) => findNewest(store, connectionSid, ROOM_ATTEMPTS)),
  ])
  return found && maySee(actor, { tenantSid: found.tenantSid, connectionSid })
    ? ok(await versionOf(found, newest.ok ? newest.value : null))
    : problem('not_there', 'a connection', connectionSid)
}

function pickVersion({ tenantSid, updatedAt, metadataFetchedAt }: Connection) {
  return { tenantSid, updatedAt, metadataFetchedAt }
}

/**
 * A hash, because it is shorter: no secret is in it. An attempt may be written after a later one,
 * and its code may change when the login is finished: so all of them count.
 */
function versionOf(
  row: RoomVersionRow,
  newest: readonly Pick<AttemptRow, 'sid' | 'code'>[] | null,
): Promise<string> {
  const attempts = newest && newest.map(({ sid, code }) => sid + (code ?? ''))
  return hashSecret(JSON.stringify({ ...row, attempts }))
}

function pickShown({ sid, name, state, revision, updatedAt }: Connection): Room['connection'] {
  return { sid, name, state, revision, updatedAt }
}

type KnownCertificates = ReadonlyMap<string, { subject: string; notAfter: number }>

async function readCertificates(
  rows: readonly { fingerprint: string; certificate: string }[],
): Promise<KnownCertificates> {
  const read = await Promise.all(
    rows.map(async ({ fingerprint, certificate }) => {
      const parsed = await parseCertificate(certificate)
      return parsed.ok ? [[fingerprint, parsed.value] as const] : []
    }),
  )
  return new Map(read.flat())
}

function toAttempt(
  row: AttemptRow & { email: string | null },
  connection: Connection,
  preset: Preset,
  certificates: KnownCertificates,
  reader: ReturnType<typeof readerOf>,
): RoomAttempt {
  const fingerprint = row.certificateFingerprint
  const certificate = fingerprint === null ? undefined : certificates.get(fingerprint)
  return {
    sid: row.sid,
    createdAt: row.createdAt,
    code: row.code as ErrorCode | null,
    ...explainAttempt(row, preset, reader),
    isTest: row.isTest,
    idpInitiated: row.idpInitiated,
    user: row.userSid === null ? null : { sid: row.userSid, email: row.email },
    receivedEmail: maskedEmailOf(row),
    revision: row.revision,
    isCurrent: row.revision === connection.revision,
    certificate:
      fingerprint === null
        ? null
        : {
            fingerprint,
            subject: certificate?.subject ?? null,
            notAfter: certificate?.notAfter ?? null,
          },
    clockOffset: row.clockOffset,
    hasDetail: row.hasDetail,
    message: row.message,
  }
}
