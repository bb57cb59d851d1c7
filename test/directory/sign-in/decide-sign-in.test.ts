// The decision, over every combination of what it depends on.
import { describe, expect, it } from 'vitest'
import { decideSignIn, type Exemption } from '../../../src/directory/decide-sign-in.ts'

const NOW = 1_000_000
const SID = 'CN0'

const METHODS = ['password', 'sso_enabled', 'sso_enforced'] as const
const STATES = ['draft', 'testing', 'validated', 'live', 'suspended', 'none'] as const
const PLANS = ['enterprise', 'standard'] as const
const EXEMPTIONS: Record<string, Exemption | null> = {
  none: null,
  live: { expiresAt: NOW + 1, endedAt: null, passwordUntil: null, keptUntil: null },
  expired: { expiresAt: NOW, endedAt: null, passwordUntil: null, keptUntil: null },
  ended: { expiresAt: NOW + 1, endedAt: NOW - 1, passwordUntil: null, keptUntil: null },
  // A recovery code was spent.
  opened: { expiresAt: NOW + 1, endedAt: null, passwordUntil: NOW + 1, keptUntil: null },
  'opened, and expired since': {
    expiresAt: NOW,
    endedAt: null,
    passwordUntil: NOW + 1,
    keptUntil: null,
  },
  'opened an hour ago': { expiresAt: NOW, endedAt: null, passwordUntil: NOW, keptUntil: null },
  // The IdP deactivated the owner.
  kept: { expiresAt: NOW + 1, endedAt: null, passwordUntil: null, keptUntil: NOW + 1 },
  'kept until now': { expiresAt: NOW + 1, endedAt: null, passwordUntil: null, keptUntil: NOW },
  'kept, and ended': { expiresAt: NOW + 1, endedAt: NOW, passwordUntil: null, keptUntil: NOW + 1 },
  'opened, and ended': {
    expiresAt: NOW + 1,
    endedAt: NOW,
    passwordUntil: NOW + 1,
    keptUntil: null,
  },
}

/**
 * Where neither user nor tenant is suspended and the plan has SSO: by method and state, without an
 * exemption.
 */
const TABLE = {
  password: {
    draft: 'password sso_off',
    testing: 'password sso_off',
    validated: 'password sso_off',
    live: 'password sso_off',
    suspended: 'password sso_off',
    none: 'password sso_off',
  },
  sso_enabled: {
    draft: 'password connection_not_ready',
    testing: 'choice sso_enabled',
    validated: 'choice sso_enabled',
    live: 'choice sso_enabled',
    suspended: 'password connection_suspended',
    none: 'password connection_not_ready',
  },
  sso_enforced: {
    draft: 'password connection_not_ready',
    testing: 'sso sso_enforced',
    validated: 'sso sso_enforced',
    live: 'sso sso_enforced',
    suspended: 'password connection_suspended',
    none: 'password connection_not_ready',
  },
} as const

type Inputs = {
  method: (typeof METHODS)[number]
  userSuspended: boolean
  tenantSuspended: boolean
  plan: (typeof PLANS)[number]
  state: (typeof STATES)[number]
  exemption: string
}

const ALL: Inputs[] = METHODS.flatMap((method) =>
  [false, true].flatMap((userSuspended) =>
    [false, true].flatMap((tenantSuspended) =>
      PLANS.flatMap((plan) =>
        STATES.flatMap((state) =>
          Object.keys(EXEMPTIONS).map((exemption) => ({
            method,
            userSuspended,
            tenantSuspended,
            plan,
            state,
            exemption,
          })),
        ),
      ),
    ),
  ),
)

function decide({ method, userSuspended, tenantSuspended, plan, state, exemption }: Inputs) {
  return decideSignIn(
    { signInMethod: method, suspendedAt: userSuspended ? 1 : null },
    state === 'none' ? null : { sid: SID, state },
    { plan, suspendedAt: tenantSuspended ? 1 : null },
    NOW,
    EXEMPTIONS[exemption]!,
  )
}

const isOpened = (exemption: string) => /^opened(?:, and expired since)?$/.test(exemption)

const isLive = (exemption: string) => ['live', 'kept', 'kept until now'].includes(exemption)

const words = (inputs: Inputs) => {
  const { decision, reason } = decide(inputs)
  return `${decision} ${reason}`
}

describe('the sign-in decision', () => {
  it('has 1584 combinations', () => {
    expect(ALL).toHaveLength(1584)
  })

  it('refuses a suspended person, tenant first, whatever else holds', () => {
    for (const inputs of ALL.filter(({ tenantSuspended }) => tenantSuspended))
      expect(words(inputs), JSON.stringify(inputs)).toBe('refused tenant_suspended')
    for (const inputs of ALL.filter((one) => one.userSuspended && !one.tenantSuspended))
      expect(words(inputs), JSON.stringify(inputs)).toBe(
        inputs.exemption === 'kept' ? 'password break_glass' : 'refused user_suspended',
      )
  })

  const free = ALL.filter((one) => !one.userSuspended && !one.tenantSuspended)

  it('lifts enforcement where the plan has no SSO', () => {
    for (const inputs of free.filter(({ plan }) => plan === 'standard'))
      expect(words(inputs), JSON.stringify(inputs)).toBe(
        inputs.method === 'password' ? 'password sso_off' : 'password plan_required',
      )
  })

  it('follows the table where the plan has SSO, and a live exemption gives the enforced a choice', () => {
    const entitled = free.filter(({ plan }) => plan === 'enterprise')
    for (const inputs of entitled.filter(({ exemption }) => !isOpened(exemption))) {
      const expected = TABLE[inputs.method][inputs.state]
      const isExempt = isLive(inputs.exemption) && expected === 'sso sso_enforced'
      expect(words(inputs), JSON.stringify(inputs)).toBe(isExempt ? 'choice break_glass' : expected)
    }
  })

  it('allows the password alone after a recovery code, for its time and while the exemption stands', () => {
    for (const inputs of free.filter(({ exemption }) => isOpened(exemption))) {
      expect(decide(inputs), JSON.stringify(inputs)).toMatchObject({ decision: 'password' })
      const { method, plan, state } = inputs
      const offersSSO = plan === 'enterprise' && /^(?:choice|sso) /.test(TABLE[method][state])
      expect(decide(inputs).reason === 'recovery_code', JSON.stringify(inputs)).toBe(offersSSO)
    }
  })

  it('names the connection exactly where SSO is offered', () => {
    for (const inputs of ALL) {
      const { decision, connectionSid } = decide(inputs)
      const isOffered = decision === 'choice' || decision === 'sso'
      expect(connectionSid, JSON.stringify(inputs)).toBe(isOffered ? SID : null)
    }
  })

  it('never leaves anybody who is not suspended without a way in that works', () => {
    for (const inputs of free) {
      const { decision } = decide(inputs)
      const works = inputs.plan === 'enterprise' && /testing|validated|live/.test(inputs.state)
      expect(decision === 'refused' || (decision === 'sso' && !works), JSON.stringify(inputs)).toBe(
        false,
      )
    }
  })
})
