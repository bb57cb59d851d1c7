// What an IdP says with a status that is no success, in words.
import { describe, expect, it } from 'vitest'
import { explainStatus } from '../../src/connections/status-words.ts'
import { coreIdp, judge } from '../support/core.ts'

async function statusRow(status: string[], statusMessage: string | null) {
  const message = await coreIdp().respond({ status, statusMessage, assertion: false, sign: [] })
  return (await judge(message, {}, { everyRow: true })).checks
}

describe('a status', () => {
  it.each([
    [['Responder', 'AuthnFailed'], null, 'could not establish who the user is'],
    [['Requester', 'InvalidNameIDPolicy'], null, 'does not give the NameID format'],
    [['Responder', 'NoAuthnContext'], null, 'by the method that we ask for'],
    [['Responder', 'NoPassive'], null, 'was not signed in at the IdP'],
    [['Responder', 'RequestDenied'], null, 'chose not to answer'],
    [['Requester', 'UnknownPrincipal'], null, 'does not know the user'],
    [['VersionMismatch'], null, 'another version of SAML'],
    [['Requester'], null, 'finds fault with our request'],
    [['Responder'], 'An error occurred.', 'failed on its own side'],
    // A second level that is not SAML's says less than the first.
    [['Responder', 'urn:vendor:own'], null, 'failed on its own side'],
    [['urn:vendor:own'], null, 'a status that SAML does not define'],
    [['constructor'], null, 'a status that SAML does not define'],
    [['Responder', 'AuthnFailed'], 'authentication_expired', 'open for too long'],
    [['Responder'], 'User is not assigned to this application.', 'is not assigned'],
    [['Responder'], "AADSTS50105: The signed in user 'x' …", 'is not assigned'],
    [['Responder'], 'AADSTS75011: Authentication method …', 'another method than we ask for'],
    [['Requester'], 'AADSTS700016: Application with identifier …', 'by our identifier'],
    [['Requester'], 'AADSTS650056: Misconfigured application.', 'by our identifier'],
    [['Responder'], 'AADSTS99999: something new', 'the number 99999'],
  ] as const)('%j %s', async (status, message, words) => {
    const explained = explainStatus(await statusRow([...status], message))
    expect(explained!.title).toContain(words)
    expect(explained!.remedy).toMatch(/\S/)
    expect(explained!.source).toMatch(/\S/)
  })

  it('that is a success, or was not judged, needs no words', async () => {
    expect(explainStatus(await statusRow(['Success'], null))).toBeNull()
    expect(explainStatus([])).toBeNull()
  })

  it('says nothing of what the message says of a person', async () => {
    const message = "AADSTS50105: The signed in user 'bob@tenant.example' is not assigned"
    expect(JSON.stringify(explainStatus(await statusRow(['Responder'], message)))).not.toContain(
      'bob',
    )
  })
})
