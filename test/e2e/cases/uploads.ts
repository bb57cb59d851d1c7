// Files as a browser sends them, in forms of several parts: large ones are read, and one over the
// limit gets a page that says so.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import { createRollout, freeze, selectUsers } from '../../../src/rollout/operations.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { metadataOf, signInToConsole } from './console-steps.ts'
import { alice, expectHeading } from './steps.ts'

const MB = 1_000_000

/** Lines up to so many bytes. */
function fill(bytes: number, line: (n: number) => string): string {
  const lines: string[] = []
  for (let size = 0, n = 0; size < bytes; n++) {
    lines.push(line(n))
    size += lines[n]!.length
  }
  return lines.join('')
}

async function send(page: Page, label: string, name: string, text: string, button: string) {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-upload-'))
  try {
    const file = join(folder, name)
    writeFileSync(file, text)
    await page.getByLabel(label).setInputFiles(file)
    await Promise.all([
      page.waitForEvent('load'),
      page.getByRole('button', { name: button, exact: true }).click(),
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A federation that the IdP belongs to. */
async function aggregateOf({ idp }: Stage, bytes: number): Promise<string> {
  const own = (await metadataOf(idp)).replace(/^<\?xml[^>]*>\s*/, '')
  const others = fill(
    bytes,
    (n) =>
      `<md:EntityDescriptor entityID="https://idp${n}.example/metadata"><md:IDPSSODescriptor ` +
      'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:SingleSignOnService ' +
      'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" ' +
      `Location="https://idp${n}.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>\n`,
  )
  const name = 'urn:oasis:names:tc:SAML:2.0:metadata'
  return `<md:EntitiesDescriptor xmlns:md="${name}">${others}${own}</md:EntitiesDescriptor>`
}

async function openOperator(stage: Stage): Promise<Page> {
  const page = await (await stage.visit()).newPage()
  await signInToConsole(stage, page)
  // Each upload crosses three processes of this machine.
  page.setDefaultTimeout(30_000)
  return page
}

/** Wide and narrow, nothing is cut off. LOOK keeps the pictures in that folder. */
async function look(page: Page, name: string): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert(wide <= width, `${name} is ${wide} wide at ${width}`)
    if (process.env.LOOK)
      await page.screenshot({
        path: join(process.env.LOOK, `${name}-${width}.png`),
        fullPage: true,
      })
  }
}

const openAs = (name: string, play: (stage: Stage, page: Page) => Promise<void>): Case => ({
  name,
  idps: ['demo'],
  play: async (stage) => play(stage, await openOperator(stage)),
})

export const uploads: Case[] = [
  openAs('a metadata file of 5 MB; one of 21 MB is refused with words', async (stage, page) => {
    const path = `${stage.origin}/console/connections/${stage.connectionSid}/metadata`
    await page.goto(path)
    await page.getByLabel('Entity ID of your IdP').fill(stage.idp.entityID)
    const metadata = await aggregateOf(stage, 5 * MB)
    await send(page, 'Metadata file', 'federation.xml', metadata, 'Preview changes')
    await expectHeading(page, 'Preview of the metadata')
    await page.goto(path)
    const large = metadata + ' '.repeat(16 * MB)
    await send(page, 'Metadata file', 'federation.xml', large, 'Preview changes')
    await page.getByText('The metadata is too large').first().waitFor()
    await expectHeading(page, 'Metadata file or text')
  }),
  openAs(
    'a user list of the IdP of 5 MB; one of 17 MB is refused with words',
    async (stage, page) => {
      const made = await createRollout(stage.database.ask(), stage.connectionSid, { name: 'All' })
      assert(made.ok)
      const { sid } = made.value
      assert((await selectUsers(stage.database.ask(), sid, [alice.userSid])).ok)
      assert((await freeze(stage.database.ask(), sid)).ok)
      const path = `${stage.origin}/console/connections/${stage.connectionSid}/rollouts/${sid}`
      const row = (n: number) =>
        `"Person ${n}","p${n}@people.example","${'street '.repeat(30)}"\r\n`
      const head = `name,email,address\r\n"Alice","${alice.mail}",""\r\n`
      await page.goto(path)
      const list = head + fill(5 * MB, row)
      await send(page, 'IdP user list', 'users.csv', list, 'Upload and compare')
      await page.getByText('uploaded and compared').waitFor()
      const listed = await stage.database.countIdpUsers(stage.connectionSid)
      assert.equal(listed, list.split('\r\n').length - 2)
      await page.goto(path)
      const large = head + fill(17 * MB, row)
      await send(page, 'IdP user list', 'users.csv', large, 'Upload and compare')
      await page.getByText('a file of at most 16 MiB').first().waitFor()
      assert.equal(await stage.database.countIdpUsers(stage.connectionSid), listed)
    },
  ),
  openAs('a user list with several columns of addresses asks which one', async (stage, page) => {
    const made = await createRollout(stage.database.ask(), stage.connectionSid, { name: 'Columns' })
    assert(made.ok)
    const { sid } = made.value
    assert((await selectUsers(stage.database.ask(), sid, [alice.userSid])).ok)
    assert((await freeze(stage.database.ask(), sid)).ok)
    const path = `${stage.origin}/console/connections/${stage.connectionSid}/rollouts/${sid}`
    const rows = Array.from({ length: 30 }, (_, n) => `P${n},p${n}@w.example,p${n}@h.example\n`)
    const list =
      'Name,Work Contact: Work Email,Personal Contact: Personal Email\n' +
      `Alice,${alice.mail},alice@h.example\n${rows.join('')}`
    await page.goto(path)
    await send(page, 'IdP user list', 'people.csv', list, 'Upload and compare')
    await expectHeading(page, 'IdP user list: check')
    await look(page, 'column')
    await page.getByRole('button', { name: 'Use “Work Contact: Work Email”' }).click()
    await page.getByText('uploaded and compared').or(page.getByText('Save list')).first().waitFor()
    const save = page.getByRole('button', { name: /^Save list/ })
    if (await save.isVisible()) await save.click()
    await page.getByText('uploaded and compared').waitFor()
    assert.equal(await stage.database.countIdpUsers(stage.connectionSid), 31)
  }),
  openAs('an export of another system is shown with its columns first', async (stage, page) => {
    const path = `${stage.origin}/console/tenants/${tenantSid}/imports`
    const run = `run${Date.now()}`
    await page.goto(path)
    const list =
      `Vorname;Nachname;E-Mail-Adresse;Abteilung\r\nJürg;Öhm;j@${run}.example;Bau\r\n` +
      `Zoë;=1+1;z@${run}.example;Verkauf\r\nMax;Muster;keine;Verkauf\r\n`
    await send(page, 'CSV or NDJSON', 'personal.csv', list, 'Import users')
    await expectHeading(page, 'Check of personal.csv')
    await look(page, 'import')
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    assert.match(readFileSync(await file.path(), 'utf8'), /"keine","Max","Muster"/)
    await page.getByLabel('Last name').selectOption({ label: 'Not imported' })
    await page.getByRole('button', { name: 'Import users' }).click()
    await expectHeading(page, 'Import of personal.csv')
    await page.getByText('2 created, 0 updated, 0 unchanged, 1 refused').waitFor()
  }),
  openAs('an import of 4,000 users; a file of 5 MB is refused with words', async (stage, page) => {
    const path = `${stage.origin}/console/tenants/${tenantSid}/imports`
    const run = `run${Date.now()}`
    const row = (n: number) =>
      `${run}-${n}@${run}.example,${'Ann'.repeat(20)},${'Berg'.repeat(20)}\n`
    const head = 'email,first_name,last_name\n'
    const rows = Array.from({ length: 4000 }, (_, n) => row(n)).join('')
    await page.goto(path)
    await send(page, 'CSV or NDJSON', 'users.csv', head + rows, 'Import users')
    await expectHeading(page, 'Import of users.csv')
    await page.getByText('4000 created').or(page.getByText('4,000 created')).waitFor()
    await page.goto(path)
    await send(page, 'CSV or NDJSON', 'users.csv', head + fill(5 * MB, row), 'Import users')
    await page.getByText('at most 1 MiB').first().waitFor()
    await expectHeading(page, 'User imports')
  }),
]
