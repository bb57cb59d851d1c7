// Steps of rollouts, which take several calls for a long list. The same command continues a step
// that was interrupted.
import { readCount, readFile } from '../arguments.ts'
import type { Answer } from '../client.ts'
import { harmless, renderTime } from '../print.ts'
import { untilDone } from '../until-done.ts'
import { UsageError } from '../usage-error.ts'
import type { VerbContext, Verbs } from '../verb.ts'
import { readUsers, rolloutOf, USERS, VERSION, versionOf } from './rollouts.ts'

/** For steps that can lock users out, the version must be given. */
const EXACTLY = {
  version: { value: 'N', need: true, about: 'this version of the list and no other' },
} as const

const SCOPE = {
  all: { about: 'also users who have never signed in by SSO' },
  'lock-out': { value: 'N', about: 'with --all: how many users it may lock out' },
} as const

function enforcementOf({ given }: VerbContext) {
  const lockOut = given.text('lock-out')
  if (lockOut !== undefined && !given.isOn('all'))
    throw new UsageError('--lock-out goes with --all')
  return {
    version: readCount(given.needText('version'), '--version'),
    scope: given.isOn('all') ? 'all' : 'proved',
    ...(lockOut !== undefined && {
      lockedOut: lockOut === '0' ? 0 : readCount(lockOut, '--lock-out'),
    }),
  }
}

function renderChanged({ version, changed }: Answer): string {
  return `Version ${version} is done. Users changed: ${changed}.`
}

function renderInformed({ version, sent, failed, left }: Answer): string {
  const mail = sent + failed > 0 ? [`Messages sent: ${sent}, not accepted: ${failed}.`] : []
  const rest = left > 0 ? `Users not informed yet: ${left}.` : 'All users are informed.'
  return [`Version ${version}.`, ...mail, rest].join(' ')
}

function renderNotice({ notice, template, placeholders }: Answer): string {
  const { subject, text, link = null, date = null } = notice ?? template
  return [
    notice ? `Written ${renderTime(notice.changedAt)}.` : 'Not written yet. A text to start from:',
    '',
    `subject: ${harmless(subject)}`,
    `date: ${harmless(date ?? '–')}`,
    `link: ${harmless(link ?? '–')}`,
    '',
    text.split('\n').map(harmless).join('\n'),
    `Placeholders, replaced for each user: ${placeholders.join(', ')}`,
  ].join('\n')
}

/** Parts without a flag stay as they are. */
async function writeNotice(context: VerbContext): Promise<Answer> {
  const { client, given } = context
  const where = `${rolloutOf(context)}/notice`
  const before = await client.call('GET', where)
  const file = given.text('text')
  const edit = {
    subject: given.text('subject'),
    text: file && readFile(file).toString('utf8'),
    link: given.text('link'),
    date: given.text('date'),
  }
  if (Object.values(edit).every((value) => value === undefined) && !given.isOn('template'))
    return before
  const { subject, text, link = null, date = null } = before.notice ?? before.template
  return client.call('PUT', where, {
    json: {
      subject: edit.subject ?? subject,
      text: edit.text ?? text,
      link: edit.link === undefined ? link : edit.link || null,
      date: edit.date === undefined ? date : edit.date || null,
    },
  })
}

export const ROLLOUT_STEP_VERBS: Verbs = {
  'rollout enable': {
    about: 'let the included users sign in by SSO as well as by password',
    takes: ['RO…'],
    flags: VERSION,
    text: renderChanged,
    run: async (context) => {
      const json = { version: await versionOf(context) }
      return untilDone('Enabling', () =>
        context.client.call('POST', `${rolloutOf(context)}/enable`, { json }),
      )
    },
  },
  'rollout notice': {
    about: 'show or write the notice to the users',
    takes: ['RO…'],
    flags: {
      subject: { value: 'TEXT', about: 'the subject: one line' },
      text: { value: 'FILE', about: 'the text; - reads standard input' },
      date: { value: 'TEXT', about: 'the start date, as people read it; empty: none' },
      link: { value: 'https://…', about: 'where people can try it; empty: none' },
      template: { about: 'use the text to start from' },
    },
    text: renderNotice,
    run: writeNotice,
  },
  'rollout inform': {
    about: 'record that you have sent the notice, or send it',
    takes: ['RO…'],
    flags: {
      ...VERSION,
      send: { about: 'send it by e-mail, if the deployment can' },
    },
    text: renderInformed,
    run: async (context) => {
      const by = context.given.isOn('send') ? 'email' : 'hand'
      const json = { version: await versionOf(context), by }
      return untilDone('Informing', () =>
        context.client.call('POST', `${rolloutOf(context)}/inform`, { json }),
      )
    },
  },
  'rollout enforce': {
    about: 'require SSO of the included users who have signed in by SSO, or move them',
    takes: ['RO…'],
    flags: { ...EXACTLY, ...SCOPE, ...USERS },
    text: renderChanged,
    run: async (context) => {
      const json = { ...enforcementOf(context), users: await readUsers(context) }
      return untilDone('Enforcing', () =>
        context.client.call('POST', `${rolloutOf(context)}/enforce`, { json }),
      )
    },
  },
  'rollout schedule': {
    about: 'set the time when enforcement begins automatically, or none',
    takes: ['RO…', 'WHEN'],
    flags: { ...EXACTLY, ...SCOPE },
    run: async (context) => {
      const when = context.given.argument('WHEN')
      // Without a zone, the time would depend on the machine.
      const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(when)
      const at = when === 'none' ? null : isTime ? Date.parse(when) : Number.NaN
      if (Number.isNaN(at))
        throw new UsageError('WHEN takes a time like 2026-12-01T06:00Z, or none')
      return context.client.call('PUT', `${rolloutOf(context)}/schedule`, {
        json: { ...enforcementOf(context), at },
      })
    },
  },
  'rollout roll-back': {
    about: 'let all or some users sign in by password again',
    takes: ['RO…'],
    flags: {
      to: {
        value: 'sso_enabled|password|earlier',
        need: true,
        about: 'sso_enabled: password or SSO; password: SSO is off; earlier: as before the move',
      },
      ...USERS,
      unproved: { about: 'only users who must sign in by SSO and have never done so' },
      outside: { about: 'only users who must, and are on no list of the connection' },
      'keep-sso': { about: 'leave users without a password in the app as they are' },
      reason: { value: 'TEXT', about: 'why, with --users' },
    },
    text: renderChanged,
    run: async (context) => {
      const { client, given } = context
      const users = await readUsers(context)
      const scopes = (['unproved', 'outside'] as const).filter((one) => given.isOn(one))
      const [scope] = scopes
      if (scopes.length > 1) throw new UsageError('name --unproved or --outside, not both')
      const withoutPassword = given.isOn('keep-sso') ? 'keep_sso' : undefined
      if (scope && users) throw new UsageError(`name --users or --${scope}, not both`)
      const json = {
        to: given.needText('to'),
        reason: given.text('reason'),
        users,
        scope,
        withoutPassword,
      }
      return untilDone('Rolling back', () =>
        client.call('POST', `${rolloutOf(context)}/roll-back`, { json }),
      )
    },
  },
}
