// One run of the synthetic login: stage by stage, as a browser and an IdP would go through it.
import type { ProbeResult, ProbeRun } from '../../probe/operations.ts'
import { decodeBase64, encodeBase64 } from '../../base64.ts'
import { createKeyPair } from '../../keys/create-key-pair.ts'
import { CommandError } from '../command-error.ts'
import { path, type ApiClient } from '../client.ts'
import { NOBODY, renderResponse } from './render-response.ts'

/** It lives for seconds. */
const MODULUS_BITS = 2048
/** Of one request. */
const TIMEOUT_MILLISECONDS = 15_000

export type ProbeStage = { stage: string; milliseconds: number; error: string | null }
export type ProbeReport = { passed: boolean; stages: ProbeStage[] }

type Tools = {
  client: Pick<ApiClient, 'call'>
  /** Requests what a browser would. It follows no redirect. */
  ask: (url: string, init: RequestInit) => Promise<Response>
}

export const askByFetch: Tools['ask'] = (url, init) =>
  fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) })

/** A stage that cannot go on. */
class StageError extends Error {}

/** Never rejects: a stage that fails is the last one, and the key is taken away all the same. */
export async function runProbe(tools: Tools): Promise<ProbeReport> {
  const stages: ProbeStage[] = []
  const stage = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now()
    const note = (error: string | null) =>
      stages.push({ stage: name, milliseconds: Math.round(performance.now() - start), error })
    try {
      const value = await work()
      note(null)
      return value
    } catch (error) {
      note(wordsOf(error))
      throw error
    }
  }
  let run: ProbeRun | undefined
  try {
    const key = await createKey()
    run = await stage('key trusted', () => start(tools, key.certificate))
    const answered = await login(tools, run, stage, 'begin', (text) => text, key.privateKey)
    await stage('result', () => expectResult(tools, answered, 'passed'))
    const changed = await login(tools, run, stage, 'begin again', tamper, key.privateKey)
    await stage('changed response refused', () => expectResult(tools, changed, 'refused'))
  } catch {
    // The stage has said why.
  }
  if (run) {
    const { fingerprint } = run
    const end = () => tools.client.call('DELETE', path`/probe/keys/${fingerprint}`)
    await stage('key removed', end).catch(() => undefined)
  }
  return { passed: stages.length > 0 && stages.every(({ error }) => error === null), stages }
}

async function createKey() {
  const { privateKey, certificate } = await createKeyPair('probe.invalid', Date.now(), MODULUS_BITS)
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('pkcs8', privateKey, algorithm, false, ['sign'])
  return { privateKey: key, certificate: certificate.base64 }
}

function start({ client }: Tools, certificate: string): Promise<ProbeRun> {
  return client.call('POST', '/probe/keys', { json: { certificate } })
}

/** Begins a test sign-in and posts its response. Returns the SID of the attempt. */
async function login(
  { ask }: Tools,
  run: ProbeRun,
  stage: <T>(name: string, work: () => Promise<T>) => Promise<T>,
  begin: string,
  change: (response: string) => string,
  key: CryptoKey,
): Promise<string> {
  const { requestID, relayState } = await stage(begin, async () => {
    const url = await locationOf(await ask(run.loginURL, {}))
    const [request, state] = ['SAMLRequest', 'RelayState'].map((name) => url.searchParams.get(name))
    if (!request || !state) throw new StageError('the redirect carries no AuthnRequest')
    return { requestID: await readRequestID(request), relayState: state }
  })
  return stage(begin === 'begin' ? 'response' : 'changed response', async () => {
    const response = change(await renderResponse({ ...run, requestID }, key, Date.now()))
    const body = new URLSearchParams({
      SAMLResponse: encodeBase64(new TextEncoder().encode(response)),
      RelayState: relayState,
    })
    const url = await locationOf(await ask(run.acsURL, { method: 'POST', body }))
    const attempt = url.searchParams.get('attempt')
    if (url.pathname !== '/login/tested' || !attempt)
      throw new StageError('the answer does not lead to the result of a test sign-in')
    return attempt
  })
}

async function expectResult(
  { client }: Tools,
  attempt: string,
  wanted: 'passed' | 'refused',
): Promise<void> {
  const result: ProbeResult = await client.call('GET', path`/probe/results/${attempt}`)
  const { passed, code, failed } = result
  if (wanted === 'passed' && !passed)
    throw new StageError(`the response was refused: ${failed ?? code ?? 'somebody was signed in'}`)
  if (wanted === 'refused' && code !== 'signature_digest')
    throw new StageError(`the changed response ended with ${code ?? 'a login'}`)
}

async function locationOf(response: Response): Promise<URL> {
  const { status, headers } = response
  await response.body?.cancel()
  const location = headers.get('location')
  if ((status !== 302 && status !== 303) || !location)
    throw new StageError(`status ${status} instead of a redirect`)
  return new URL(location, 'https://probe.invalid')
}

/** Somebody else, under the same signature. */
function tamper(response: string): string {
  return response.replaceAll(NOBODY, NOBODY.replace('nobody', 'somebody'))
}

async function readRequestID(parameter: string): Promise<string> {
  const bytes = decodeBase64(parameter)
  if (!bytes) throw new StageError('the AuthnRequest is no base64')
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const [, id] = / ID="([^"]+)"/.exec(await new Response(stream).text()) ?? []
  if (!id) throw new StageError('the AuthnRequest has no ID')
  return id
}

function wordsOf(error: unknown): string {
  if (error instanceof StageError || error instanceof CommandError) return error.message
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message || error.message : error.message
}
