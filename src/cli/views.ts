// Views of derived verbs: answers that are not shown as plain fields or columns.
import type { Answer } from './client.ts'
import { renderTime, type PrintedColumn } from './print.ts'
import { renderProgress, renderSummary } from './render-rollout.ts'
import { renderRoom, renderSignOffs, TESTERS } from './render-room.ts'
import { renderApp, renderNominated, renderOnce } from './render-once.ts'
import type { Verb, Verbs } from './verb.ts'

type View = {
  /** The part of the answer that is printed, also as JSON. */
  shape?: (answer: Answer) => unknown
} & Pick<Verb, 'columns' | 'text'>

/** The same verbs, each with its view. */
export function withViews(verbs: Verbs): Verbs {
  return Object.fromEntries(
    Object.entries(verbs).map(([name, verb]) => [name, withView(verb, VIEWS[name] ?? {})]),
  )
}

function withView(verb: Verb, { shape, ...view }: View): Verb {
  const { run } = verb
  return { ...verb, ...view, ...(shape && { run: async (context) => shape(await run(context)) }) }
}

const DOMAINS: readonly PrintedColumn[] = [
  { title: 'Domain', of: ({ domain }) => domain },
  { title: 'State', of: stateOf },
  { title: 'Checked', of: ({ checkedAt }) => renderTime(checkedAt) },
  { title: 'Last check', of: ({ failure }) => failure },
  { title: 'Reason', of: ({ reason }) => reason },
]

export const VIEWS: Readonly<Record<string, View>> = {
  'connection create': { shape: showConnection },
  'connection show': { shape: showConnection },
  'connection move': { shape: showConnection },
  'connection edit': { shape: showChange },
  'connection add-certificate': { shape: showChange },
  'connection remove-certificate': { shape: showChange },
  'connection certificates': { shape: listCertificates },
  'connection room': { text: renderRoom },
  'connection sign-off': { text: renderSignOffs },
  'connection sign-offs': { text: renderSignOffs },
  'tester list': { columns: TESTERS },
  'tester nominate': { text: renderNominated },
  'domain add': { text: renderDomain },
  'domain list': { columns: DOMAINS },
  'domain show': { text: renderDomain },
  'domain check': { text: renderDomain },
  'domain vouch': { text: renderDomain },
  'rollout progress': { text: renderProgress },
  'rollout summary': { text: renderSummary },
  'break-glass spend': {
    text: ({ userSid, codesLeft, passwordUntil }) =>
      `The code is valid. ${userSid} can sign in by password until ${renderTime(passwordUntil)}. ` +
      `Codes left: ${codesLeft}.`,
  },
  'client create': { text: renderApp },
  'client rotate-secret': { text: renderApp },
  'setup-link create': {
    text: (link) => renderOnce(link.url, `For ${link.name}`, link),
  },
  'api-key create': { text: (key) => renderOnce(key.secret, `Key ${key.name}`, key) },
  'scim-token create': {
    text: (token) =>
      renderOnce(
        `Base URL  ${token.baseURL}\nToken     ${token.secret}`,
        `Token ${token.name}`,
        token,
      ),
  },
  'operator invite': {
    text: ({ url, name, email, role }) =>
      url === null
        ? `Invitation sent to ${email}.`
        : `${url}\n\nHand it to ${name} (${role}). It works once, within seven days.`,
  },
  'operator sign-in': {
    text: ({ url, name, expiresAt }) =>
      `${url}\n\nFor ${name}, until ${renderTime(expiresAt)}. It works once.`,
  },
}

/** A connection with the values that both sides enter, and where. */
function showConnection(answer: Answer): Record<string, unknown> {
  const { tenantName, certificateCount, events, ours, idp, ...row } = answer
  return {
    ...row,
    tenant: tenantName,
    certificates: certificateCount,
    next: events,
    preset: idp.name,
    ourEntityID: ours.entityID,
    ourACSURL: ours.acsURL,
    ourLoginURL: ours.loginURL,
    inTheIdP: {
      place: idp.place,
      ourEntityID: idp.ours.entityID,
      ourACSURL: idp.ours.acsURL,
      ourMetadata: idp.ours.upload,
    },
    attributes: Object.entries(idp.attributes as Record<string, Answer>).map(
      ([field, { name, value }]) => `${field}: ${name} (${value})`,
    ),
    nameIDAdvice: idp.nameID,
  }
}

/** A change, without the connection after it. */
export function showChange(change: Answer): Answer {
  return { ...change, connection: undefined }
}

function listCertificates({ pinned, quarantined }: Answer): Answer[] {
  const marked = (trust: string) => (one: object) => ({ trust, ...one })
  return [...pinned.map(marked('pinned')), ...quarantined.map(marked('quarantined'))]
}

function stateOf({ verifiedAt, verifiedBy, missingSince }: Answer): string {
  if (verifiedAt === null) return 'claimed'
  if (missingSince !== null) return `verified, record missing since ${renderTime(missingSince)}`
  return verifiedBy === 'dns' ? 'verified' : 'vouched for'
}

function renderDomain(domain: Answer): string {
  const { record, failure } = domain
  return [
    `${domain.domain}: ${stateOf(domain)}`,
    ...(failure ? [`  ${failure}`] : []),
    '',
    `  ${record.type}  ${record.name}`,
    `       ${record.value}`,
  ].join('\n')
}
