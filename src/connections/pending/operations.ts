// What may be done with changes that wait for an operator: see them, accept or decline them.
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { parseCertificate, type Certificate } from '../../saml/signature/certificate.ts'
import { summarize, type CertificateSummary } from '../certificates/certificate-view.ts'
import type { Connection } from '../connection.ts'
import {
  editConnection,
  getConnection,
  getConnectionTo,
  type Edit,
  type EditOptions,
  type Preview,
} from '../operations.ts'
import { dropPending, findPending, type PendingChange } from './store.ts'

/** A change that waits, as both sides read it. */
export type PendingView = Omit<PendingChange, 'certificates'> & {
  newCertificates: CertificateSummary[]
}

/** The oldest first. Refuses `not_there`. */
export async function listPendingChanges(
  context: OperationContext,
  connectionSid: string,
): Promise<Result<PendingView[], Problem>> {
  const found = await getConnection(context, connectionSid)
  if (!found.ok) return found
  const rows = await findPending(context.db, connectionSid)
  return ok(
    await Promise.all(
      rows.map(async ({ certificates, ...row }) => ({
        ...row,
        newCertificates: (await readAll(certificates)).map((one) => summarize(one, context.now)),
      })),
    ),
  )
}

/**
 * Makes the change, as the operator's own. With `preview` nothing is changed. Refuses `not_there`,
 * `forbidden` and what `editConnection` refuses.
 */
export async function acceptPendingChange(
  context: OperationContext,
  connectionSid: string,
  sid: string,
  options: Pick<EditOptions, 'preview' | 'cutsOff'> = {},
): Promise<Result<Preview, Problem>> {
  const found = await getChange('operate', context, connectionSid, sid)
  if (!found.ok) return found
  const { connection, change } = found.value
  const edit = await editOf(connection, change)
  const accepted = await editConnection(context, connectionSid, edit, {
    ...options,
    type: 'pending_change.accepted',
    settles: sid,
  })
  const isNothing = accepted.ok && accepted.value.warnings.includes('nothing_changes')
  if (isNothing && !options.preview)
    await dropPending(context, connection, change, 'pending_change.accepted')
  return accepted
}

/** Takes the change away: an operator, or the side that proposed it. Refuses as above. */
export async function declinePendingChange(
  context: OperationContext,
  connectionSid: string,
  sid: string,
): Promise<Result<null, Problem>> {
  const found = await getChange('configure', context, connectionSid, sid)
  if (!found.ok) return found
  const { connection, change } = found.value
  await dropPending(context, connection, change, 'pending_change.declined')
  return ok(null)
}

async function getChange(
  how: 'operate' | 'configure',
  context: OperationContext,
  connectionSid: string,
  sid: string,
): Promise<Result<{ connection: Connection; change: PendingChange }, Problem>> {
  const found = await getConnectionTo(how, context, connectionSid)
  if (!found.ok) return found
  const change = (await findPending(context.db, connectionSid)).find((one) => one.sid === sid)
  return change
    ? ok({ connection: found.value, change })
    : problem('not_there', 'a change that waits', sid)
}

/** Certificates that have gone since need not be removed. */
async function editOf(connection: Connection, change: PendingChange): Promise<Edit> {
  const { fields, certificates, removed, compromised } = change
  const pinned = new Set(connection.certificates.map(({ fingerprint }) => fingerprint))
  return {
    fields,
    addCertificates: await readAll(certificates),
    removeCertificates: removed.filter((one) => pinned.has(one)),
    compromised,
  }
}

/** Only what could be read was stored. */
async function readAll(certificates: readonly string[]): Promise<Certificate[]> {
  return Promise.all(
    certificates.map(async (base64) => {
      const read = await parseCertificate(base64)
      if (!read.ok) throw new TypeError('a stored certificate cannot be read')
      return read.value
    }),
  )
}
