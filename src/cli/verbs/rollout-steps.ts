// The steps of `gatepost rollout …`. Long lists in chunks: a command that was interrupted is run
// again, and goes on.
import { readCount, readFile } from '../arguments.ts'
import type { Answer } from '../client.ts'
import { harmless, renderTime } from '../print.ts'
import { untilDone } from '../until-done.ts'
import { UsageError } from '../usage-error.ts'
import type { VerbContext, Verbs } from '../verb.ts'
import { readUsers, rolloutOf, USERS, VERSION, versionOf } from './rollouts.ts'

/** Of steps after which there is no way back for somebody: the version is no accident. */
const EXACTLY = {
  version: { value: 'N', need: true, about: 'exactly this version of the list' },
} as const

const SCOPE = {
  all: { about: 'also those who have never signed in by SSO' },
  'lock-out': { value: 'N', about: 'with --all: how many it may lock out at most' },
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
  return `Version ${version} is gone through. Users changed: ${changed}.`
}

function renderInformed({ version, sent, failed, left }: Answer): string {
  const mail = sent + failed > 0 ? [`${sent} messages sent, ${failed} not taken.`] : []
  const rest = left > 0 ? `${left} are still not informed.` : 'Everybody is informed.'
  return [`Version ${version}.`, ...mail, rest].join(' ')
}

function renderNotice({ notice, template, placeholders }: Answer): string {
  const { subject, text, link = null, date = null } = notice ?? template
  return [
    notice
      ? `Written ${renderTime(notice.changedAt)}.`
      : 'Nobody has written one yet. A first text:',
    '',
    `subject: ${harmless(subject)}`,
    `date: ${harmless(date ?? '–')}`,
    `link: ${harmless(link ?? '–')}`,
    '',
    text.split('\n').map(harmless).join('\n'),
    `Filled in for each person: ${placeholders.join(', ')}`,
  ].join('\n')
}

/** What is not said stays as it was. */
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
    about: 'let the included users sign in by SSO beside their password',
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
    about: 'show or write the words in which employees hear of it',
    takes: ['RO…'],
    flags: {
      subject: { value: 'TEXT', about: 'one line' },
      text: { value: 'FILE', about: 'the text; - reads standard input' },
      date: { value: 'TEXT', about: 'from when on, as people read it; empty: none' },
      link: { value: 'https://…', about: 'where people can try it; empty: none' },
      template: { about: 'take the first text as it is' },
    },
    text: renderNotice,
    run: writeNotice,
  },
  'rollout inform': {
    about: 'record that the notice was sent by hand, or send it',
    takes: ['RO…'],
    flags: {
      ...VERSION,
      send: { about: 'send it by e-mail, where the deployment does' },
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
    about: 'take the password away from the included users who have proved themselves',
    takes: ['RO…'],
    flags: { ...EXACTLY, ...SCOPE },
    text: renderChanged,
    run: async (context) => {
      const json = enforcementOf(context)
      return untilDone('Enforcing', () =>
        context.client.call('POST', `${rolloutOf(context)}/enforce`, { json }),
      )
    },
  },
  'rollout schedule': {
    about: 'set the date at which enforcement begins by itself, or none',
    takes: ['RO…', 'WHEN'],
    flags: { ...EXACTLY, ...SCOPE },
    run: async (context) => {
      const when = context.given.argument('WHEN')
      // Without a zone the same words mean another moment on another machine.
      const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(when)
      const at = when === 'none' ? null : isTime ? Date.parse(when) : Number.NaN
      if (Number.isNaN(at)) throw new UsageError('WHEN is like 2026-12-01T06:00Z, or none')
      return context.client.call('PUT', `${rolloutOf(context)}/schedule`, {
        json: { ...enforcementOf(context), at },
      })
    },
  },
  'rollout roll-back': {
    about: 'give people their passwords back: everybody, or some',
    takes: ['RO…'],
    flags: {
      to: { value: 'sso_enabled|password', need: true, about: 'password: SSO is off' },
      ...USERS,
      reason: { value: 'TEXT', about: 'with --users: why' },
    },
    text: renderChanged,
    run: async (context) => {
      const { client, given } = context
      const users = await readUsers(context)
      const json = { to: given.needText('to'), reason: given.text('reason'), users }
      return untilDone('Rolling back', () =>
        client.call('POST', `${rolloutOf(context)}/roll-back`, { json }),
      )
    },
  },
}
