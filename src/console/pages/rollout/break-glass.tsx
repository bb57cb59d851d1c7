// Break-glass owners of a tenant, in the console: added for a time, with their state.
import type { Hono } from 'hono'
import type { Tenant } from '../../../directory/tenants/store.ts'
import { getTenant } from '../../../directory/operations.ts'
import { type Problem, problem } from '../../../problem.ts'
import {
  addBreakGlass,
  endBreakGlass,
  listBreakGlass,
  type Owner,
} from '../../../rollout/operations.ts'
import { Section } from '../../kit/blocks.tsx'
import { ButtonForm, Form, SelectField, SubmitRow, TextField } from '../../kit/forms.tsx'
import type { App, AppContext } from '../../../platform/http/http.ts'
import {
  seeOther,
  showAgain,
  showPage,
  unwrap,
  type AdminContext,
} from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { messageOf } from '../../kit/words.ts'
import { OwnerTable } from './owner-table.tsx'
import { DAY } from '../../../durations.ts'

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
  { value: '365', label: '1 year' },
]

const DRILLS = [
  { value: '0', label: 'No drills' },
  { value: '30', label: 'Every 30 days' },
  { value: '90', label: 'Every 90 days' },
  { value: '180', label: 'Every 180 days' },
]

type BreakGlassValues = {
  user: string
  reason: string
  expiresInDays: string
  drillDays: string
  drillAt: string
}
type At = { admin: AdminContext; tenant: Tenant; path: string }

const FIRST: BreakGlassValues = {
  user: '',
  reason: '',
  expiresInDays: '180',
  drillDays: '90',
  drillAt: '',
}

export function breakGlassRoutes(
  routes: Hono<App>,
  openAdmin: (c: AppContext) => Promise<AdminContext>,
): void {
  const open = async (c: AppContext): Promise<At> => {
    const admin = await openAdmin(c)
    const tenant = unwrap(await getTenant(admin.context, c.req.param('tenant') ?? ''))
    return { admin, tenant, path: `/console/tenants/${tenant.sid}/break-glass` }
  }
  const ownersOf = async ({ admin, tenant }: At) =>
    unwrap(await listBreakGlass(admin.context, tenant.sid))

  routes.get('/tenants/:tenant/break-glass', async (c) => {
    const at = await open(c)
    return showPage(c, <OwnersPage at={at} owners={await ownersOf(at)} values={FIRST} />)
  })

  routes.post('/tenants/:tenant/break-glass', async (c) => {
    const at = await open(c)
    const form = await readForm(c)
    const values = {
      user: form.text('user'),
      reason: form.text('reason'),
      expiresInDays: form.text('expiresInDays'),
      drillDays: form.text('drillDays'),
      drillAt: form.text('drillAt'),
    }
    const { context } = at.admin
    const added = await addBreakGlass(context, at.tenant.sid, {
      user: values.user,
      reason: values.reason,
      expiresAt: context.now + form.number('expiresInDays') * DAY,
      drillDays: values.drillDays === '' ? undefined : form.number('drillDays'),
      drillAt: values.drillAt === '' ? undefined : Date.parse(`${values.drillAt}Z`),
    })
    if (added.ok) return seeOther(c, at.path, 'owner_named')
    const shown =
      added.error.code === 'not_there'
        ? problem('input', 'the login e-mail of a user of this tenant', values.user, 'user').error
        : added.error
    const page = <OwnersPage at={at} owners={await ownersOf(at)} values={values} problem={shown} />
    return showAgain(c, shown, page)
  })

  routes.post('/tenants/:tenant/break-glass/:user/end', async (c) => {
    const at = await open(c)
    unwrap(await endBreakGlass(at.admin.context, at.tenant.sid, c.req.param('user')))
    return seeOther(c, at.path, 'owner_ended')
  })
}

function crumbsTo({ tenant }: At) {
  return [
    { name: 'Tenants', href: '/console/tenants' },
    { name: tenant.name, href: `/console/tenants/${tenant.sid}` },
  ]
}

function OwnersPage(props: {
  at: At
  owners: readonly Owner[]
  values: BreakGlassValues
  problem?: Problem | undefined
}) {
  const { at, owners, values, problem: refused } = props
  const { admin } = at
  return (
    <admin.Frame
      title="Break-glass owners"
      breadcrumb={crumbsTo(at)}
      problem={refused}
      problemField={refused?.field === 'expiresAt' ? 'expiresInDays' : undefined}
      lead={
        <>
          Owners who keep their password after enforcement, in case the IdP is down. SSO cannot be
          enforced for a customer without one. Each owner creates recovery codes on a page of their
          own, <code>{`${admin.origin}/recovery-codes`}</code>, after signing in by SSO.
        </>
      }
    >
      <OwnerTable
        owners={owners}
        now={admin.context.now}
        action={(owner) => (
          <ButtonForm
            action={`${at.path}/${owner.userSid}/end`}
            label="End exemption"
            about={`of ${owner.email}`}
            tone="danger"
          />
        )}
      />
      <OwnerForm at={at} values={values} problem={refused} />
    </admin.Frame>
  )
}

function OwnerForm(props: { at: At; values: BreakGlassValues; problem: Problem | undefined }) {
  const { at, values, problem: refused } = props
  const errorOf = (field: string) =>
    refused?.field === field ? messageOf(refused, at.admin.reader) : undefined
  return (
    <Section
      id="new"
      title="Add owner"
      lead={
        <>
          If SSO is enforced for the person, the password works again. Adding an owner again renews
          the exemption.
        </>
      }
    >
      <Form action={at.path}>
        <TextField
          name="user"
          label="Login e-mail"
          hint="A user of this tenant. You can also enter the SID."
          value={values.user}
          required={true}
          error={errorOf('user')}
        />
        <TextField
          name="reason"
          label="Reason"
          hint="Such as “runs the account, reachable at night”."
          value={values.reason}
          required={true}
          error={errorOf('reason')}
        />
        <SelectField
          name="expiresInDays"
          label="Duration"
          options={LIVES}
          value={values.expiresInDays}
          error={errorOf('expiresAt')}
        />
        <SelectField
          name="drillDays"
          label="Drills"
          hint="On the date, the owner tries one recovery code. It is late a week after it."
          options={DRILLS}
          value={values.drillDays}
          error={errorOf('drillDays')}
        />
        <TextField
          name="drillAt"
          label="Next drill, in UTC"
          hint="Optional. By default it follows from the interval."
          kind="instant"
          value={values.drillAt}
          error={errorOf('drillAt')}
        />
        <SubmitRow primary="Add owner" cancel={{ href: `/console/tenants/${at.tenant.sid}` }} />
      </Form>
    </Section>
  )
}
