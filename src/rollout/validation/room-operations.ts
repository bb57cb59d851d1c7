// The validation room: one page's worth of what happens to a connection, the same for both sides.
import { isOpenState } from '../../connections/standing.ts'
import { may, maySee } from '../../events/actor.ts'
import type { Preset } from '../../connections/presets/preset.ts'
import { presetOf } from '../../connections/presets/presets.ts'
import type { Connection } from '../../connections/connection.ts'
import { explainAttempt, type Explained } from '../../connections/failure-words.ts'
import { getConnection } from '../../connections/operations.ts'
import type { ErrorCode } from '../../errors.ts'
import { testPath } from '../../login/test-path.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { parseCertificate } from '../../saml/signature/certificate.ts'
import { hashSecret } from '../../platform/secret.ts'
import { maySignOff, sideOf, toSignOffs, type SignOffs, type Side } from './sign-off-operations.ts'
import { measureClock, type ClockOffset } from './clock.ts'
import { listSteps, type ValidationStep } from './steps.ts'
import {
  findRoom,
  findRoomVersion,
  type RoomAttemptRow,
  type RoomVersionRow,
} from './store/room.ts'
import { toTester, type Tester } from './tester-operations.ts'

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
  /** Newest first, the latest 20. */
  attempts: RoomAttempt[]
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

/** Two round trips to D1. Refuses `not_there`. */
export async function getRoom(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<Room, Problem>> {
  const { db, actor } = context
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const connection = found.value
  const { revision, tenantSid } = connection
  const rows = await findRoom(db, connectionSid, revision)
  const signOffs = toSignOffs(connection, rows.signOffs)
  const certificates = await readCertificates(rows.certificates)
  const preset = presetOf(connection)
  const resource = { tenantSid, connectionSid }
  const isOpen = isOpenState(connection.state)
  return ok({
    // Of the connection as it is shown: where it has changed since, the next question finds another
    // version.
    version: await versionOf({ ...rows.version!, ...pickVersion(connection) }),
    connection: pickShown(connection),
    preset: { id: preset.id, name: preset.name, place: preset.place },
    testPath: isOpen ? testPath(connectionSid) : null,
    steps: listSteps({
      connection,
      hasAnswered:
        connection.lastLoginAt !== null || rows.attempts.some(({ ring }) => ring !== 'unproven'),
      testers: rows.testers.length,
      isTried: rows.isTried,
      signOffs,
      rollout: rows.rollout,
    }),
    attempts: rows.attempts.map((row) => toAttempt(row, connection, preset, certificates)),
    signOffs,
    isTried: rows.isTried,
    testers: rows.testers.map((row) => toTester(row, connectionSid)),
    clock: measureClock(rows.attempts, connection.clockSkewSeconds),
    viewer: {
      side: sideOf(actor) ?? null,
      maySignOff: maySignOff(actor, connection),
      mayTest: may(actor, 'test', resource),
      mayConfigure: may(actor, 'configure', resource),
    },
  })
}

/**
 * Another text whenever a room shows something else: one small query, for pages that ask every
 * second. Refuses `not_there`.
 */
export async function roomVersion(
  { db, actor }: OperationContext,
  connectionSid: string,
): Promise<Result<string, Problem>> {
  const found = await findRoomVersion(db, connectionSid)
  return found && maySee(actor, { tenantSid: found.tenantSid, connectionSid })
    ? ok(await versionOf(found))
    : problem('not_there', 'a connection', connectionSid)
}

function pickVersion({ tenantSid, updatedAt, metadataFetchedAt }: Connection) {
  return { tenantSid, updatedAt, metadataFetchedAt }
}

/** A hash, because it is shorter: no secret is in it. */
function versionOf(row: RoomVersionRow): Promise<string> {
  return hashSecret(JSON.stringify(row))
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
  row: RoomAttemptRow,
  connection: Connection,
  preset: Preset,
  certificates: KnownCertificates,
): RoomAttempt {
  const fingerprint = row.certificateFingerprint
  const certificate = fingerprint === null ? undefined : certificates.get(fingerprint)
  return {
    sid: row.sid,
    createdAt: row.createdAt,
    code: row.code as ErrorCode | null,
    ...explainAttempt(row, preset),
    isTest: row.isTest,
    idpInitiated: row.idpInitiated,
    user: row.userSid === null ? null : { sid: row.userSid, email: row.email },
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
    message: row.message,
  }
}
