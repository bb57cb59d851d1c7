// Operators sign in by the company's own IdP: made and validated in the console, then used.
import assert from 'node:assert/strict'
import { addOperator } from '../../../src/access/operations.ts'
import { importMetadata } from '../../../src/connections/metadata/import-metadata.ts'
import { changeState, createConnection } from '../../../src/connections/operations.ts'
import { OPERATORS_TENANT } from '../../../src/operators-tenant.ts'
import type { Case } from '../harness/runner.ts'
import { expectAccessible, metadataOf } from './console-steps.ts'
import { alice, expectHeading, logIn } from './steps.ts'
import { openRooms, say, signInOperator, testSignIn } from './validation.ts'

export const ownIdp: Case[] = [
  {
    name: 'an owner validates the company’s own IdP alone; an operator signs in by it to the page asked for',
    idps: ['demo'],
    async play(stage) {
      const { database, origin } = stage
      const owner = await signInOperator(stage)
      await owner.goto(`${origin}/console/operators`)
      await expectAccessible(owner)
      await owner.getByRole('button', { name: 'Set up your own IdP' }).click()
      await owner.getByText('Tenant created').waitFor()

      const made = await createConnection(database.ask(), OPERATORS_TENANT, { name: 'Company' })
      assert(made.ok)
      const { sid } = made.value
      const xml = new TextEncoder().encode(await metadataOf(await stage.openIdp(sid)))
      assert((await importMetadata(database.ask(), sid, xml)).ok)
      assert((await changeState(database.ask(), sid, 'begin_testing')).ok)
      const person = { name: 'Alice', email: alice.mail, role: 'support' } as const
      assert((await addOperator(database.ask(), person)).ok)
      const own = { ...stage, connectionSid: sid, startURL: `${origin}/sso/${sid}` }
      await testSignIn(own, alice, 'Single sign-on works')
      await openRooms(own, { operator: owner })
      await say(owner, 'Pass', 'tried')

      const page = await (await stage.visit()).newPage()
      await page.goto(`${origin}/console/tenants`)
      await expectHeading(page, 'Sign in')
      await expectAccessible(page)
      await page.getByRole('link', { name: 'Sign in with Company' }).click()
      await logIn(page, alice)
      await expectHeading(page, 'Tenants')
      assert((await changeState(database.ask(), sid, 'suspend')).ok)
    },
  },
]
