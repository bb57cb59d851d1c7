// The demo customer: the people whom the demo IdP knows and the directory has, under fixed SIDs.
// Passwords are in clear text here because they open nothing but a demo IdP on this machine.

/** One person, as the IdP asserts them and as the directory has them. */
export type Person = {
  username: string
  password: string
  mail: string
  givenName: string
  sn: string
  displayName: string
  userSid: string
  signInMethod: 'sso_enabled' | 'password'
}

export const tenantSid = 'TNde300000000000000000000000000001'
export const accountSid = 'ACde300000000000000000000000000001'
export const connectionSid = 'CNde300000000000000000000000000001'

/** The apps of examples/, as clients: their `client_id`s. */
export const nodeAppSid = 'CLde300000000000000000000000000001'
export const edgeWorkerSid = 'CLde300000000000000000000000000002'

export const people: readonly Person[] = [
  {
    username: 'alice',
    password: 'alicepass',
    mail: 'alice@example.org',
    givenName: 'Alice',
    // A name that breaks a page if one step on the way from the IdP forgets to escape or to decode.
    sn: 'Ünïcode <&> "Q"',
    displayName: 'Alice Ünïcode <&> "Q"',
    userSid: 'USde300000000000000000000000000001',
    signInMethod: 'sso_enabled',
  },
  {
    username: 'bob',
    password: 'bobpass',
    mail: 'bob@example.org',
    givenName: 'Bob',
    sn: 'Builder',
    displayName: 'Bob Builder',
    userSid: 'USde300000000000000000000000000002',
    signInMethod: 'sso_enabled',
  },
  {
    // The IdP vouches for her, but SSO is off for her: what a refusal looks like.
    username: 'carol',
    password: 'carolpass',
    mail: 'carol@example.org',
    givenName: 'Carol',
    sn: 'Closed',
    displayName: 'Carol Closed',
    userSid: 'USde300000000000000000000000000003',
    signInMethod: 'password',
  },
]
