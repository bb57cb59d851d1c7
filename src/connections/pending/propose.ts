// Keeps an edit that a customer has made of a connection in use.
import { may } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { createSid } from '../../ids.ts'
import { limitReached } from '../../limits.ts'
import type { Problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import type { Connection } from '../connection.ts'
import type { Edit, EditPlan, Preview } from '../edit.ts'
import type { ConnectionFields } from '../field.ts'
import { insertPending, mustWait } from './store.ts'

/** Whether an edit waits: what a customer brings to a connection in use. */
export async function waitsForOperator(
  { db, actor }: OperationContext,
  { sid, tenantSid }: Connection,
  { bringsTrust, mayCutOff }: Pick<EditPlan, 'bringsTrust' | 'mayCutOff'>,
): Promise<boolean> {
  const isOperator = may(actor, 'operate', { tenantSid, connectionSid: sid })
  return !isOperator && (bringsTrust || mayCutOff) && (await mustWait(db, sid))
}

/** Keeps an edit for an operator to decide. Refuses `limit_reached`. */
export async function propose(
  context: OperationContext,
  connection: Connection,
  { addCertificates = [], removeCertificates = [], compromised = false }: Edit,
  preview: Preview,
): Promise<Result<Preview, Problem>> {
  const { after, addedCertificates } = preview
  const added = addCertificates.filter(({ fingerprint }) => addedCertificates.includes(fingerprint))
  const change = {
    sid: createSid('PC'),
    fields: after as Partial<ConnectionFields>,
    certificates: added.map(({ base64 }) => base64),
    removed: [...removeCertificates],
    compromised,
  }
  const shown = {
    ...after,
    addedCertificates,
    removedCertificates: removeCertificates,
    compromised,
  }
  return (await insertPending(context, connection, change, shown))
    ? ok(preview)
    : limitReached('pendingChanges')
}
