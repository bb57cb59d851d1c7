// The cases of a run: every combination that an IdP can do, and what each IdP must not get past us.
import { isCBC, PLAIN, SETTINGS, STARTS, type Setting, type Start } from './combinations.ts'
import type { Idp } from './idp.ts'

/** How a case ends. `stopped`: at the IdP, before anything comes to us. */
export type Ending = 'logged in' | 'stopped' | { refused: string }

export type Case = {
  idp: Idp
  setting: Setting
  start: Start
  ending: Ending
  /** What the connection allows beyond the default. */
  allow?: 'aes-cbc' | 'sha1'
  /** What is done to it; undefined: nothing. */
  twist?: Twist
}

export const TWISTS = {
  'changed e-mail': 'the response with another e-mail',
  'wrong audience': 'a response for another service at our ACS URL',
  'another request': 'a response to somebody else’s request',
  'unsigned request': 'our request without a signature',
  restarted: 'a login that begins at the IdP, restarted by us (the default)',
  demanding:
    'our request asks for a new authentication, by password, and for a NameID of format emailAddress',
  again: 'a second login of the same person, in another browser',
  cancel: 'the person cancels at the IdP',
  'encrypted last': 'the Response signed first, its assertion encrypted afterwards',
  'triple des': 'an assertion encrypted with Triple DES',
  'sha-1': 'signatures with SHA-1',
  'sha-1 allowed': 'signatures with SHA-1, allowed by the connection',
} as const
export type Twist = keyof typeof TWISTS

export function nameOf({ idp, setting, start, allow, twist }: Case): string {
  const how = `${setting.sign} ${setting.algorithm} ${setting.encrypt}`
  return [idp.name, how, start, allow && `allow ${allow}`, twist].filter(Boolean).join(' ')
}

/** AES-CBC is decrypted where a signature has covered the ciphertext, or by permission. */
function combinations(idp: Idp): Case[] {
  const cases: Case[] = []
  for (const setting of SETTINGS.filter((one) => idp.cannot(one) === undefined))
    for (const start of STARTS) {
      const isUncovered = isCBC(setting) && setting.sign === 'assertion'
      const common = { idp, setting, start }
      if (isUncovered) {
        cases.push({ ...common, ending: { refused: 'encryption_cbc' } })
        cases.push({ ...common, ending: 'logged in', allow: 'aes-cbc' })
      } else cases.push({ ...common, ending: 'logged in' })
    }
  return cases
}

/** What each IdP is asked in its plainest setting. */
function twists(idp: Idp): Case[] {
  const setting = [PLAIN, ...SETTINGS].find((one) => idp.cannot(one) === undefined)!
  const cases: Case[] = []
  const add = (twist: Twist, ending: Ending, more: Partial<Case> = {}) =>
    cases.push({ idp, setting, start: 'redirect', twist, ending, ...more })
  add('changed e-mail', { refused: 'signature_digest' })
  add('another request', { refused: 'in_response_to' })
  add('wrong audience', { refused: idp.misdirected ?? 'audience' }, { start: 'idp' })
  for (const start of idp.checks) add('unsigned request', 'stopped', { start })
  add('restarted', 'logged in', { start: 'idp' })
  add('demanding', 'logged in')
  add('again', 'logged in')
  const encrypted: Setting = { ...setting, encrypt: 'aes128-gcm' }
  if (idp.encryptsLast)
    add('encrypted last', { refused: 'signature_digest' }, { setting: encrypted })
  if (idp.cannotCancel === undefined) add('cancel', { refused: 'status' })
  const tripleDES: Setting = { ...setting, encrypt: 'tripledes-cbc' }
  if (idp.cannot(tripleDES) === undefined)
    add('triple des', { refused: 'encryption_algorithm' }, { setting: tripleDES })
  const sha1: Setting = { ...setting, algorithm: 'rsa-sha1' }
  if (idp.cannot(sha1) !== undefined) return cases
  add('sha-1', { refused: 'signature_algorithm' }, { setting: sha1 })
  add('sha-1 allowed', 'logged in', { setting: sha1, allow: 'sha1' })
  return cases
}

export function casesOf(idp: Idp): Case[] {
  return [...combinations(idp), ...twists(idp)]
}
