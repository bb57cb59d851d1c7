// The year of one company, month by month. Each step is done from outside, and says what it changes
// in the policy.
import { callerWithKey } from '../api/caller.ts'
import { pemOf } from '../support/keys.ts'
import { fingerprintOf } from '../support/world.ts'
import type { Company } from './company.ts'
import { remember, type Connection, type IdP, type Person, type Site } from './policy.ts'

export type Step = { what: string; act: (company: Company) => Promise<void> }

const STAFF = Array.from({ length: 32 }, (_, at) => `p${String(at + 1).padStart(2, '0')}`)
const OWNERS = ['olga', 'oskar']
const emailOf = (id: string, domain = 'corp.example') => `${id}@${domain}`
const NEW_DOMAIN = 'corp-group.example'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const patch = (values: object) => ({
  schemas: [PATCH],
  Operations: [{ op: 'replace', value: values }],
})
const scimUser = (id: string, email = emailOf(id)) => ({
  userName: email,
  externalId: `id-${id}`,
  emails: [{ value: email, type: 'work', primary: true }],
})

function must(status: number, answer: { status: number; body: unknown }) {
  if (answer.status === status) return
  throw new Error(`SCIM answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** Users of the vendor's file, by its ids. */
async function importRows({ api, at }: Company, rows: readonly object[]) {
  const made = await api('POST', `/tenants/${at.tenant}/imports`, { name: 'people.csv' })
  const taken = await api('POST', `/imports/${made.sid}/rows?from=0`, { rows })
  await api('POST', `/imports/${made.sid}/end`)
  return taken.rows
}

async function finish(company: Company, step: string, body?: object, sid = company.at.rollout) {
  for (;;) {
    const done = await company.api('POST', `/rollouts/${sid}/${step}`, body)
    if (done.done) return
  }
}

/** Both sides, after a login with the present settings. */
async function signOff({ api, at }: Company, sid = at.connection) {
  const path = (rest = '') => `/connections/${sid}${rest}`
  const { revision } = await api('GET', path())
  const pass = { revision, verdict: 'pass', name: 'Olga' }
  await api('POST', path('/sign-offs'), pass)
  const customer = await callerWithKey(at.tenant)
  await customer('POST', path('/sign-offs'), { body: { ...pass, name: 'Carla' } })
}

async function goLive({ api, path, connection }: Company) {
  await api('POST', path('/state'), { event: 'go_live' })
  connection.state = 'live'
}

const enforcedOf = ({ everybody }: Company) =>
  everybody().filter((one) => one.method === 'sso_enforced' && !one.isSuspended)

function suspend(person: Person) {
  person.isSuspended = true
  person.hasSession = false
}

/** People come through another connection than their own, and get in. */
async function prove({ login, said }: Company, people: readonly Person[], site: Site) {
  const all = people.map((person) => said(person, site))
  for (const [at, { outcome }] of (await login(all)).entries()) {
    const { email } = people[at]!
    if (outcome.code !== null) throw new Error(`${email} is refused: ${outcome.code}`)
    remember(all[at]!, outcome, people[at]!)
  }
}

function move(person: Person) {
  person.home = person.second!
  person.second = null
}

/** Before the year: tenant, domain, connection. */
export async function open(company: Company) {
  const { api, at, first, connection, useScimToken } = company
  const tenant = await api('POST', '/tenants', { name: 'Corp', plan: 'enterprise' })
  at.tenant = tenant.sid
  await addDomain(company, 'corp.example')
  const made = await api('POST', `/tenants/${at.tenant}/connections`, { name: 'Corp IdP' })
  at.connection = first.sid = made.sid
  await api('PATCH', `/connections/${made.sid}`, {
    entityID: connection.entityID,
    ssoRedirectURL: 'https://idp.corp.example/sso',
  })
  await api('POST', `/connections/${made.sid}/certificates`, { certificate: pemOf('idp') })
  await api('POST', `/connections/${made.sid}/state`, { event: 'begin_testing' })
  connection.state = 'testing'
  const token = { name: 'Corp IdP', expiresInDays: 700 }
  useScimToken((await api('POST', `/connections/${made.sid}/scim-tokens`, token)).secret)
  await leadDomain(company, 'corp.example')
}

async function addDomain({ api, at }: Company, domain: string) {
  await api('POST', `/tenants/${at.tenant}/domains`, { domain })
  await api('POST', `/tenants/${at.tenant}/domains/${domain}/vouch`, { reason: 'known' })
}

const leadDomain = ({ api, at }: Company, domain: string) =>
  api('PATCH', `/tenants/${at.tenant}/domains/${domain}`, { connectionSid: at.connection })

export const MONTHS: Readonly<Record<string, readonly Step[]>> = {
  January: [
    {
      what: '32 people and two owners are imported',
      async act(company) {
        const rows = [...STAFF, ...OWNERS].map((id) => ({
          email: emailOf(id),
          externalID: `v-${id}`,
        }))
        await importRows(company, rows)
        for (const id of STAFF) await company.meet(emailOf(id), 'staff', id)
        for (const id of OWNERS) await company.meet(emailOf(id), 'owners', id)
      },
    },
    {
      what: 'Two testers are nominated',
      async act({ api, path, person, cured }) {
        const emails = ['p01', 'p02'].map((id) => emailOf(id))
        await api('POST', path('/testers'), { emails })
        for (const id of ['p01', 'p02']) person(id).method = 'sso_enabled'
        cured('user_not_enabled', 'API `POST /connections/{connection}/testers`')
      },
    },
    {
      what: 'Both sides sign off; a rollout turns SSO on for everybody',
      async act(company) {
        const { api, at, path, everybody, cured } = company
        await signOff(company)
        await goLive(company)
        const rollout = await api('POST', path('/rollouts'), { name: 'Everybody' })
        at.rollout = rollout.sid
        await api('PATCH', `/rollouts/${at.rollout}`, { everybody: true })
        await finish(company, 'freeze')
        const reviewed = { version: 1, includedExistInIdP: true }
        await api('POST', `/rollouts/${at.rollout}/review`, reviewed)
        await finish(company, 'enable', { version: 1 })
        for (const person of everybody()) person.method = 'sso_enabled'
        cured('user_not_enabled', 'API: a rollout')
      },
    },
    {
      what: 'SSO is enforced; the owners keep a password and make recovery codes',
      async act(company) {
        const { api, at, refused, person, browsers, everybody, inDays, cured } = company
        const go = { version: 1, uninformedReason: 'told in person' }
        await refused('break_glass_missing', 'POST', `/rollouts/${at.rollout}/go-ahead`, go)
        for (const id of OWNERS) {
          const exemption = { reason: 'runs the account', expiresAt: inDays(360) }
          await api('PUT', `/tenants/${at.tenant}/break-glass/${person(id).sid}`, exemption)
          person(id).owner = 'exempt'
        }
        cured('break_glass_missing', 'API `PUT /tenants/{tenant}/break-glass/{user}`')
        await api('POST', `/rollouts/${at.rollout}/go-ahead`, go)
        await finish(company, 'enforce', { version: 1 })
        for (const one of everybody()) if (!one.owner) one.method = 'sso_enforced'
        for (const id of OWNERS) await company.makeCodes(browsers.get(person(id))!, id)
      },
    },
  ],
  February: [
    {
      what: 'Newcomers get SSO alone. Three join by API, import and SCIM, and a contractor',
      async act(company) {
        const { api, at, cli, scim, meet, connection } = company
        await cli('connection edit', at.connection, '--newcomers', 'sso_enforced')
        connection.newcomers = new Set(['corp.example'])
        await api('POST', `/tenants/${at.tenant}/users`, { email: emailOf('ann') })
        await importRows(company, [{ email: emailOf('ben'), externalID: 'v-ben' }])
        must(201, await scim('POST', '/Users', scimUser('cid')))
        for (const id of ['ann', 'ben', 'cid'])
          (await meet(emailOf(id), 'joiners', id)).method = 'sso_enforced'
        await api('POST', `/tenants/${at.tenant}/users`, { email: 'dan@agency.example' })
        await meet('dan@agency.example', 'contractor', 'dan')
      },
    },
    {
      what: 'First logins create users for a day: fia has none yet',
      async act({ at, cli, login, meet, first, browsers }) {
        await cli('connection edit', at.connection, '--newcomers-per-hour', '5')
        const email = emailOf('fia')
        const nameID = { format: 'emailAddress', value: email } as const
        const said = { site: first, email, nameID, key: first.idp.key }
        const [created] = await login([said])
        if (created!.outcome.code !== null) throw new Error(`fia: ${created!.outcome.code}`)
        const fia = await meet(email, 'joiners', 'fia')
        fia.method = 'sso_enforced'
        remember(said, created!.outcome, fia)
        browsers.set(fia, created!.browser)
        await cli('connection edit', at.connection, '--newcomers-per-hour', '')
      },
    },
    {
      what: 'SSO is turned on for the contractor',
      async act({ at, cli, person, cured }) {
        const { sid } = person('dan')
        await cli('user enable', sid, '--connection', at.connection)
        person('dan').method = 'sso_enabled'
        cured('user_not_enabled', '`gatepost user enable`')
      },
    },
  ],
  March: [
    {
      what: 'Renames: p01 on both sides, p02 in case alone, p03 at the IdP alone',
      async act({ api, person }) {
        person('p01').idp.email = person('p01').email = emailOf('p01-married')
        await api('PATCH', `/users/${person('p01').sid}`, { email: emailOf('p01-married') })
        person('p02').idp.email = 'P02@Corp.example'
        person('p03').idp.email = emailOf('p03-married')
      },
    },
    {
      what: 'p03 is renamed here too, and a joiner by SCIM',
      async act({ cli, scim, person, cured }) {
        const email = emailOf('p03-married')
        await cli('user edit', person('p03').sid, '--email', email)
        person('p03').email = email
        cured('user_unknown', '`gatepost user edit`')
        const cid = person('cid')
        const renamed = emailOf('cid-married')
        must(200, await scim('PATCH', `/Users/${cid.sid}`, patch(scimUser('cid', renamed))))
        cid.email = cid.idp.email = renamed
      },
    },
  ],
  April: [
    {
      what: 'A wrong list of the IdP puts 31 people off the rollout’s list',
      async act(company) {
        const { api, at, refused, path, everybody, cured } = company
        const all = everybody().map(({ email }) => email)
        const right = { upload: 'right', emails: all, isLast: true }
        await api('POST', path('/idp-users'), right)
        const wrong = { upload: 'wrong', emails: all.slice(0, 3), isLast: true }
        await refused('idp_list_excludes', 'POST', path('/idp-users'), wrong)
        const { included } = await api('GET', `/rollouts/${at.rollout}/summary`)
        await api('POST', path(`/idp-users?excludes=${included - 3}`), wrong)
        cured('idp_list_excludes', 'API `POST /connections/{connection}/idp-users?excludes=…`')
        await finish(company, 'refresh')
      },
    },
    {
      what: 'The right list brings them back',
      async act(company) {
        const { api, at, path, everybody } = company
        const before = await api('GET', `/rollouts/${at.rollout}/summary`)
        const emails = everybody().map(({ email }) => email)
        await api('POST', path('/idp-users'), { upload: 'right-2', emails, isLast: true })
        await finish(company, 'refresh')
        const after = await api('GET', `/rollouts/${at.rollout}/summary`)
        if (before.included !== 3 || after.included !== 34)
          throw new Error(`included: ${before.included}, then ${after.included}`)
      },
    },
  ],
  May: [
    {
      what: 'SCIM takes over everybody of the domain',
      async act({ scim, everybody, people }) {
        const ids = new Map([...people].map(([id, person]) => [person, id]))
        for (const person of everybody())
          if (person.group !== 'contractor' && ids.get(person) !== 'cid')
            must(201, await scim('POST', '/Users', scimUser(ids.get(person)!, person.email)))
      },
    },
    {
      what: 'Three leave: p05 by SCIM, p06 deleted by SCIM, p07 suspended by an operator',
      async act({ scim, cli, person }) {
        must(200, await scim('PATCH', `/Users/${person('p05').sid}`, patch({ active: false })))
        must(204, await scim('DELETE', `/Users/${person('p06').sid}`))
        await cli('user edit', person('p07').sid, '--suspend')
        for (const id of ['p05', 'p06', 'p07']) {
          suspend(person(id))
          person(id).group = 'leavers'
        }
      },
    },
    {
      what: 'p07 comes back; the IdP signs p08 out by Global Token Revocation',
      async act({ cli, revoke, person, cured }) {
        await cli('user edit', person('p07').sid, '--reactivate')
        person('p07').isSuspended = false
        person('p07').group = 'staff'
        cured('user_suspended', '`gatepost user edit --reactivate`')
        await revoke(person('p08').email)
        person('p08').hasSession = false
      },
    },
    {
      what: 'p20 and p21 work at a site without the IdP: exceptions until the end of the month',
      async act({ api, at, person, refused, inDays, first }) {
        for (const id of ['p20', 'p21']) {
          const exception = { reason: 'site without the IdP', expiresAt: inDays(20) }
          await api('PUT', `/tenants/${at.tenant}/exceptions/${person(id).sid}`, exception)
          person(id).method = 'password'
        }
        const method = { signInMethod: 'sso_enabled', connectionSid: first.sid }
        await refused('excepted', 'PUT', `/users/${person('p21').sid}/sign-in-method`, method)
      },
    },
    {
      what: 'p21 is back earlier: the exception ends, and newcomers’ rules hold',
      async act({ cli, at, person, cured }) {
        await cli('exception end', person('p21').sid, '--tenant', at.tenant)
        person('p21').method = 'sso_enforced'
        cured('excepted', '`gatepost exception end`')
      },
    },
  ],
  June: [
    {
      what: 'The exception of p20 is over. The IdP gives the address of p06 to a new person',
      async act({ scim, shown, person }) {
        person('p20').method = 'sso_enforced'
        const refused = await scim('POST', '/Users', { ...scimUser('p06'), externalId: 'id-eve' })
        must(409, refused)
        shown.add(refused.body.scimType)
      },
    },
    {
      what: 'An operator says that it is another person, and SCIM creates her',
      async act({ api, at, page, scim, meet, person, cured }) {
        const { items } = await api('GET', `/tenants/${at.tenant}/address-claims`)
        const base = `/console/tenants/${at.tenant}/address-claims`
        await page(`${base}/${items[0].sid}/decline`, {})
        cured('uniqueness', 'page Address claims')
        must(201, await scim('POST', '/Users', { ...scimUser('p06'), externalId: 'id-eve' }))
        const left = person('p06')
        left.email = `former-${left.sid.toLowerCase()}@former.invalid`
        left.idp = { email: 'nobody@elsewhere.example', id: 'id-p06' }
        ;(await meet(emailOf('p06'), 'joiners', 'eve')).method = 'sso_enforced'
      },
    },
    {
      what: 'The vendor’s system gives p10 a new id; an operator says it is the same person',
      async act(company) {
        const { api, at, cli, shown, cured } = company
        const row = { email: emailOf('p10'), externalID: 'v-p10-new' }
        const [refused] = await importRows(company, [row])
        const { items } = await api('GET', `/tenants/${at.tenant}/address-claims`)
        await cli('address-claim accept', items[0].sid)
        shown.add(refused.code)
        cured('address_waits', '`gatepost address-claim accept`')
        await importRows(company, [row])
      },
    },
  ],
  July: [
    {
      what: 'The company changes its domain, at the IdP first',
      async act({ everybody }) {
        for (const { idp } of everybody())
          idp.email = idp.email.replace(/@corp\.example$/i, `@${NEW_DOMAIN}`)
      },
    },
    {
      what: 'The new domain is verified, and an import has the new addresses',
      async act(company) {
        const { api, connection, everybody, people, cured } = company
        await addDomain(company, NEW_DOMAIN)
        await leadDomain(company, NEW_DOMAIN)
        connection.newcomers = new Set(['corp.example', NEW_DOMAIN])
        const rows: object[] = []
        for (const [id, person] of people) {
          const email = person.email.replace('@corp.example', `@${NEW_DOMAIN}`)
          if (email === person.email) continue
          const row = { email, externalID: id === 'p10' ? 'v-p10-new' : `v-${id}` }
          if (['ann', 'cid', 'eve', 'fia'].includes(id))
            await api('PATCH', `/users/${person.sid}`, row)
          else rows.push(row)
          person.email = email
        }
        await importRows(company, rows)
        for (const { idp } of everybody()) idp.email = idp.email.toLowerCase()
        cured('user_unknown', 'API: an import')
      },
    },
  ],
  August: [
    {
      what: 'The IdP announces a new certificate; both are trusted',
      async act({ api, path, connection }) {
        await api('POST', path('/certificates'), { certificate: pemOf('idpNext') })
        connection.keys = new Set(['idp', 'idpNext'])
      },
    },
    {
      what: 'The IdP signs with the new key',
      async act({ idp }) {
        idp.key = 'idpNext'
      },
    },
    {
      what: 'The old certificate is removed. Sessions of the new key stay',
      async act({ at, cli, connection }) {
        await cli('connection remove-certificate', at.connection, await fingerprintOf('idp'))
        connection.keys = new Set(['idpNext'])
      },
    },
    {
      what: 'The IdP takes another key without a word',
      async act({ idp }) {
        idp.key = 'p256'
      },
    },
    {
      what: 'Its certificate is added',
      async act({ api, path, connection, cured }) {
        await api('POST', path('/certificates'), { certificate: pemOf('p256') })
        connection.keys = new Set(['idpNext', 'p256'])
        cured('signature_invalid', 'API `POST /connections/{connection}/certificates`')
      },
    },
  ],
  September: [
    {
      what: 'The key is stolen. The connection is suspended, and passwords count; sessions stay',
      async act(company) {
        const { api, refused, path, connection, cured } = company
        await api('DELETE', path(`/certificates/${await fingerprintOf('idpNext')}`))
        await api('PATCH', path(), { endSessionsOn: [] })
        const last = path(`/certificates/${await fingerprintOf('p256')}`)
        await refused('edit_cuts_off', 'DELETE', last)
        await api('POST', path('/state'), { event: 'suspend' })
        cured('edit_cuts_off', 'API `POST /connections/{connection}/state`')
        connection.state = 'suspended'
      },
    },
    {
      what: 'The IdP has a new key. The stolen one is removed as compromised: its sessions end',
      async act(company) {
        const { api, path, page, at, connection, idp, everybody, cured } = company
        await api('POST', path('/certificates'), { certificate: pemOf('p384') })
        const stolen = await fingerprintOf('p256')
        await api('DELETE', path(`/certificates/${stolen}?compromised=true`))
        for (const person of everybody()) person.hasSession = false
        await page(`/console/connections/${at.connection}/state`, { event: 'resume' })
        cured('connection_suspended', 'page of the connection')
        idp.key = 'p384'
        connection.keys = new Set(['p384'])
        connection.state = 'testing'
      },
    },
    {
      what: 'Both sides sign off, and it is live again',
      async act(company) {
        await signOff(company)
        await goLive(company)
      },
    },
  ],
  October: [
    {
      what: 'The IdP sends persistent NameIDs',
      async act({ idp }) {
        idp.format = 'persistent'
      },
    },
    {
      what: 'All NameIDs are released, by the number that the page shows',
      async act({ api, path, page, at, everybody, cured }) {
        const { count } = await api('GET', path('/name-ids'))
        const form = { users: String(count), reason: 'persistent from now on' }
        await page(`/console/connections/${at.connection}/name-ids/release-all`, form)
        for (const person of everybody()) person.bound.clear()
        cured('name_id_format_changed', 'page NameIDs')
      },
    },
    {
      what: 'The IdP makes p11 and p12 anew, with other NameIDs',
      async act({ person }) {
        for (const id of ['p11', 'p12']) person(id).idp.id = `id-${id}-new`
      },
    },
    {
      what: 'p11 is released. The NameID of p12 is another one each time',
      async act({ at, cli, person, cured }) {
        const flags = ['--connection', at.connection, '--reason', 'made anew at the IdP']
        await cli('user release-name-id', person('p11').sid, ...flags)
        person('p11').bound.clear()
        person('p11').refused = null
        cured('name_id_changed', '`gatepost user release-name-id`')
        person('p12').idp.id = 'id-p12-newer'
      },
    },
    {
      what: 'The IdP sends p12 one value that stays; p12 is released',
      async act({ at, page, person, cured }) {
        const form = { user: person('p12').sid, reason: 'stays now' }
        await page(`/console/connections/${at.connection}/name-ids/release`, form)
        person('p12').bound.clear()
        person('p12').refused = null
        cured('name_id_each_time', 'page NameIDs')
      },
    },
  ],
  November: [
    {
      what: 'A fault at the IdP deactivates everybody by SCIM',
      async act({ scim, everybody }) {
        for (const person of everybody()) {
          if (person.group === 'contractor' || person.isSuspended) continue
          must(200, await scim('PATCH', `/Users/${person.sid}`, patch({ active: false })))
          suspend(person)
          if (person.owner) person.owner = 'kept'
        }
      },
    },
    {
      what: 'An owner comes in by recovery code, and the IdP activates everybody again',
      async act({ spendCode, scim, everybody, cured }) {
        await spendCode('olga')
        cured('user_suspended', 'a recovery code of the owner')
        for (const person of everybody()) {
          if (person.group === 'contractor' || person.group === 'leavers') continue
          must(200, await scim('PATCH', `/Users/${person.sid}`, patch({ active: true })))
          person.isSuspended = false
          if (person.owner) person.owner = 'exempt'
        }
        cured('user_suspended', 'SCIM')
      },
    },
  ],
  December: [
    {
      what: 'The IdP moves to another tenant of its maker: another Entity ID and key',
      async act({ idp }) {
        idp.entityID = 'https://idp-two.corp.example/metadata'
        idp.key = 'p521'
      },
    },
    {
      what: 'The connection takes both, for the stated number of people',
      async act(company) {
        const { api, at, cli, refused, path, idp, connection, everybody, cured } = company
        const { entityID } = idp
        await refused('edit_cuts_off', 'PATCH', path(), { entityID })
        await api('POST', path('/certificates'), { certificate: pemOf('p521') })
        const count = String(enforcedOf(company).length)
        await cli('connection edit', at.connection, '--entity-id', entityID, '--cuts-off', count)
        cured('edit_cuts_off', '`gatepost connection edit --cuts-off`')
        cured('response_issuer', '`gatepost connection edit --entity-id`')
        connection.entityID = entityID
        connection.keys = new Set(['p384', 'p521'])
        connection.state = 'testing'
        // Bindings are of one IdP each: they begin afresh.
        for (const person of everybody()) person.bound.clear()
      },
    },
    {
      what: 'Both sides sign off, it is live again, and the old certificate is removed',
      async act(company) {
        const { api, path, connection } = company
        await signOff(company)
        await goLive(company)
        await api('DELETE', path(`/certificates/${await fingerprintOf('p384')}`))
        connection.keys = new Set(['p521'])
      },
    },
    {
      what: 'Another IdP is prepared beside it. p01 tests it, and both sides sign off',
      async act(company) {
        const { api, cli, at, first, sites, person } = company
        const { sid: rolloutSid, connectionSid: sid } = await cli('move start', first.sid)
        const entityID = 'https://third.corp.example'
        const idp: IdP = { entityID, key: 'idp', format: 'persistent' }
        const connection: Connection = {
          state: 'testing',
          entityID,
          keys: new Set(['idp']),
          newcomers: new Set(),
        }
        const next = { sid, idp, connection }
        sites.push(next)
        at.move = rolloutSid
        const path = `/connections/${sid}`
        const ssoRedirectURL = 'https://third.corp.example/sso'
        await api('PATCH', path, { entityID, ssoRedirectURL })
        await api('POST', `${path}/certificates`, { certificate: pemOf('idp') })
        await api('POST', `${path}/state`, { event: 'begin_testing' })
        const tester = person('p01')
        await api('POST', `${path}/testers`, { emails: [tester.email] })
        tester.second = next
        await prove(company, [tester], next)
        await signOff(company, sid)
        await api('POST', `${path}/state`, { event: 'go_live' })
        connection.state = 'live'
      },
    },
    {
      what: 'The move opens it to everybody beside the first, and 15 of staff take it',
      async act(company) {
        const { api, at, sites, everybody } = company
        const [, next] = sites
        await finish(company, 'freeze', undefined, at.move)
        const version = 1
        await api('POST', `/rollouts/${at.move}/review`, {
          version,
          includedExistInIdP: true,
          automaticStayOut: true,
        })
        await finish(company, 'enable', { version }, at.move)
        const moving = everybody().filter(({ isSuspended }) => !isSuspended)
        for (const person of moving) person.second = next!
        const staff = moving.filter(({ group }) => group === 'staff').slice(0, 15)
        await prove(company, staff, next!)
      },
    },
    {
      what: 'The move is carried out for those who have taken it',
      async act(company) {
        const { api, at, sites, everybody } = company
        const go = { version: 1, uninformedReason: 'told in person' }
        await api('POST', `/rollouts/${at.move}/go-ahead`, go)
        await finish(company, 'enforce', { version: 1 }, at.move)
        for (const person of everybody()) if (person.bound.has(sites[1]!)) move(person)
      },
    },
    {
      what: 'The rest moves, by the stated number, and the domains follow',
      async act(company) {
        const { api, at, cli, connection, sites, refused, everybody, cured } = company
        const all = { version: 1, scope: 'all' }
        const path = `/rollouts/${at.move}/enforce`
        await refused('rollout_locks_out', 'POST', path, { ...all, lockedOut: 0 })
        const { lockedOut } = await api('GET', `/rollouts/${at.move}/move`)
        await finish(company, 'enforce', { ...all, lockedOut }, at.move)
        cured('rollout_locks_out', 'API `POST /rollouts/{rollout}/enforce`')
        await cli('move domains', at.move)
        sites[1]!.connection.newcomers = connection.newcomers
        connection.newcomers = new Set()
        for (const person of everybody()) if (person.second) move(person)
      },
    },
    {
      what: 'p02 goes back to the first IdP',
      async act(company) {
        const { api, at, first, person } = company
        const back = { to: 'earlier', users: [person('p02').sid], reason: 'not there yet' }
        await api('POST', `/rollouts/${at.move}/roll-back`, back)
        person('p02').home = first
      },
    },
  ],
}
