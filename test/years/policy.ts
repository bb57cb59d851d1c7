// What the policy says of each person, as a small table of its own: who may get in, how, and with
// which code a login is refused. It knows nothing of the product but its words.
import type { KeyName } from '../support/keys.ts'

export type Format = 'emailAddress' | 'persistent'

/** A person, as the product should have them and as the IdP has them. */
export type Person = {
  sid: string
  /** In the words of the page. */
  group: string
  email: string
  method: 'password' | 'sso_enabled' | 'sso_enforced'
  isSuspended: boolean
  /** `kept`: the IdP alone has deactivated the owner. */
  owner: null | 'exempt' | 'kept'
  /** The connection that they sign in through. */
  home: Site
  /** One that they move to, and may already use. */
  second: Site | null
  /** By connection, at its present IdP. */
  bound: Map<Site, { format: Format; nameID: string | null }>
  /** The last NameID that was refused instead of the bound one. */
  refused: string | null
  /** A session that was opened in this month and nothing has ended. */
  hasSession: boolean
  /** What the IdP says about them. */
  idp: { email: string; id: string }
}

export type IdP = { entityID: string; key: KeyName; format: Format }

export type Connection = {
  state: 'live' | 'testing' | 'suspended'
  entityID: string
  keys: ReadonlySet<KeyName>
  /** Domains whose newcomers have SSO alone. */
  newcomers: ReadonlySet<string>
}

/** A connection and its IdP. */
export type Site = { sid: string; idp: IdP; connection: Connection }

export type NameID = { format: Format | 'transient'; value: string }

/** An e-mail and a NameID that the IdP has signed. */
export type Said = { site: Site; email: string; nameID: NameID; key: KeyName }

export type Outcome = { code: string | null; userSid: string | null }

const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase()

export function nameIDOf({ idp }: Person, { idp: { format } }: Site): NameID {
  return { format, value: format === 'emailAddress' ? idp.email : idp.id }
}

/** How a login ends with what the IdP says. */
export function judgeLogin(said: Said, people: readonly Person[]): Outcome {
  const { site } = said
  const { idp, connection } = site
  const refuse = (code: string, person?: Person) => ({ code, userSid: person?.sid ?? null })
  if (connection.state === 'suspended') return refuse('connection_suspended')
  if (idp.entityID !== connection.entityID) return refuse('response_issuer')
  if (!connection.keys.has(said.key)) return refuse('signature_invalid')
  const person = people.find(({ email }) => same(email, said.email))
  if (!person) return refuse('user_unknown')
  if (person.isSuspended) return refuse('user_suspended', person)
  const isOpen = person.home === site || person.second === site
  if (person.method === 'password' || !isOpen) return refuse('user_not_enabled', person)
  const code = judgeNameID(said, person, people)
  return code === null ? { code, userSid: person.sid } : refuse(code, person)
}

function judgeNameID(
  { site, email, nameID }: Said,
  person: Person,
  people: readonly Person[],
): string | null {
  const isEmail = same(nameID.value, email)
  const others = people.filter((one) => one !== person)
  const isOfOther = others.some(
    (one) => one.bound.get(site)?.nameID === nameID.value || same(one.email, nameID.value),
  )
  if (!isEmail && isOfOther) return 'name_id_of_other'
  const { refused } = person
  const bound = person.bound.get(site)
  if (!bound) return null
  if (nameID.format === 'transient') return 'name_id_transient'
  if (nameID.format !== bound.format) return 'name_id_format_changed'
  if (bound.nameID === null ? isEmail : bound.nameID === nameID.value) return null
  return refused !== null && refused !== nameID.value ? 'name_id_each_time' : 'name_id_changed'
}

/** What a login leaves behind. */
export function remember(said: Said, outcome: Outcome, person: Person): void {
  if (outcome.code === 'name_id_changed' || outcome.code === 'name_id_each_time')
    person.refused = said.nameID.value
  if (outcome.code !== null) return
  person.hasSession = true
  const { site, email, nameID } = said
  const { format, value } = nameID
  if (format !== 'transient' && !person.bound.has(site))
    person.bound.set(site, { format, nameID: same(value, email) ? null : value })
}

/** What the app and the front door are told, as `decision reason`. */
export function decide(person: Person): string {
  const { state } = person.home.connection
  if (person.isSuspended)
    return person.owner === 'kept' ? 'password break_glass' : 'refused user_suspended'
  if (person.method === 'password') return 'password sso_off'
  if (state === 'suspended') return 'password connection_suspended'
  if (person.method === 'sso_enabled') return 'choice sso_enabled'
  return person.owner ? 'choice break_glass' : 'sso sso_enforced'
}

/**
 * Where the front door leads an address. In a domain whose newcomers have SSO alone it answers for
 * the domain, so that it does not say who exists.
 */
export function leadTo(email: string, decision: string | null, sites: readonly Site[]): string {
  const [, domain = ''] = email.split('@')
  const isLed = sites.some(
    ({ connection: { state, newcomers } }) => state === 'live' && newcomers.has(domain),
  )
  if (isLed) return 'sso'
  const [how = 'password'] = decision?.split(' ') ?? []
  return how === 'refused' ? 'password' : how
}
