// What companies go through over the years, in a browser: a wrong list of the IdP and its undo, a
// NameID that is released, an address that comes back, and trust that waits for an operator.
import assert from 'node:assert/strict'
import { and, eq, inArray } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { editConnection, getConnection } from '../../../src/connections/operations.ts'
import { putUser } from '../../../src/directory/user-operations.ts'
import { createRollout, freeze, selectUsers } from '../../../src/rollout/operations.ts'
import { nameIDs, users } from '../../../src/platform/db/schema.ts'
import { pemOf } from '../../support/keys.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { expectAccessible } from './console-steps.ts'
import { alice, bob, expectHeading, logIn } from './steps.ts'
import { openPortal, signInOperator } from './validation.ts'

const PHONE = { width: 390, height: 844 }
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

async function uploadList(page: Page, emails: readonly string[]): Promise<void> {
  const buffer = Buffer.from(['mail', ...emails].join('\n'))
  const file = { name: 'users.csv', mimeType: 'text/csv', buffer }
  await page.getByLabel('IdP user list').setInputFiles(file)
  await page.getByRole('button', { name: 'Upload and compare' }).click()
}

/** Signs in through the IdP, as far as that gets. */
async function goIn(stage: Stage, person: typeof alice): Promise<Page> {
  const page = await (await stage.visit()).newPage()
  await page.goto(stage.startURL)
  await logIn(page, person)
  return page
}

const signedInAs = ({ givenName, sn }: typeof alice) => `Signed in as ${givenName} ${sn}`

export const years: Case[] = [
  {
    name: 'a customer saves a wrong list of the IdP, sees whom it put out and by which upload, and the right list brings them back',
    idps: ['demo'],
    async play(stage) {
      const { database, connectionSid, origin } = stage
      const made = await createRollout(database.ask(), connectionSid, { name: 'Everybody' })
      assert(made.ok)
      const { sid } = made.value
      assert((await selectUsers(database.ask(), sid, [alice.userSid, bob.userSid])).ok)
      assert((await freeze(database.ask(), sid)).ok)
      const page = await openPortal(stage)
      const path = `${origin}/setup/rollouts/${sid}`
      await page.goto(path)
      await uploadList(page, ['somebody@else.example', bob.mail])
      await expectHeading(page, 'IdP user list: changes')
      await page.getByText('People included: +0 / −1').waitFor()
      await expectAccessible(page)

      // Cancelled, it changes nothing.
      await page.getByRole('link', { name: 'Cancel' }).click()
      await page.getByText('2 people included').waitFor()
      await uploadList(page, ['somebody@else.example', bob.mail])
      await page.getByRole('button', { name: 'Save list and exclude 1 person' }).click()
      await page.getByText('1 person included').waitFor()
      await page.goto(`${path}/list`)
      const row = page.getByRole('row').filter({ hasText: alice.mail })
      await row.getByText('not among the 2 addresses that').waitFor()
      await expectAccessible(page)

      await page.goto(path)
      await uploadList(page, [alice.mail, bob.mail])
      await page.getByText('2 people included').waitFor()
      await page.goto(`${path}/list`)
      await row.waitFor()
      assert.equal(await row.getByText('not among').count(), 0)
    },
  },
  {
    name: 'people who may use SSO only and have never signed in are counted, listed and given their password back',
    idps: ['demo'],
    async play(stage) {
      const { database, connectionSid, origin } = stage
      const made = await createRollout(database.ask(), connectionSid, { name: 'Everybody' })
      assert(made.ok)
      const { sid } = made.value
      assert((await selectUsers(database.ask(), sid, [alice.userSid, bob.userSid])).ok)
      assert((await freeze(database.ask(), sid)).ok)
      await database.client
        .update(users)
        .set({ signInMethod: 'sso_enforced' })
        .where(inArray(users.sid, [alice.userSid, bob.userSid]))
      await expectHeading(await goIn(stage, alice), signedInAs(alice))

      const page = await signInOperator(stage)
      const path = `${origin}/console/connections/${connectionSid}/rollouts/${sid}`
      await page.goto(path)
      await page.getByText('1 enforced, never signed in').waitFor()
      const notice = page.getByText('Enforced, never signed in: 1 person')
      await notice.waitFor()
      await page.getByRole('link', { name: 'See who they are' }).click()
      await page.getByText('Shown: people who may use SSO only').waitFor()
      await page.getByRole('row').filter({ hasText: bob.mail }).waitFor()
      assert.equal(await page.getByRole('row').filter({ hasText: alice.mail }).count(), 0)
      await expectAccessible(page)
      await page.goto(path)
      await page.getByRole('link', { name: 'Give 1 person the password back' }).click()
      await page.getByRole('button', { name: 'Give 1 person the password back' }).waitFor()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Give 1 person the password back' }).click()
      await page.getByText('Passwords given back').waitFor()
      assert.equal(await notice.count(), 0)
      const methods = await database.client
        .select({ sid: users.sid, method: users.signInMethod })
        .from(users)
        .where(inArray(users.sid, [alice.userSid, bob.userSid]))
      assert.deepEqual(
        new Map(methods.map(({ sid: who, method }) => [who, method])),
        new Map([
          [alice.userSid, 'sso_enforced'],
          [bob.userSid, 'sso_enabled'],
        ]),
      )
    },
  },
  {
    name: 'an operator sees the NameIDs of a user, and releases the user whose NameID has changed',
    idps: ['demo'],
    async play(stage) {
      const { database, connectionSid, origin } = stage
      await expectHeading(await goIn(stage, alice), signedInAs(alice))
      const isAlice = and(
        eq(nameIDs.connectionSid, connectionSid),
        eq(nameIDs.userSid, alice.userSid),
      )
      // The IdP sent another one before.
      const before = { kind: 'value', format: PERSISTENT, nameID: 'id-of-alice' } as const
      await database.client.update(nameIDs).set(before).where(isAlice)
      await expectHeading(await goIn(stage, alice), 'Your sign-in was not accepted')

      const operator = await signInOperator(stage)
      await operator.goto(`${origin}/console/tenants/${tenantSid}/users/${alice.userSid}`)
      const section = operator.getByRole('region', { name: 'NameIDs' })
      const bound = section.getByRole('row').filter({ hasText: 'id-of-alice' })
      await bound.waitFor()
      // The other one came in another format.
      assert.equal(await bound.getByText('None', { exact: true }).count(), 0)
      await expectAccessible(operator)
      await section.locator(`a[href*='${connectionSid}/name-ids?user=']`).click()
      await expectHeading(operator, 'NameIDs')
      await expectAccessible(operator)
      const release = operator.getByRole('region', { name: 'Release a user' })
      assert.equal(await release.getByLabel('Login e-mail').inputValue(), alice.mail)
      await release.getByLabel('Reason').fill('The IdP sends e-mails now')
      await release.getByRole('button', { name: 'Release user' }).click()
      await operator.getByText('No user is bound yet').waitFor()
      await expectHeading(await goIn(stage, alice), signedInAs(alice))
      const [row] = await database.client.select().from(nameIDs).where(isAlice)
      assert.notEqual(row?.nameID, 'id-of-alice')
    },
  },
  {
    name: 'an operator decides about addresses that come back: the same person, and another one',
    idps: ['demo'],
    async play(stage) {
      const { database, origin } = stage
      const run = `run${Date.now()}`
      const [same, other] = [`same@${run}.example`, `other@${run}.example`]
      const put = (email: string, externalID: string, firstName: string) =>
        putUser(database.ask(), tenantSid, { email, externalID, firstName })
      const sids: string[] = []
      for (const email of [same, other]) {
        const made = await put(email, `${email}-1`, 'Ann')
        assert(made.ok)
        sids.push(made.value.user.sid)
        assert.equal((await put(email, `${email}-2`, 'Eve')).ok, false)
      }
      const page = await signInOperator(stage)
      await page.goto(`${origin}/console/tenants/${tenantSid}/users`)
      await page.getByRole('link', { name: 'Address claims (2)' }).click()
      await expectHeading(page, 'Address claims')
      await page.getByText(`${same}-2`).waitFor()
      await page
        .getByRole('row')
        .filter({ hasText: `${same}-1 Ann` })
        .waitFor()
      await expectAccessible(page)
      const rowOf = (email: string) => page.getByRole('row').filter({ hasText: email })
      await rowOf(same).getByRole('button', { name: 'Link person' }).click()
      await rowOf(same).waitFor({ state: 'detached' })
      await rowOf(other).getByRole('button', { name: 'Suspend user' }).click()
      await rowOf(other).waitFor({ state: 'detached' })

      // The next import: the one is updated, the other is created.
      for (const [email, isNew] of [
        [same, false],
        [other, true],
      ] as const) {
        const again = await put(email, `${email}-2`, 'Eve')
        assert(again.ok)
        assert.equal(again.value.result, isNew ? 'created' : 'updated')
        assert.equal(sids.includes(again.value.user.sid), !isNew)
      }
      const [left] = await database.client.select().from(users).where(eq(users.sid, sids[1]!))
      assert(left!.suspendedAt !== null)
    },
  },
  {
    name: 'a customer proposes a certificate for a connection in use, and an operator accepts it; what could cut people off needs their number',
    idps: ['demo'],
    async play(stage) {
      const { database, connectionSid, origin } = stage
      await database.client
        .update(users)
        .set({ signInMethod: 'sso_enforced' })
        .where(eq(users.sid, alice.userSid))
      const connection = async () => {
        const found = await getConnection(database.ask(), connectionSid)
        assert(found.ok)
        return found.value
      }
      const before = await connection()
      const customer = await openPortal(stage, { viewport: PHONE })
      await customer.goto(`${origin}/setup/certificates`)
      const buffer = Buffer.from(pemOf('idpNext'))
      const file = { name: 'idp.pem', mimeType: 'application/x-pem-file', buffer }
      await customer.locator('input[type=file]').first().setInputFiles(file)
      await customer.getByRole('button', { name: 'Preview certificate' }).click()
      await customer.getByText('An operator decides').waitFor()
      await expectAccessible(customer)
      await customer.getByRole('button', { name: 'Propose changes' }).click()
      await expectHeading(customer, 'Changes that wait')
      await expectAccessible(customer)
      assert.equal((await connection()).revision, before.revision)

      const operator = await signInOperator(stage)
      await operator.goto(`${origin}/console/connections/${connectionSid}`)
      await operator.getByText('Decide on a proposed change').waitFor()
      const pending = `${origin}/console/connections/${connectionSid}/pending`
      await operator.goto(pending)
      await expectAccessible(operator)
      await operator.getByRole('button', { name: 'Accept change' }).click()
      await operator.getByText('Change accepted').waitFor()
      assert.equal((await connection()).certificates.length, 2)

      // Another identifier could cut Alice off.
      const actor = {
        kind: 'customer admin',
        id: 'Ann Admin',
        name: 'Ann Admin',
        tenantSid,
        connectionSid,
        capabilities: ['configure'],
      } as const
      const edit = { fields: { entityID: `${stage.idp.entityID}/two` } }
      assert((await editConnection({ ...database.ask(), actor }, connectionSid, edit)).ok)
      await operator.goto(pending)
      await operator.getByRole('button', { name: 'Accept change' }).click()
      await operator.getByRole('heading', { name: 'There is a problem' }).waitFor()
      await expectAccessible(operator)
      assert.equal(await operator.getByText('Received').count(), 0)
      await operator.getByLabel('1 person may be cut off').check()
      await operator.getByRole('button', { name: 'Accept change' }).click()
      await operator.getByText('Change accepted').waitFor()
      assert.equal((await connection()).entityID, edit.fields.entityID)
    },
  },
]
