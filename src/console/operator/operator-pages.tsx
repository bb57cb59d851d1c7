// The pages of operators' accounts. They only render.
import type { Operator } from '../../access/operations.ts'
import { roleOf } from '../../events/actor.ts'
import { hasPermission, ROLE_WORDS, ROLES } from '../../events/roles.ts'
import type { Problem } from '../../problem.ts'
import {
  Code,
  DangerZone,
  DataTable,
  EmptyState,
  KeyValues,
  LastTime,
  Pagination,
  Section,
  Status,
} from '../kit/blocks.tsx'
import type { AdminContext } from '../kit/admin-context.tsx'
import { ButtonForm, Form, RadioGroup, SubmitRow, TextField } from '../kit/forms.tsx'
import type { PageLinks } from '../kit/lists.ts'
import { roleOptions, ShownOnce } from '../kit/secrets.tsx'
import { messageOf } from '../kit/words.ts'
import { OwnIdpSection, type OwnIdp } from './own-idp.tsx'

const PATH = '/console/operators'
const LIST = { name: 'Operators', href: PATH }

export type OperatorValues = { name: string; email: string; role: string; signsInBy: string }

export function valuesOfOperator({ name, email, role, signsInBy }: Operator): OperatorValues {
  return { name, email, role, signsInBy }
}

const WAYS = [
  { value: 'any', label: 'Link, Cloudflare Access or your company’s IdP' },
  { value: 'own_idp', label: 'Your company’s IdP alone' },
]

const errorsFor = (problem: Problem | undefined) => (field: string) =>
  problem?.field === field ? messageOf(problem, 'operator') : undefined

/** Whether the reader manages operators: others see them. */
function isManager({ context }: AdminContext): boolean {
  const role = roleOf(context.actor)
  return role !== undefined && hasPermission(role, 'operators')
}

export function OperatorsPage(props: {
  admin: AdminContext
  operators: readonly Operator[]
  links: PageLinks
  values: OperatorValues
  problem?: Problem
  own: OwnIdp
}) {
  const { admin, operators, links, values, problem, own } = props
  const errorOf = errorsFor(problem)
  return (
    <admin.Frame
      title="Operators"
      problem={problem}
      lead="People of your company who use this console. Their role decides what they may do."
    >
      <OperatorTable admin={admin} operators={operators} />
      <Pagination {...links} />
      <OwnIdpSection own={own} mayChange={isManager(admin)} />
      {isManager(admin) && (
        <Section id="invite" title="Invite operator">
          <Form action={PATH}>
            <TextField
              name="name"
              label="Name"
              hint="The history shows it with every action."
              value={values.name}
              required={true}
              error={errorOf('name')}
            />
            <TextField
              name="email"
              label="E-mail"
              kind="email"
              hint="The invitation goes there. Cloudflare Access and your IdP must send it."
              value={values.email}
              required={true}
              error={errorOf('email')}
            />
            <RadioGroup
              name="role"
              label="Role"
              options={roleOptions(ROLES)}
              value={values.role}
              required={true}
              error={errorOf('role')}
            />
            <SubmitRow primary="Send invitation" />
          </Form>
        </Section>
      )}
    </admin.Frame>
  )
}

function OperatorTable(props: { admin: AdminContext; operators: readonly Operator[] }) {
  const { admin, operators } = props
  const { now, actor } = admin.context
  const isOwn = ({ sid }: Operator) => 'id' in actor && actor.id === sid
  return (
    <DataTable
      caption="Operators"
      captionHidden={true}
      columns={[
        {
          name: 'Name',
          cell: (operator) => (
            <a href={`${PATH}/${operator.sid}`}>
              {operator.name}
              {isOwn(operator) && ' (you)'}
            </a>
          ),
        },
        { name: 'E-mail', cell: ({ email }) => email },
        { name: 'Role', cell: ({ role }) => ROLE_WORDS[role].name },
        {
          name: 'State',
          cell: ({ lastSignedInAt }) =>
            lastSignedInAt === null ? (
              <Status tone="progress">Invited</Status>
            ) : (
              <Status tone="good">Active</Status>
            ),
        },
        {
          name: 'Last signed in',
          cell: ({ lastSignedInAt }) => <LastTime at={lastSignedInAt} now={now} />,
        },
      ]}
      rows={operators}
      empty={<EmptyState title="No operators yet" />}
    />
  )
}

export function OperatorPage(props: {
  admin: AdminContext
  operator: Operator
  /** Valid ones that the operator has made. */
  keys: number
  values: OperatorValues
  problem?: Problem
}) {
  const { admin, operator, keys, values, problem } = props
  const { sid, name } = operator
  const errorOf = errorsFor(problem)
  return (
    <admin.Frame
      title={name}
      breadcrumb={[LIST]}
      lead={operator.email}
      problem={problem}
      narrow={true}
    >
      <OperatorFacts operator={operator} now={admin.context.now} />
      {isManager(admin) && (
        <>
          <Section id="edit" title="Account">
            <Form action={`${PATH}/${sid}`}>
              <TextField
                name="name"
                label="Name"
                value={values.name}
                required={true}
                error={errorOf('name')}
              />
              <RadioGroup
                name="role"
                label="Role"
                hint="A new role ends sessions, and API keys of theirs that may do more."
                options={roleOptions(ROLES)}
                value={values.role}
                error={errorOf('role')}
              />
              <RadioGroup
                name="signsInBy"
                label="Ways to sign in"
                hint="One owner always keeps links and Cloudflare Access."
                options={WAYS}
                value={values.signsInBy}
                error={errorOf('signsInBy')}
              />
              <SubmitRow primary="Save operator" cancel={{ href: PATH }} />
            </Form>
          </Section>
          <DangerZone
            actions={[
              {
                title: 'Remove operator',
                text:
                  `${name} can no longer sign in, and open sessions end. The history keeps the ` +
                  `name. ${wordsOfKeys(keys)}`,
                control: (
                  <ButtonForm
                    action={`${PATH}/${sid}/remove`}
                    label="Remove operator"
                    tone="danger"
                  />
                ),
              },
            ]}
          />
        </>
      )}
    </admin.Frame>
  )
}

function wordsOfKeys(keys: number): string {
  if (keys === 0) return 'No API key ends with it.'
  return keys === 1
    ? 'The API key that this person made ends too: make another one first.'
    : `The ${keys} API keys that this person made end too: make others first.`
}

/** What an account is, for others and for its own page. */
export function OperatorFacts({ operator, now }: { operator: Operator; now: number }) {
  const { role, emailVerifiedAt, lastSignedInAt, sid, createdBy } = operator
  return (
    <KeyValues
      rows={[
        { name: 'Role', value: `${ROLE_WORDS[role].name}. ${ROLE_WORDS[role].about}` },
        {
          name: 'E-mail proved',
          value: emailVerifiedAt === null ? 'Not yet' : <LastTime at={emailVerifiedAt} now={now} />,
        },
        { name: 'Last signed in', value: <LastTime at={lastSignedInAt} now={now} /> },
        { name: 'Invited by', value: createdBy },
        { name: 'Identifier', value: <Code>{sid}</Code> },
      ]}
    />
  )
}

export function InvitedPage(props: {
  admin: AdminContext
  operator: Operator
  url: string
  expiresAt: number
}) {
  const { admin, operator, url, expiresAt } = props
  return (
    <admin.Frame
      title="Operator invited"
      breadcrumb={[LIST]}
      lead={`${operator.name}, ${operator.email}. No mail was sent: hand the link over.`}
      narrow={true}
    >
      <ShownOnce
        label="Sign-in link"
        value={url}
        hint="Send it only to this person. It works once."
        of={{ expiresAt, revokedAt: null }}
        now={admin.context.now}
        href={PATH}
      />
    </admin.Frame>
  )
}
