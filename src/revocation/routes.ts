// Global Token Revocation over HTTP (draft-parecki-oauth-global-token-revocation), at
// /revocation/{connection}, as Okta's Universal Logout sends it.
import { Hono } from 'hono'
import { openDatabase } from '../platform/db/client.ts'
import { openHistory } from '../platform/db/history.ts'
import type { App, AppContext } from '../platform/http/http.ts'
import { noteRequest } from '../platform/log/request-notes.ts'
import { refuseGuess } from '../platform/http/limits.ts'
import { Refused } from '../platform/http/refused.ts'
import { readRequestBody } from '../platform/http/request-body.ts'
import { storageErrorOf } from '../platform/storage/storage-error.ts'
import { verifyCaller } from './caller.ts'
import { revokeByIdp } from './operations.ts'
import { revocationURL } from './revocation-url.ts'
import { findSource, noteRefusal } from './store.ts'
import { readSubject } from './subject.ts'

const MAX_BODY = 8 * 1024

export const revocationRoutes = new Hono<App>()

revocationRoutes.post('/:connection', async (c) => {
  const connectionSid = c.req.param('connection')
  const db = openDatabase(c.env.DB)
  const now = Date.now()
  const { network, config, afterResponse } = c.var
  const source = await findSource(db, connectionSid)
  const url = revocationURL(config.origin, connectionSid)
  const authorization = c.req.header('authorization')
  const caller = source
    ? await verifyCaller({ db, now, network, url }, source, authorization)
    : 'not_set_up'
  if (!source || typeof caller === 'string') {
    const why = typeof caller === 'string' ? caller : undefined
    noteRequest(c.req.raw, { why, connectionSid: source && connectionSid })
    if (source) await noteRefusal(db, connectionSid, `${caller}`, now)
    // One answer for all: nobody learns which connections there are, or which check failed.
    throw new Refused(await refuseGuess(c as AppContext, 'revocation_token', 'revocation_token'))
  }
  if (!(await c.env.SCIM_BY_TOKEN.limit({ key: `revocation ${connectionSid}` })).success)
    throw new Refused('too_many_requests')
  if (source.isSuspended) throw new Refused('revocation_suspended')
  const subject = readSubject(await readJSON(c.req.raw))
  if (!subject.ok) throw new Refused(subject.error.code)
  const context = {
    db,
    now,
    network,
    afterResponse,
    history: openHistory(c.env.HISTORY),
    actor: { kind: 'idp', id: connectionSid, name: source.name } as const,
  }
  const revoked = await orUnable(() => revokeByIdp(context, source, caller, subject.value))
  if (!revoked.ok) throw new Refused(revoked.error.code)
  return c.body(null, 204)
})

/** Okta's documentation has 422 for it. Nothing is spent, so that the same token may come again. */
async function orUnable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const fault = storageErrorOf(error)
    if (!fault) throw error
    throw new Refused('revocation_failed')
  }
}

async function readJSON(request: Request): Promise<unknown> {
  const body = await readRequestBody(request, MAX_BODY)
  if (!body.ok) throw new Refused('revocation_request')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.value))
  } catch {
    return undefined
  }
}
