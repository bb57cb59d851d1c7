// The row of a rollout at its beginning. Pure.
import type { OperationContext } from '../../events/operation-context.ts'
import { createSid } from '../../ids.ts'

/** The row of a rollout that selects nobody yet, or with `fromConnectionSid` all people there. */
export function newRollout(
  { now }: OperationContext,
  connection: { sid: string; tenantSid: string },
  name: string,
  fromConnectionSid?: string,
) {
  return {
    sid: createSid('RO'),
    tenantSid: connection.tenantSid,
    connectionSid: connection.sid,
    name,
    fromConnectionSid: fromConnectionSid ?? null,
    selectors: {
      everybody: false,
      fromConnection: fromConnectionSid !== undefined,
      domains: [],
      accounts: [],
    },
    createdAt: now,
    updatedAt: now,
  }
}
