// The states of a connection: the whole table, what walks through it can and cannot reach, and what
// edits do.
import { getTableColumns } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  ACTIVE_STATES,
  eventsFrom,
  LIFECYCLE_EVENTS,
  transition,
  type ActiveState,
  type ConnectionState,
  type LifecycleEvent,
  type LifecycleFacts,
} from '../../src/connections/lifecycle.ts'
import {
  effectOfEdit,
  TRUST_FIELDS,
  type TrustField,
  type TrustFields,
} from '../../src/connections/trust.ts'
import type { Reachability } from '../../src/connections/reachability.ts'
import { connections } from '../../src/platform/db/schema.ts'
import { seeded } from '../support/random.ts'

const STATES: readonly ConnectionState[] = [...ACTIVE_STATES, 'suspended']

const COMPLETE: LifecycleFacts = {
  entityID: 'https://idp.tenant.example/metadata',
  certificates: ['AA'],
  ssoRedirectURL: 'https://idp.tenant.example/sso',
  ssoPostURL: null,
  idpInitiated: 'restart',
  reachability: null,
  suspendedFrom: 'live',
  changedSinceSuspended: false,
}

const answered = (result: Reachability['result']): Reachability => ({
  field: 'ssoRedirectURL',
  url: COMPLETE.ssoRedirectURL!,
  result,
  reason: 'as it is',
})

/** Where each event leads from each state; a dash: nowhere. */
const EXPECTED: Record<LifecycleEvent, Record<ConnectionState, ConnectionState | '-'>> = {
  begin_testing: table('testing', '-', '-', '-', '-'),
  validate: table('-', 'validated', '-', '-', '-'),
  go_live: table('-', '-', 'live', '-', '-'),
  suspend: table('suspended', 'suspended', 'suspended', 'suspended', '-'),
  resume: table('-', '-', '-', '-', 'live'),
  break_trust: table('-', '-', 'testing', 'testing', '-'),
  withdraw: table('-', 'draft', 'draft', '-', '-'),
}

function table(...[draft, testing, validated, live, suspended]: (ConnectionState | '-')[]) {
  return { draft, testing, validated, live, suspended } as Record<
    ConnectionState,
    ConnectionState | '-'
  >
}

describe('the states', () => {
  it('are those of the schema', () => {
    expect(connections.state.enumValues).toEqual(STATES)
  })

  it.each(LIFECYCLE_EVENTS.flatMap((event) => STATES.map((state) => [event, state] as const)))(
    '%s from %s',
    (event, state) => {
      const expected = EXPECTED[event][state]
      const result = transition(state, event, COMPLETE)
      expect(eventsFrom(state).includes(event)).toBe(expected !== '-')
      if (expected === '-')
        expect(result).toEqual({
          ok: false,
          code: 'lifecycle',
          expected: expect.stringMatching(/^\w+( or \w+)*$/),
          received: state,
        })
      else
        expect(result).toEqual({
          ok: true,
          state: expected,
          suspendedFrom: event === 'suspend' ? state : null,
        })
    },
  )

  it('say what an event needs', () => {
    expect(transition('draft', 'break_trust', COMPLETE)).toEqual({
      ok: false,
      code: 'lifecycle',
      expected: 'validated or live',
      received: 'draft',
    })
  })
})

describe('begin_testing', () => {
  it.each<
    [string, Partial<LifecycleFacts & { logoutRedirectURL: string | null }>, string | undefined]
  >([
    ['a Redirect URL', {}, undefined],
    ['a POST URL', { ssoRedirectURL: null, ssoPostURL: 'https://idp.tenant.example' }, undefined],
    ['IdP-initiated logins alone', { ssoRedirectURL: null, idpInitiated: 'accept' }, undefined],
    ['no URL', { ssoRedirectURL: null }, 'no SSO URL'],
    ['an empty URL', { ssoRedirectURL: '' }, 'no SSO URL'],
    [
      'no URL and IdP-initiated logins refused',
      { ssoRedirectURL: null, idpInitiated: 'refuse' },
      'no SSO URL',
    ],
    ['no identifier', { entityID: '' }, 'no identifier'],
    ['no certificate', { certificates: [] }, 'no certificate'],
    [
      'an SSO URL that does not answer',
      { reachability: [answered('unreachable')] },
      `${COMPLETE.ssoRedirectURL} is unreachable: as it is`,
    ],
    [
      'an SSO URL that is private',
      { reachability: [answered('private')] },
      `${COMPLETE.ssoRedirectURL} is private: as it is`,
    ],
    ['an SSO URL that answers', { reachability: [answered('reachable')] }, undefined],
    ['an SSO URL of which nobody knows', { reachability: [] }, undefined],
    [
      'another SSO URL than the one that was asked',
      { reachability: [{ ...answered('private'), url: 'https://idp.tenant.example/old' }] },
      undefined,
    ],
    [
      'a logout URL that is private',
      {
        logoutRedirectURL: COMPLETE.ssoRedirectURL,
        reachability: [{ ...answered('private'), field: 'logoutRedirectURL' }],
      },
      undefined,
    ],
    [
      'nothing',
      { entityID: '', certificates: [], ssoRedirectURL: null },
      'no identifier; no certificate; no SSO URL',
    ],
  ])('with %s', (_, facts, missing) => {
    const result = transition('draft', 'begin_testing', { ...COMPLETE, ...facts })
    if (missing === undefined) expect(result).toMatchObject({ ok: true, state: 'testing' })
    else expect(result).toMatchObject({ ok: false, code: 'lifecycle', received: missing })
  })
})

describe('resume', () => {
  it.each<[ActiveState | null, boolean, ActiveState]>([
    ['draft', false, 'draft'],
    ['testing', false, 'testing'],
    ['validated', false, 'validated'],
    ['live', false, 'live'],
    ['draft', true, 'draft'],
    ['testing', true, 'testing'],
    ['validated', true, 'testing'],
    ['live', true, 'testing'],
    [null, false, 'draft'],
    [null, true, 'draft'],
  ])('of %s, changed meanwhile: %s', (suspendedFrom, changedSinceSuspended, state) => {
    const facts = { ...COMPLETE, suspendedFrom, changedSinceSuspended }
    expect(transition('suspended', 'resume', facts)).toEqual({
      ok: true,
      state,
      suspendedFrom: null,
    })
  })
})

describe('any sequence of events and edits', () => {
  it.each([1, 2, 3, 4, 5])('keeps the rules, seed %i', (seed) => {
    const random = seeded(seed)
    let timesLive = 0
    let state: ConnectionState = 'draft'
    let suspendedFrom: ActiveState | null = null
    let changedSinceSuspended = false
    let isValidated = false

    for (let step = 0; step < 10_000; step++) {
      // An edit that breaks trust: where the state does not hear of it at once, the next resume
      // must.
      const isEdit = random.chance(0.1)
      const events = random.chance(0.8) ? eventsFrom(state) : LIFECYCLE_EVENTS
      const event: LifecycleEvent = isEdit ? 'break_trust' : random.pick(events)
      if (isEdit && state === 'suspended') changedSinceSuspended = true
      if (isEdit) isValidated = false

      const before: ConnectionState = state
      const facts = { ...COMPLETE, suspendedFrom, changedSinceSuspended }
      const result = transition(state, event, facts)
      if (!result.ok) continue
      state = result.state
      suspendedFrom = result.suspendedFrom
      if (state === 'suspended') changedSinceSuspended = false
      if (event === 'validate') isValidated = true
      if (event === 'break_trust') isValidated = false

      if (state === 'live') {
        timesLive++
        expect(isValidated, `live by ${event}`).toBe(true)
      }
      if (before === 'suspended') expect(event).toBe('resume')
      expect(suspendedFrom !== null).toBe(state === 'suspended')
    }
    expect(timesLive).toBeGreaterThan(100)
  })

  it('reaches every state', () => {
    const reached = new Set<ConnectionState>(['draft'])
    for (const state of reached)
      for (const event of LIFECYCLE_EVENTS) {
        const result = transition(state, event, COMPLETE)
        if (result.ok) reached.add(result.state)
      }
    expect([...reached].toSorted()).toEqual([...STATES].toSorted())
  })
})

describe('an edit', () => {
  const BEFORE: TrustFields = {
    entityID: 'https://idp.tenant.example/metadata',
    ssoRedirectURL: 'https://idp.tenant.example/sso',
    ssoPostURL: null,
    requestBinding: 'HTTP-Redirect',
    certificates: ['AA', 'BB'],
    attributeMapping: { email: 'mail', firstName: 'givenName' },
    optionalNames: [],
    allow: ['sha1', 'aes-cbc'],
    clockSkewSeconds: 60,
    nameIDFormat: null,
    idpInitiated: 'restart',
    forceAuthn: false,
    requestedAuthnContext: null,
    requireAuthnContext: false,
    maximumAuthnAgeMinutes: null,
    signRequests: true,
  }

  it.each<[TrustField, Partial<TrustFields>, boolean]>([
    ['entityID', { entityID: 'https://idp.tenant.example/metadata/' }, true],
    ['ssoRedirectURL', { ssoRedirectURL: null }, true],
    ['ssoPostURL', { ssoPostURL: 'https://idp.tenant.example/sso' }, true],
    ['requestBinding', { requestBinding: 'HTTP-POST' }, true],
    ['certificates', { certificates: ['AA', 'BB', 'CC'] }, false],
    ['certificates', { certificates: ['BB'] }, false],
    ['certificates', { certificates: ['CC', 'DD'] }, false],
    ['attributeMapping', { attributeMapping: { email: 'mail' } }, false],
    ['attributeMapping', { attributeMapping: null }, false],
    ['allow', { allow: ['sha1'] }, false],
    ['clockSkewSeconds', { clockSkewSeconds: 61 }, false],
    ['nameIDFormat', { nameIDFormat: 'urn:x' }, false],
    ['idpInitiated', { idpInitiated: 'accept' }, false],
    ['forceAuthn', { forceAuthn: true }, false],
    ['requestedAuthnContext', { requestedAuthnContext: ['urn:x'] }, false],
    ['requireAuthnContext', { requireAuthnContext: true }, false],
    ['maximumAuthnAgeMinutes', { maximumAuthnAgeMinutes: 60 }, false],
    ['signRequests', { signRequests: false }, false],
  ])('of %s: %j', (field, change, breaksTrust) => {
    const after = { ...BEFORE, ...change }
    expect(effectOfEdit(BEFORE, after)).toEqual({
      changed: [field],
      raisesRevision: true,
      breaksTrust,
    })
    expect(effectOfEdit(after, BEFORE).breaksTrust).toBe(breaksTrust)
  })

  it('of several fields breaks trust where one of them does', () => {
    expect(effectOfEdit(BEFORE, { ...BEFORE, forceAuthn: true, entityID: 'urn:other' })).toEqual({
      changed: ['entityID', 'forceAuthn'],
      raisesRevision: true,
      breaksTrust: true,
    })
  })

  it.each<[string, Partial<TrustFields> & { name?: string }]>([
    ['nothing', {}],
    ['the order of certificates', { certificates: ['BB', 'AA'] }],
    ['a certificate given twice', { certificates: ['AA', 'BB', 'AA'] }],
    ['the order of the switches', { allow: ['aes-cbc', 'sha1'] }],
    ['the order of a mapping', { attributeMapping: { firstName: 'givenName', email: 'mail' } }],
    ['the name of the connection', { name: 'Another' }],
  ])('of %s changes nothing', (_, change) => {
    expect(effectOfEdit(BEFORE, { ...BEFORE, ...change })).toEqual({
      changed: [],
      raisesRevision: false,
      breaksTrust: false,
    })
  })

  it('takes no mapping for an empty one', () => {
    const { changed } = effectOfEdit(
      { ...BEFORE, attributeMapping: null },
      { ...BEFORE, attributeMapping: {} },
    )
    expect(changed).toEqual([])
  })

  it('knows of every column whether it matters', () => {
    // Whose the row is, where it stands, and what is used only after a login is over.
    const others = [
      'sid',
      'tenantSid',
      'name',
      'state',
      // The synthetic login: no edit reaches it.
      'purpose',
      'revision',
      'suspendedFrom',
      'suspendedRevision',
      'logoutRedirectURL',
      // They end sessions, and sign nobody in.
      'revocationIssuer',
      'revocationKeysURL',
      'endSessionsOn',
      // It decides how new users begin, not whom a login proves.
      'newcomers',
      'newcomersPerHour',
      // Words, and what was observed.
      'preset',
      'reachability',
      'reachabilityCheckedAt',
      'lastLoginAt',
      'triedRevision',
      'metadataFetchedAt',
      'createdAt',
      'updatedAt',
    ]
    const known = new Set([...others, ...Object.keys(TRUST_FIELDS)])
    const columns = Object.keys(getTableColumns(connections))
    expect(columns.filter((column) => !known.has(column))).toEqual([])
  })
})
