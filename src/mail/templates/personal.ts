// Mails that one person sends another: a setup link, an invitation to test. Pure.
import { ROLE_WORDS, type Role } from '../../events/roles.ts'
import { greeting, helpBlocks, placeOf, template, textsOf, timeOf } from './template.ts'

const ACTIONS = [
  ['configure', 'enter the details of your IdP'],
  ['test', 'test the sign-in'],
  ['release', 'release NameIDs'],
  ['rollBack', 'give passwords back'],
] as const

const wordsIn =
  (capabilities: readonly string[]) =>
  ([capability, words]: (typeof ACTIONS)[number]) =>
    capabilities.includes(capability) ? `, ${words}` : ''

export const SETUP_LINK = template<{
  url: string
  expiresAt: number
  /** Null: the product invites. */
  invitedBy: string | null
  capabilities: readonly string[]
  /** The link takes the place of an earlier one, which no longer works. */
  isAgain: boolean
}>({
  name: 'Setup link',
  kind: 'personal',
  exampleFor: 'person',
  example: {
    url: 'https://sso.example.com/setup/EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EX',
    expiresAt: Date.UTC(2027, 2, 10, 9),
    invitedBy: 'Olga Stein',
    capabilities: ['configure', 'test'],
    isAgain: false,
  },
  write({ url, expiresAt, invitedBy, capabilities, isAgain }, at) {
    const of = at.tenant?.name ?? 'your organization'
    return {
      subject: `${isAgain ? 'New setup link' : 'Set up single sign-on'}: ${at.product}`,
      title: isAgain ? 'Your new setup link' : `Set up single sign-on for ${of}`,
      blocks: [
        greeting(at),
        {
          p:
            `${inviterOf(invitedBy, at)} invites you to set up single sign-on for ${of}, ` +
            `connection “${at.connection?.name ?? ''}”.`,
        },
        ...(isAgain ? [{ p: 'Your earlier link no longer works. Use this one.' }] : []),
        { button: { label: 'Open the setup portal', href: url } },
        {
          facts: [
            ['Works until', timeOf(expiresAt)],
            ['You can', `view the settings${ACTIONS.map(wordsIn(capabilities)).join('')}`],
          ],
        },
        {
          p:
            'You need no account. Nothing changes for users until both sides have tested the ' +
            'connection. Keep this mail to yourself: everybody with the link can use it.',
        },
        ...helpBlocks(at),
      ],
    }
  },
})

/** “Olga Stein of Acme”, or the product where no person is known. */
const inviterOf = (name: string | null, { product }: { product: string }) =>
  name === null ? product : `${name} of ${product}`

export const OPERATOR_INVITATION = template<{
  url: string
  expiresAt: number
  invitedBy: string | null
  role: Role
}>({
  name: 'Invitation of an operator',
  kind: 'personal',
  exampleFor: 'person',
  example: {
    url: 'https://sso.example.com/console/sign-in?link=EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EX',
    expiresAt: Date.UTC(2027, 2, 10, 9),
    invitedBy: 'Olga Stein',
    role: 'support',
  },
  write({ url, expiresAt, invitedBy, role }, at) {
    const { name, about } = ROLE_WORDS[role]
    return {
      subject: `You are invited to the SSO console: ${at.product}`,
      title: `Your account in the SSO console of ${at.product}`,
      blocks: [
        greeting(at),
        { p: `${inviterOf(invitedBy, at)} invites you to operate single sign-on.` },
        { button: { label: 'Open the console', href: url } },
        {
          facts: [
            ['Works once, until', timeOf(expiresAt)],
            ['Your role', `${name}. ${about}`],
          ],
        },
        { p: 'Keep this mail to yourself: everybody with the link can sign in as you.' },
      ],
    }
  },
})

export const TEST_INVITATION = template<{ url: string; invitedBy: string }>({
  name: 'Invitation to test',
  kind: 'personal',
  exampleFor: 'person',
  example: {
    url: 'https://sso.example.com/sso/CN00000000000000000000000000000000',
    invitedBy: 'Ben Otto',
  },
  write({ url, invitedBy: person }, at) {
    const { product, connection, receiver } = at
    const t = textsOf(at)
    const idp = connection?.idp.name
    const account = idp ? t.text('mailTestAccount', { idp }) : t.text('mailTestAccountCompany')
    const { name } = receiver
    return {
      subject: t.text('mailTestSubject', { product }),
      title: t.text('mailTestTitle', { product }),
      blocks: [
        { p: name ? t.text('mailHello', { name }) : t.text('mailHelloNobody') },
        { p: `${t.text('mailTestAsks', { person, product })} ${account}` },
        {
          list: [
            t.text('mailTestPrivateWindow'),
            t.text('mailTestSignIn'),
            t.text('mailTestDone', { product }),
          ],
        },
        { button: { label: t.text('mailTestButton'), href: url } },
        { p: t.text('mailTestPassword') },
      ],
    }
  },
})

export const TEST_RESULTS = template<{
  verdict: 'pass' | 'fail'
  side: 'operator' | 'customer'
}>({
  name: 'Test result recorded',
  kind: 'results',
  exampleFor: 'technical',
  example: { verdict: 'fail', side: 'operator' },
  write({ verdict, side }, at) {
    const who =
      side === 'operator'
        ? `${at.product} support`
        : at.receiver.role === 'operator'
          ? 'The customer'
          : 'Your side'
    const result = verdict === 'pass' ? 'passed' : 'failed'
    return {
      subject: `Test ${result}: ${placeOf(at)}`,
      title: `${who} recorded: the test ${result}`,
      blocks: [
        greeting(at),
        { p: `${who} recorded a result for ${placeOf(at)}: the test ${result}.` },
        {
          p:
            verdict === 'pass'
              ? 'The connection is validated once both sides have recorded “passed”.'
              : 'The validation room shows each attempt, and how to mend it at the IdP.',
        },
        ...helpBlocks(at),
      ],
    }
  },
})
