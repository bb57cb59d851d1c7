// Mails about ways in and contacts, which nobody can switch off. Pure.
import { greeting, openBlocks, template, timeOf, type TemplateContext } from './template.ts'

const NOT_EXPECTED = 'If you did not expect this, contact support at once.'

const supportOf = ({ tenant, product }: TemplateContext) =>
  tenant?.supportContact ? `${product} support (${tenant.supportContact})` : `${product} support`

export const OWNER_KEPT_WAY = template<{
  email: string
  keptUntil: number | null
  keptBecause: 'deactivated' | 'mass_deactivation' | null
}>({
  name: 'Owner keeps the password',
  kind: 'security',
  exampleFor: 'security',
  example: {
    email: 'ann@example.com',
    keptUntil: Date.UTC(2027, 2, 6, 14),
    keptBecause: 'deactivated',
  },
  write({ email, keptUntil, keptBecause }, at) {
    const title = `An owner keeps the password: ${at.tenant?.name ?? ''}`
    const why =
      keptBecause === 'mass_deactivation'
        ? 'The IdP has deactivated many people at once, and this owner with them.'
        : 'The IdP has deactivated this owner.'
    const until = keptUntil === null ? '' : ` until ${timeOf(keptUntil)}`
    return {
      subject: title,
      title,
      blocks: [
        greeting(at),
        { p: `${why} ${email} can sign in by password${until}.` },
        {
          p:
            'If the person has left, ask support to end the exemption. ' +
            'If not, mend it at the IdP.',
        },
      ],
    }
  },
})

export const PASSWORDS_GIVEN_BACK = template<{
  by: string
  rollout: string
  to: 'sso_enabled' | 'password' | 'earlier'
  scope: 'all' | 'unproved' | 'outside'
  users: number | null
}>({
  name: 'Passwords given back',
  kind: 'security',
  exampleFor: 'security',
  example: {
    by: 'customer admin Ben',
    rollout: 'Head office',
    to: 'sso_enabled',
    scope: 'all',
    users: null,
  },
  write({ by, rollout, to, scope, users }, at) {
    const who =
      users !== null
        ? `${users === 1 ? '1 person' : `${users} people`}`
        : scope === 'unproved'
          ? 'everybody who has never signed in by SSO'
          : scope === 'outside'
            ? 'people on no list'
            : 'everybody'
    const [title, done] =
      to === 'earlier'
        ? ['Move taken back', `${by} took ${who} in the move “${rollout}” back to the earlier IdP.`]
        : [
            'Passwords given back',
            `${by} gave ${who} in the rollout “${rollout}” their passwords back. ${
              to === 'password' ? 'SSO is off for them.' : 'SSO keeps working beside the password.'
            }`,
          ]
    return {
      subject: `${title}: ${rollout}`,
      title,
      blocks: [greeting(at), { p: done }, { p: NOT_EXPECTED }],
    }
  },
})

export const BREAK_GLASS_USED = template<{ at: number; owner: string | null; left: number | null }>(
  {
    name: 'Recovery code used',
    kind: 'security',
    exampleFor: 'security',
    example: { at: Date.UTC(2027, 2, 3, 14, 5), owner: 'ann@example.com', left: 7 },
    write({ at: when, owner, left }, at) {
      const who = owner ?? 'A break-glass owner'
      return {
        subject: `Recovery code used: ${at.tenant?.name ?? at.product}`,
        title: 'A recovery code was used to sign in',
        blocks: [
          greeting(at),
          { p: `${who} signed in with a recovery code, without your IdP, on ${timeOf(when)}.` },
          ...(left === null ? [] : [{ p: `Codes left for this owner: ${left}.` }]),
          { p: `If the owner did not do this, contact ${supportOf(at)} at once.` },
          ...openBlocks(at, '/owners'),
        ],
      }
    },
  },
)

export const CONTACT_CHANGED = template<{
  by: string
  change: 'added' | 'changed' | 'removed'
  name: string
  role: string
}>({
  name: 'Contact changed',
  kind: 'security',
  exampleFor: 'security',
  example: { by: 'customer admin Ben', change: 'removed', name: 'Ann Berg', role: 'security' },
  write({ by, change, name, role }, at) {
    return {
      subject: `Contact ${change}: ${at.tenant?.name ?? at.product}`,
      title: `A ${role} contact was ${change}`,
      blocks: [
        greeting(at),
        { p: `${by} ${change} the ${role} contact ${name}.` },
        { p: NOT_EXPECTED },
        ...openBlocks(at, '/contacts'),
      ],
    }
  },
})

export const RECOVERY_CODES_WRONG = template<{ at: number; owner: string | null }>({
  name: 'Wrong recovery codes',
  kind: 'security',
  exampleFor: 'security',
  example: { at: Date.UTC(2027, 2, 3, 14, 5), owner: 'ann@example.com' },
  write({ at: when, owner }, at) {
    return {
      subject: `Wrong recovery codes entered: ${at.tenant?.name ?? at.product}`,
      title: 'Somebody entered wrong recovery codes',
      blocks: [
        greeting(at),
        {
          p:
            `Somebody entered wrong recovery codes for ${owner ?? 'a break-glass owner'}, ` +
            `last on ${timeOf(when)}. Nobody got in with them.`,
        },
        { p: `If the owner did not do this, contact ${supportOf(at)} at once.` },
      ],
    }
  },
})
