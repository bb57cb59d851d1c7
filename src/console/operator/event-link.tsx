// The page of the thing that an event is about.
import { isSid, type SidKind } from '../../ids.ts'
import type { EventRow } from '../../events/store.ts'
import { Code } from '../kit/blocks.tsx'

type EventSubject = Pick<EventRow, 'subjectSid' | 'tenantSid' | 'connectionSid' | 'type'>

type Place = (subject: EventSubject) => string | null

const ofTenant =
  (page: (sid: string) => string): Place =>
  ({ tenantSid, subjectSid }) =>
    tenantSid && `/console/tenants/${tenantSid}/${page(subjectSid)}`

const ofConnection =
  (page: string): Place =>
  ({ connectionSid, tenantSid }) =>
    connectionSid
      ? `/console/connections/${connectionSid}/${page}`
      : tenantSid && `/console/tenants/${tenantSid}`

/** By kind of the subject. */
const PLACES: Readonly<Partial<Record<SidKind, Place>>> = {
  AC: ofTenant((sid) => `accounts/${sid}`),
  AK: () => '/console/keys',
  CL: ({ subjectSid }) => `/console/apps/${subjectSid}`,
  CM: ofTenant(() => 'address-claims'),
  CN: ({ subjectSid }) => `/console/connections/${subjectSid}`,
  IM: ofTenant((sid) => `imports/${sid}`),
  LD: () => '/console/apps',
  PC: ofConnection('pending'),
  RO: ({ subjectSid }) => `/console/rollouts/${subjectSid}`,
  SE: ofConnection('sessions'),
  SL: () => '/console/setup-links',
  ST: ofConnection('provisioning'),
  TN: ({ subjectSid }) => `/console/tenants/${subjectSid}`,
  US: ofTenant((sid) => `users/${sid}`),
  WH: ({ tenantSid, subjectSid }) =>
    tenantSid
      ? `/console/tenants/${tenantSid}/webhooks/${subjectSid}`
      : `/console/webhooks/${subjectSid}`,
}

/** Null: it has no page. */
export function placeOf(subject: EventSubject): string | null {
  const { subjectSid, tenantSid, connectionSid, type } = subject
  const kind = subjectSid.slice(0, 2) as SidKind
  if (isSid(subjectSid, kind) && PLACES[kind]) return PLACES[kind](subject)
  if (/^(?:key|signing_key)\./.test(type)) return '/console/keys'
  if (connectionSid) return `/console/connections/${connectionSid}`
  return tenantSid && `/console/tenants/${tenantSid}`
}

/** Of a login the page with its checks. */
export function EventLink({ event }: { event: EventSubject & { sid: string } }) {
  const { sid, connectionSid } = event
  const login = connectionSid && `/console/connections/${connectionSid}/attempts/${sid}`
  const href = isSid(sid, 'AT') ? login : placeOf(event)
  const code = <Code>{event.subjectSid}</Code>
  return <p>{href ? <a href={href}>{code}</a> : code}</p>
}
