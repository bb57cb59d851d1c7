// A rollout from its list to enforcement, as both sides see it.
import { TEMPLATE } from '../../support/notice-text.ts'
import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { createSetupLink } from '../../../src/access/operations.ts'
import { createConnection } from '../../../src/connections/operations.ts'
import { certificates, connections } from '../../../src/platform/db/schema.ts'
import { createTenant } from '../../../src/directory/operations.ts'
import type { Problem } from '../../../src/problem.ts'
import type { Result } from '../../../src/result.ts'
import {
  addBreakGlass,
  enable,
  inform,
  review,
  setNotice,
} from '../../../src/rollout/operations.ts'
import type { Shot, Tour } from './console-tour.ts'
import { createCorp } from './corp.ts'
import { storedCertificate } from '../../support/stored-certificate.ts'

const DAY = 24 * 3600 * 1000

export async function tourRollout(
  { origin, database, idp }: Tour,
  pages: { operator: Page; customer: Page },
  shot: Shot,
  run: string,
): Promise<void> {
  const { operator, customer } = pages
  const { client } = database
  const ask = () => database.ask()
  const tenant = good(await createTenant(ask(), { name: `Northwind Traders, ${run}` }))
  const connection = good(await createConnection(ask(), tenant.sid, { name: 'Entra ID' }))
  const connectionSid = connection.sid
  await client
    .update(connections)
    .set({ state: 'validated', entityID: idp.entityID, ssoRedirectURL: idp.ssoURL })
    .where(eq(connections.sid, connectionSid))
  await client.insert(certificates).values({
    connectionSid,
    ...(await storedCertificate(idp.certificate)),
    createdAt: Date.now(),
  })
  const place = { tenantSid: tenant.sid, connectionSid, domain: `northwind-${run}.example` }
  const corp = await createCorp(database, place)
  await corp.signOff()
  const link = good(
    await createSetupLink(ask(), connectionSid, {
      name: 'Ann Admin',
      capabilities: ['configure', 'test'],
      expiresInMinutes: 7 * 24 * 60,
    }),
  )
  await customer.goto(`${origin}/setup/${link.secret}`)

  const base = `${origin}/console/connections/${connectionSid}`
  await operator.goto(`${base}/rollouts/new`)
  await operator.getByLabel('Name').fill('Everybody')
  await operator.getByRole('button', { name: 'Create rollout' }).click()
  const sid = new URL(operator.url()).pathname.split('/').at(-1)!
  const path = `${base}/rollouts/${sid}`
  const portal = `${origin}/setup/rollouts/${sid}`
  const names = corp.accounts.map(({ externalID }) => externalID)
  await operator.getByLabel('Accounts').fill([...names, 'marketing'].join('\n'))
  await operator.getByLabel('Login e-mail domains').fill('northwind.exmaple')
  await operator.getByRole('button', { name: 'Save and freeze version 1' }).click()
  await shot('rollout-choose', operator)
  await operator.goto(path)
  await operator.getByRole('button', { name: 'Save and freeze version 1' }).click()

  await customer.goto(portal)
  await customer.getByLabel('IdP user list').setInputFiles({
    name: 'users.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(corp.idpList),
  })
  await customer.getByRole('button', { name: 'Upload and compare' }).click()
  await shot('rollout-idp-list-changes', customer)
  await customer.getByRole('button', { name: 'Save list and exclude' }).click()
  await shot('rollout-review', customer)
  await customer.goto(`${portal}/list`)
  await shot('rollout-list', customer)
  await customer.goto(`${portal}/list?finding=alias`)
  await shot('rollout-list-aliases', customer)
  await customer.getByRole('button', { name: 'Map anna.bell' }).click()
  await customer.goto(`${portal}/aliases`)
  await shot('rollout-aliases', customer)

  const version = 1
  good(await review(ask(), sid, { version, includedExistInIdP: true, automaticStayOut: true }))
  good(await enable(ask(), sid, { version }))
  await customer.goto(`${portal}/notice`)
  await customer.getByLabel('Start date').fill('Monday, 1 December')
  await customer.getByLabel('Link to try it').fill('https://sso.vendor.example/login')
  await customer.getByRole('button', { name: 'Preview notice' }).click()
  await shot('rollout-notice', customer)
  const words = { link: 'https://sso.vendor.example/login', date: 'Monday, 1 December' }
  good(await setNotice(ask(), sid, { ...TEMPLATE, ...words }))
  await customer.goto(portal)
  await shot('rollout-go-ahead-waits', customer)
  good(await inform(ask(), sid, { version }))
  await corp.live()
  await corp.prove(corp.people.slice(0, 33).map((person) => person.sid))

  await operator.goto(`${origin}/console/tenants/${tenant.sid}/break-glass`)
  const owner = { user: corp.owner.email, reason: 'runs the account, reachable at night' }
  good(await addBreakGlass(ask(), tenant.sid, { ...owner, expiresAt: Date.now() + 180 * DAY }))
  await operator.reload()
  await shot('break-glass', operator)

  await customer.goto(portal)
  await shot('rollout-go-ahead', customer)
  await customer.getByRole('button', { name: 'Give go-ahead' }).click()
  await operator.goto(path)
  await shot('rollout-enforce', operator)
  await operator.getByRole('button', { name: 'Enforce SSO', exact: true }).click()
  await shot('rollout-enforced', operator)
  await operator.getByRole('link', { name: 'See who was skipped' }).last().click()
  await shot('rollout-left-out', operator)
  await operator.goto(`${path}/history`)
  await shot('rollout-history', operator)
  await operator.goto(`${base}#roll-out`)
  await shot('rollout-connection', operator)
}

function good<T>(outcome: Result<T, Problem>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}
