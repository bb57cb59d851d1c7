// POST /saml/{connection}/acs: a response comes from the IdP. No Lax cookie comes with it, so the
// answer sends the browser on to a page of ours.
import type { Connection } from '../connections/connection.ts'
import type { ErrorCode } from '../errors.ts'
import { openDatabase } from '../platform/db/client.ts'
import { askHistory, openHistory, writeHistory } from '../platform/db/history.ts'
import { runAfterResponse } from '../platform/http/after-response.ts'
import type { AppContext } from '../platform/http/http.ts'
import { noteRequest } from '../platform/log/request-notes.ts'
import { Refused } from '../platform/http/refused.ts'
import { decodeResponse, parseResponse } from '../saml/response/response.ts'
import {
  acceptResponse,
  isTest,
  type IncomingResponse,
  type ResponseVerdict,
} from './accept-response.ts'
import { CONSOLE_SIGN_IN, finishPath, opensConsole } from './admin-login.ts'
import { againPath, findConnectionOf, refused } from './connection-of.ts'
import { openHandle } from './handle.ts'
import { insertAttempt } from './history/store/record.ts'
import { loginEvent } from './login-event.ts'
import { nameOfLoginCode } from './login-code.ts'
import { rememberLogin } from './login-cookies.ts'
import { openLoginKeys } from './login-keys.ts'
import { sealText } from './pending-login.ts'
import { repeatedPath } from './repeated.ts'
import { findIdpInitiatedReturnTo, findReturnTo } from './return-to.ts'

export async function receiveResponse(c: AppContext) {
  const { form, config } = c.var
  if (!form) throw new Refused('content_type')
  const fields = form.getAll('SAMLResponse')
  const [field] = fields
  if (!field || fields.length !== 1) throw new Refused('response_field')
  const relayState = form.get('RelayState') ?? ''
  const { connection, keys, wantsLogins } = await findConnectionOf(c)
  const now = Date.now()
  const ring = await openLoginKeys(config.loginSecrets)
  const request = await openHandle(ring, connection.sid, relayState, now)

  const incoming = request ? answerTo(request) : readWithoutHandle(connection, field)
  const db = openDatabase(c.env.DB)
  if (incoming === 'restart') {
    const returnTo = await findReturnTo(db, config, relayState)
    const query = new URLSearchParams({ ...(returnTo && { return_to: returnTo }), restarted: '' })
    return c.redirect(`/sso/${connection.sid}?${query}`, 303)
  }
  const start = Date.now()
  const verdict = await acceptResponse(db, config, connection, keys, field, incoming, now)
  noteVerdict(c.req.raw, verdict, Date.now() - start)
  const { attempt } = verdict
  const attemptSid = attempt.sid
  const history = openHistory(c.env.HISTORY)
  if (request && isTest(incoming)) {
    // The page and the validation room read it at once.
    await askHistory(history, 'record_test', (store) => insertAttempt(store, attempt))
    const mine = await sealText(ring, 'tested', request.name, attemptSid)
    const query = new URLSearchParams({ attempt: attemptSid, login: request.name, mine })
    return c.redirect(`/login/tested?${query}`, 303)
  }
  runAfterResponse(c, 'record_attempt', () =>
    writeHistory(history, 'record_attempt', (store) => insertAttempt(store, attempt)),
  )
  const isRepeated = !verdict.ok && verdict.repeated !== undefined
  // A login that opens the console is no login of a user: the audit trail has it.
  const isOperators = opensConsole(connection)
  if (wantsLogins && !isOperators && attempt.isProven && !isRepeated)
    c.var.offers.push(loginEvent(connection, attempt))
  if (!verdict.ok && verdict.repeated)
    return c.redirect(await repeatedPath(c, connection, attemptSid, verdict.repeated), 303)
  if (!verdict.ok) {
    const asked = request && againPath(connection.sid, request.name)
    const again = isOperators ? CONSOLE_SIGN_IN : asked
    const restartURL = again ?? (await restartPath(c, connection.sid, relayState, incoming))
    throw refused(verdict.code, connection, restartURL, attemptSid, request?.name)
  }
  const code = verdict.loginCode ?? ''
  if (isOperators) return c.redirect(finishPath(code), 303)
  if (incoming.kind === 'unsolicited') {
    const returnTo = await findIdpInitiatedReturnTo(db, config, relayState)
    const login = { connectionSid: connection.sid, returnTo }
    await rememberLogin(c, 'login', nameOfLoginCode(code)!, login)
  }
  return c.redirect(`/login/finish?code=${code}`, 303)
}

/** For the line of the log. For a message that came before, `continueRepeated` has it. */
function noteVerdict(request: Request, verdict: ResponseVerdict, milliseconds: number): void {
  const { sid: reference, isTest, idpInitiated, verifyMicros } = verdict.attempt
  const verify = Math.round((verifyMicros ?? 0) / 1000)
  const write = Math.max(0, milliseconds - verify)
  noteRequest(request, { reference, isTest, verify, write })
  if (verdict.ok) noteRequest(request, { login: { idpInitiated } })
  else if (!verdict.repeated) noteRequest(request, { code: verdict.code })
}

function answerTo(request: NonNullable<Awaited<ReturnType<typeof openHandle>>>): IncomingResponse {
  return request.isExpired
    ? { kind: 'refused', code: 'relay_state_expired', idpInitiated: false }
    : { kind: 'answer', request }
}

/** “Start again” after a refusal of a response without a handle of ours. */
async function restartPath(
  c: AppContext,
  connectionSid: string,
  relayState: string,
  incoming: IncomingResponse,
): Promise<string> {
  if (incoming.kind !== 'unsolicited') return againPath(connectionSid)
  const returnTo = await findReturnTo(openDatabase(c.env.DB), c.var.config, relayState)
  if (returnTo === undefined) return `/sso/${connectionSid}`
  return `/sso/${connectionSid}?${new URLSearchParams({ return_to: returnTo })}`
}

/** A response without a handle of ours: its login was lost, or it began at the IdP. */
function readWithoutHandle(connection: Connection, field: string): IncomingResponse | 'restart' {
  const text = decodeResponse(field)
  const response = text.ok ? parseResponse(text.value) : text
  const refuse = (code: ErrorCode, idpInitiated = false): IncomingResponse => ({
    kind: 'refused',
    code,
    idpInitiated,
  })
  if (!response.ok) return refuse(response.error.code)
  if (response.value.inResponseTo !== undefined) return refuse('relay_state_unknown')
  if (opensConsole(connection)) return refuse('idp_initiated_refused', true)
  if (connection.idpInitiated === 'restart') return 'restart'
  if (connection.idpInitiated !== 'accept') return refuse('idp_initiated_refused', true)
  return { kind: 'unsolicited' }
}
