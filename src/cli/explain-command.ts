// The command line of `gatepost explain`: turns flags into cases, and verdicts into JSON lines or a
// table.
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs, styleText } from 'node:util'
import type { Preset } from '../connections/presets/preset.ts'
import { presetOf, remedyFor } from '../connections/presets/presets.ts'
import type { ErrorCode } from '../errors.ts'
import { titleOf } from '../error-words.ts'
import { binaryKind, otherThanResponse } from '../given-instead.ts'
import { ok } from '../result.ts'
import { parseIdpMetadata } from '../saml/metadata/idp-metadata.ts'
import { decodeResponse, parseResponse } from '../saml/response/response.ts'
import { ALLOWABLE, explain, readBatch, type ExplainCase, type Explanation } from './explain.ts'
import { describeRefusal } from './refused-file.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `usage: npm run -s gatepost -- explain --response FILE --idp-metadata FILE
                --sp-entity-id URL --acs-url URL [--in-response-to ID] [--now ISO]
                [--clock-skew SECONDS] [--decryption-key FILE]...
                [--allow sha1,rsa1024,aes-cbc] [--json]
       npm run -s gatepost -- explain --batch FILE

  --response        the SAMLResponse field (base64) or the XML; - reads standard input
  --idp-metadata    the IdP's metadata, whose entityID and signing certificates are trusted
  --in-response-to  ID of the AuthnRequest; without it, the one that the response names. An empty
                    one: there was no request
  --now             when the response came; without it, the time that the response says
  --decryption-key  a private RSA key, PEM or JWK; can be repeated
  --batch           a file of cases ({"format": 1, "cases": […]}); prints one JSON line per case;
                    - reads standard input

exit status: 0 if the response is accepted, 1 if it is refused, 2 if the command is wrong; with
--batch 0`

export async function explainCommand(args: string[]): Promise<void> {
  const flags = readFlags(args)
  if (flags.help) return console.log(USAGE)
  if (flags.batch !== undefined) {
    for (const { case: input } of readBatch(flags.batch))
      console.log(JSON.stringify(await explain(input)))
    return
  }
  const input = await caseFrom(flags)
  const explanation = await explain(input)
  refuseOther(input.response)
  if (explanation.verdict === 'reject') process.exitCode = 1
  if (flags.json) return console.log(JSON.stringify(explanation))
  const preset = presetOf({ entityID: input.idp.entityID, ssoRedirectURL: null, ssoPostURL: null })
  console.log([renderTable(explanation, preset), '', assumed(flags, input)].join('\n'))
}

function readFlags(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        batch: { type: 'string' },
        response: { type: 'string' },
        'idp-metadata': { type: 'string' },
        'sp-entity-id': { type: 'string' },
        'acs-url': { type: 'string' },
        'in-response-to': { type: 'string' },
        now: { type: 'string' },
        'clock-skew': { type: 'string', default: '60' },
        'decryption-key': { type: 'string', multiple: true, default: [] },
        allow: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** What is known to be no response needs no verdict. */
function refuseOther(response: string): void {
  const given = binaryKind(new TextEncoder().encode(response.slice(0, 64)))
  const received = given ?? otherThanResponse(response)
  if (received === undefined) return
  const expected = 'a SAML response, as the form field or XML'
  const about = { code: 'response_not_base64', context: 'response', given: received } as const
  fail(describeRefusal('--response', { ...about, expected, received }))
}

async function caseFrom(flags: ReturnType<typeof readFlags>): Promise<ExplainCase> {
  const need = (name: 'response' | 'idp-metadata' | 'sp-entity-id' | 'acs-url'): string =>
    flags[name] ?? fail(`--${name} is missing. ${USAGE.split('\n')[0]} …`)
  const response = read(need('response')).toString('utf8').trim()
  // The dates of the metadata do not matter offline: the message is judged at --now.
  const metadata = await parseIdpMetadata(read(need('idp-metadata')), { now: 0, allowHttp: true })
  if (!metadata.ok)
    return fail(describeRefusal('--idp-metadata', { ...metadata.error, context: 'metadata' }))
  const said = whatItSays(response)
  const clockSkewSeconds = Number(flags['clock-skew'])
  if (!(clockSkewSeconds >= 0)) fail('--clock-skew takes a number of seconds')
  return {
    id: flags.response!,
    response,
    idp: {
      entityID: metadata.value.entityID,
      certificates: metadata.value.certificates.map(({ base64 }) => base64),
    },
    sp: {
      entityID: need('sp-entity-id'),
      acsURL: need('acs-url'),
      decryptionKeys: flags['decryption-key'].map(readKey),
    },
    now: flags.now ?? said.now,
    clockSkewSeconds,
    inResponseTo: flags['in-response-to'] ?? said.inResponseTo,
    allow: flags.allow.split(',').filter(Boolean).map(readSwitch),
    ignore: [],
  }
}

/** The request and the time of a response, for judging a captured one. Nothing of it is proved. */
function whatItSays(response: string): { now: string; inResponseTo: string | null } {
  const text = response.startsWith('<') ? ok(response) : decodeResponse(response)
  const parsed = text.ok ? parseResponse(text.value) : text
  const { issueInstant = Date.now(), inResponseTo = null } = parsed.ok ? parsed.value : {}
  return { now: new Date(issueInstant).toISOString(), inResponseTo }
}

/** What was not given and taken from the response: a real login compares both. */
function assumed(flags: ReturnType<typeof readFlags>, { now, inResponseTo }: ExplainCase): string {
  const request = inResponseTo
    ? `as an answer to the request ${inResponseTo}`
    : 'as one without a request'
  const isGiven = flags.now !== undefined && flags['in-response-to'] !== undefined
  return `Judged at ${now}, ${request}${isGiven ? '' : ', by what the response says itself'}.`
}

function readSwitch(name: string): ExplainCase['allow'][number] {
  return (
    ALLOWABLE.find((known) => known === name) ??
    fail(`--allow takes ${ALLOWABLE.join(', ')}, not ${name}`)
  )
}

function readKey(path: string): JsonWebKey {
  const text = read(path).toString('utf8')
  let key: JsonWebKey
  try {
    key = text.includes('-----BEGIN')
      ? (createPrivateKey(text).export({ format: 'jwk' }) as JsonWebKey)
      : (JSON.parse(text) as JsonWebKey)
  } catch (error) {
    return fail(`${path}: ${(error as Error).message}`)
  }
  return key.kty === 'RSA' && key.d ? key : fail(`${path} is not a private RSA key`)
}

function read(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path)
  } catch (error) {
    return fail(`${path}: ${(error as Error).message}`)
  }
}

function fail(message: string): never {
  throw new UsageError(message)
}

/** Failed checks first, each with its remedy, in the terms of the IdP's screens if we know them. */
function renderTable({ verdict, principal, checks, micros }: Explanation, preset: Preset): string {
  const failed = checks.filter(({ ok }) => !ok)
  const passed = checks.filter(({ ok }) => ok)
  const rows = [...failed, ...passed].flatMap(({ code, ok, clause, expected, received }) => {
    const mark = ok ? styleText('green', '✓') : styleText('red', '✗')
    const head = `${mark} ${styleText('bold', code)}`
    if (ok) return [`${head}  ${styleText('dim', clause)}`]
    const title = titleOf(code as ErrorCode, 'response')
    const remedy = remedyFor(preset, code as ErrorCode, 'operator')
    return [
      `${head}  ${title}  ${styleText('dim', clause)}`,
      `    expected  ${expected}`,
      `    received  ${received}`,
      `    remedy    ${remedy}`,
    ]
  })
  const who = principal && [
    '',
    ...(['nameID', 'email', 'firstName', 'lastName', 'sessionIndex'] as const).map(
      (field) => `    ${field.padEnd(13)} ${String(principal[field] ?? '–')}`,
    ),
  ]
  const unsigned = !checks.some(({ code, ok }) => code === 'signature' && ok)
  const hint = unsigned ? ['', 'The assertion was not read: no trusted key signed it.'] : []
  const title = verdict === 'accept' ? styleText('green', 'accepted') : styleText('red', 'refused')
  return [`${title} in ${micros} µs`, '', ...rows, ...(who ?? []), ...hint].join('\n')
}
