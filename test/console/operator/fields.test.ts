// The tables of an app's and of a tenant's fields: every editable column has a row, and API, forms
// and the audit trail know each row.
import { getTableColumns } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { CLIENT_ROUTES } from '../../../src/api/clients.ts'
import type { Route } from '../../../src/api/engine/route.ts'
import { TENANT_ROUTES } from '../../../src/api/tenants.ts'
import { CLIENT_FIELD_LIST, OWN_COLUMNS as OF_CLIENTS } from '../../../src/clients/fields.ts'
import { getClient } from '../../../src/clients/operations.ts'
import { clients } from '../../../src/clients/tables.ts'
import { controlsOf, valuesOfFields } from '../../../src/console/kit/field-values.ts'
import { textOfField } from '../../../src/console/kit/field-words.ts'
import { getTenant } from '../../../src/directory/operations.ts'
import {
  OWN_COLUMNS as OF_TENANTS,
  TENANT_FIELD_LIST,
} from '../../../src/directory/tenants/fields.ts'
import { tenants } from '../../../src/directory/tenants/tables.ts'
import type { AnyField } from '../../../src/platform/fields/field.ts'
import { anotherValue } from '../../support/another-value.ts'
import type { Browser } from '../../support/browser.ts'
import { registerClient } from '../../support/register-client.ts'
import { good, request } from '../../support/request.ts'
import { createCustomer, hidden, openOperator } from './admins.ts'

let operator: Browser
let clientSid: string
let tenantSid: string
beforeAll(async () => {
  operator = await openOperator()
  clientSid = (await registerClient()).sid
  tenantSid = (await createCustomer()).tenantSid
})

const CASES = [
  {
    noun: 'app',
    // Origins have a table of their own; hashes are nobody's to see.
    columns: [...Object.keys(getTableColumns(clients)), 'returnOrigins'].filter(
      (column) => !column.endsWith('Hash'),
    ),
    own: OF_CLIENTS as readonly string[],
    fields: CLIENT_FIELD_LIST as readonly (readonly [string, AnyField])[],
    routes: CLIENT_ROUTES,
    path: () => `/console/apps/${clientSid}`,
    create: '/console/apps/new',
    row: async () => good(await getClient(request(), clientSid)) as Record<string, unknown>,
  },
  {
    noun: 'tenant',
    columns: Object.keys(getTableColumns(tenants)),
    own: OF_TENANTS as readonly string[],
    fields: TENANT_FIELD_LIST as readonly (readonly [string, AnyField])[],
    routes: TENANT_ROUTES,
    path: () => `/console/tenants/${tenantSid}`,
    create: '/console/tenants/new',
    row: async () => good(await getTenant(request(), tenantSid)) as Record<string, unknown>,
  },
]

/** The fields that a route's body takes. */
function fieldsOfBody(routes: readonly Route[], method: string): string[] {
  const body = routes.find((one) => one.method === method && one.body)?.body as unknown
  return Object.keys((body as { shape: Record<string, unknown> }).shape)
}

describe.each(CASES)('the fields of each $noun', ({ columns, own, fields, ...of }) => {
  const names = fields.map(([name]) => name)

  it('are every column that an operator may edit, and no other', () => {
    const editable = columns.filter((column) => !own.includes(column))
    expect(names.toSorted()).toEqual(editable.toSorted())
  })

  it('have no control of the same name as another field', () => {
    const controls = fields.flatMap(([name, field]) => controlsOf(name, field))
    expect(controls.filter((name, at) => controls.indexOf(name) !== at)).toEqual([])
  })

  it('are known to the API', () => {
    for (const method of ['POST', 'PATCH'])
      expect(fieldsOfBody(of.routes, method)).toEqual(expect.arrayContaining(names))
  })

  it.each(fields)('%s is on both forms, edited, and in the audit trail', async (name, field) => {
    const edit = await (await operator.get(`${of.path()}/edit`)).text()
    const create = await (await operator.get(of.create)).text()
    for (const control of controlsOf(name, field))
      for (const page of [edit, create])
        expect(page).toMatch(new RegExp(`<(?:input|select|textarea)[^>]* name="${control}"`))

    const before = await of.row()
    // The default app needs a URL.
    const needed = name === 'isDefault' ? { initiateLoginURI: 'https://app.example' } : {}
    const value = anotherValue(field, before[name])
    const values = valuesOfFields(fields, { ...before, ...needed, [name]: value })
    const sent = Object.entries(values).filter(([, one]) => one !== false)
    const response = await operator.post(of.path(), {
      ...Object.fromEntries(sent.map(([control, one]) => [control, String(one)])),
      ...(edit.includes('name="version"') && { version: hidden(edit, 'version') }),
    })
    // Whether an app has a secret is settled when it is made.
    const isSettled = name === 'clientType'
    expect(response.status).toBe(isSettled ? 400 : 303)
    expect((await of.row())[name]).toEqual(isSettled ? before[name] : value)
    if (isSettled) return

    const subject = of.path().split('/').at(-1)!
    const audit = await (await operator.get(`/console/audit?subject=${subject}`)).text()
    const [newest = ''] = audit.split('<ol class="timeline">')[1]!.split('</li>')
    expect(newest).toContain(field.label)
    expect(newest.replaceAll(/<\/?mark>/g, '')).toContain(textOfField(name, value))
  })
})
