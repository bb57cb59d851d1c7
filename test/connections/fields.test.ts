// The table of a connection's fields: every editable column has a row, and API, forms, previews,
// the history and what-if know each row.
import { getTableColumns } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { connectionCreation, connection, connectionEdit } from '../../src/api/connection-schema.ts'
import { OWN_COLUMNS } from '../../src/connections/field.ts'
import {
  CONNECTION_FIELD_LIST,
  CONNECTION_FIELDS,
  type ConnectionFieldName,
} from '../../src/connections/fields.ts'
import { editConnection, getConnection } from '../../src/connections/operations.ts'
import { connections } from '../../src/connections/tables.ts'
import { TRUST_FIELDS } from '../../src/connections/trust.ts'
import { controlsOf } from '../../src/console/kit/field-values.ts'
import { nameOfField, textOfField } from '../../src/console/kit/field-words.ts'
import { CATALOGUE } from '../../src/errors.ts'
import type { Browser } from '../support/browser.ts'
import {
  createCustomer,
  openLink,
  openOperator,
  type Customer,
} from '../console/operator/admins.ts'
import { anotherValue } from '../support/another-value.ts'
import { good, request } from '../support/request.ts'

const COLUMNS = Object.keys(getTableColumns(connections))

describe('the table', () => {
  it('has every column that an administrator may edit, and no other', () => {
    const own: readonly string[] = OWN_COLUMNS
    const editable = COLUMNS.filter((column) => !own.includes(column))
    expect(Object.keys(CONNECTION_FIELDS).toSorted()).toEqual(editable.toSorted())
    expect(own.filter((column) => !COLUMNS.includes(column))).toEqual([])
  })

  it('says of every field whether a login trusts it', () => {
    const trusted = CONNECTION_FIELD_LIST.filter(([, { trust }]) => trust !== null)
    expect(Object.keys(TRUST_FIELDS).toSorted()).toEqual(
      [...trusted.map(([name]) => name), 'certificates'].toSorted(),
    )
    // Words, addresses and ends of sessions, on which no login depends.
    const others = CONNECTION_FIELD_LIST.filter(([, { trust }]) => trust === null)
    expect(others.map(([name]) => name)).toEqual([
      'name',
      'logoutRedirectURL',
      'revocationIssuer',
      'revocationKeysURL',
      'endSessionsOn',
      'newcomers',
      'newcomersPerHour',
      'preset',
    ])
  })

  it('has a form for every field', () => {
    for (const [name, { forms }] of CONNECTION_FIELD_LIST)
      expect([name, Object.keys(forms).length]).not.toEqual([name, 0])
  })

  it('names checks that there are', () => {
    for (const [name, { checks }] of CONNECTION_FIELD_LIST)
      if (checks) {
        const found = Object.keys(CATALOGUE).filter((code) => checks.test(code))
        expect([name, found.length]).not.toEqual([name, 0])
      }
  })
})

describe('each field', () => {
  let operator: Browser
  let link: Browser
  let customer: Customer
  let base: string
  const pages = new Map<string, string>()
  beforeAll(async () => {
    operator = await openOperator()
    customer = await createCustomer()
    link = await openLink(customer)
    base = `/console/connections/${customer.connectionSid}`
    const paths = {
      create: `/console/tenants/${customer.tenantSid}/connections/new`,
      preset: base,
      idp: `${base}/fields`,
      settings: `${base}/settings`,
      'what-if': `${base}/what-if`,
    }
    for (const [form, path] of Object.entries(paths))
      pages.set(form, await (await operator.get(path)).text())
    pages.set('settings of customers', await (await link.get('/setup/settings')).text())
  })

  const now = async () => good(await getConnection(request(), customer.connectionSid))
  const hasControl = (page: string | undefined, name: string) =>
    new RegExp(`<(?:input|select|textarea)[^>]* name="${name}"`).test(page ?? '')

  it.each(CONNECTION_FIELD_LIST)('%s is known to the API', (name) => {
    for (const schema of [connectionCreation, connectionEdit, connection])
      expect(Object.keys(schema.shape)).toContain(name)
  })

  it('have no control of the same name as another field', () => {
    const names = CONNECTION_FIELD_LIST.flatMap(([name, field]) => controlsOf(name, field))
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it.each(CONNECTION_FIELD_LIST)('%s is on the forms that its row names', (name, field) => {
    for (const form of Object.keys(field.forms))
      for (const control of controlsOf(name, field))
        expect([form, control, hasControl(pages.get(form), control)]).toEqual([form, control, true])
    if ('settings' in field.forms)
      for (const control of controlsOf(name, field))
        expect([control, hasControl(pages.get('settings of customers'), control)]).toEqual([
          control,
          field.offeredTo !== 'operators',
        ])
  })

  it.each(CONNECTION_FIELD_LIST)(
    '%s is edited, previewed and in the history',
    async (name, field) => {
      const before = await now()
      const value = anotherValue(field, before[name])
      expect(connectionEdit.safeParse({ [name]: value }).success).toBe(true)
      const edit = { fields: { [name]: value } }
      const { sid } = before
      const preview = good(await editConnection(request(), sid, edit, { preview: true }))
      expect(preview).toMatchObject({ before: { [name]: before[name] }, after: { [name]: value } })
      good(await editConnection(request(), sid, edit))
      const after = await now()
      expect(after[name]).toEqual(value)
      expect(after.revision - before.revision).toBe(field.trust === null ? 0 : 1)

      const page = await (await operator.get(`${base}/history`)).text()
      const [newest = ''] = page.split('<ol class="timeline">')[1]!.split('</li>')
      expect(newest.replaceAll(/<\/?mark>/g, '')).toContain(escape(textOfField(name, value)))
      expect(newest).toContain(escape(field.label))
      expect(nameOfField(name)).toBe(field.label)
      expect(await isForbidden(name, before[name])).toBe(field.mayEdit === 'operators')
    },
  )

  /** Whether a customer's administrator may not set it. */
  async function isForbidden(name: ConnectionFieldName, value: unknown) {
    const context = request({
      kind: 'customer admin',
      id: 'ann',
      name: 'ann',
      tenantSid: customer.tenantSid,
      connectionSid: customer.connectionSid,
      capabilities: ['configure'],
    })
    const fields = { [name]: value }
    const edited = await editConnection(context, customer.connectionSid, { fields })
    return !edited.ok && edited.error.code === 'forbidden' && edited.error.field === name
  }

  it.each(CONNECTION_FIELD_LIST)(
    '%s is judged by what-if where a check depends on it',
    (name, field) => {
      const isOffered = 'what-if' in field.forms
      // Only of an attempt is it known how long ago the request was.
      expect(isOffered).toBe(field.checks !== undefined && name !== 'forceAuthn')
    },
  )

  function escape(text: string): string {
    return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  }
})
