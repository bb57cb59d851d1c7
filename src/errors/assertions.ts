// Errors of the assertion: its subject, audience and times.
import { trust, type ErrorEntry } from './entry.ts'

const CLOCK = 'set the IdP’s clock (NTP).'

export const ASSERTION_ERRORS = {
  assertion_issuer: trust(
    'The Assertion comes from another IdP',
    'Copy the IdP’s Entity ID into the connection, exactly. Case and a trailing slash count.',
  ),
  subject: trust(
    'The Assertion has no Subject',
    'Check the NameID settings of the application in the IdP.',
  ),
  name_id: trust(
    'The Assertion has no usable NameID',
    'Set a NameID in the IdP: a stable identifier or the e-mail address, not encrypted by itself.',
  ),
  name_qualifier: trust(
    'The NameID belongs to another IdP',
    'Set the IdP to send its own Entity ID as NameQualifier, or none.',
  ),
  sp_name_qualifier: trust(
    'The NameID was made for another service',
    'Set the IdP to send our Entity ID as SPNameQualifier, or none. ' +
      'Check that the application in the IdP is ours.',
  ),
  name_id_format: trust(
    'The NameID has another format than the request asked for',
    'Nothing to do if everybody can sign in. Otherwise, set the IdP to send the format that the ' +
      'connection asks for, or let the connection ask for none.',
  ),
  bearer: trust(
    'The Assertion has no bearer confirmation',
    'Set the IdP’s application to the Web Browser SSO profile.',
  ),
  recipient: trust(
    'The Assertion is for another address',
    'Copy our ACS URL into the IdP again, exactly.',
  ),
  issue_instant: trust(
    'The Assertion was not issued within a day of now',
    `Log in again without waiting. If that fails too, ${CLOCK}`,
  ),
  confirmation_not_on_or_after: trust(
    'The Assertion arrived too late, or has no deadline for its delivery',
    `Log in again without waiting. If that fails too, ${CLOCK}`,
  ),
  confirmation_not_before: trust(
    'The confirmation has a NotBefore',
    'SAML forbids it there. Update the IdP.',
  ),
  confirmation_in_response_to: trust(
    'The Assertion answers another request, or none',
    'Start a new login in one browser window. ' +
      'The IdP must put InResponseTo into SubjectConfirmationData.',
  ),
  audience: trust(
    'The Assertion is for another service',
    'Copy our Entity ID into the IdP (Audience, or SP Entity ID), exactly.',
  ),
  not_before: trust('The Assertion is not valid yet', 'Set the IdP’s clock (NTP).'),
  not_on_or_after: trust(
    'The Assertion has expired',
    `Log in again without waiting. If that fails too, ${CLOCK}`,
  ),
  condition_unknown: trust(
    'The Assertion has an unknown condition',
    'Remove the condition in the IdP. SAML requires us to refuse a condition we do not know.',
  ),
  authn_statement: trust(
    'The Assertion does not say when the user authenticated',
    'Set the IdP to send an AuthnStatement with an AuthnInstant.',
  ),
  time_unreadable: trust(
    'A time in the Assertion cannot be read',
    'SAML demands times in UTC, such as 2026-01-31T12:00:00Z. Correct the template of the IdP, ' +
      'or update the IdP.',
  ),
  authn_instant: trust('The time of authentication is in the future', 'Set the IdP’s clock (NTP).'),
  authn_too_old: trust(
    'The user authenticated longer ago than the connection allows',
    'Sign out of the IdP and in again. If its sessions may last longer, raise the oldest ' +
      'accepted authentication in the connection.',
  ),
  authn_not_forced: trust(
    'The IdP did not ask the user to authenticate again',
    'Our request asked for it (ForceAuthn), but the user authenticated before the request. ' +
      'Set the IdP to obey ForceAuthn. If it cannot, switch “Ask for authentication every ' +
      'time” off in the connection.',
  ),
  authn_context: trust(
    'The user did not authenticate in a way that the connection requires',
    'Set the IdP to authenticate as requested and to answer with exactly that value. Or ' +
      'correct the requested authentication contexts in the connection, or do not require them.',
  ),
  session_not_on_or_after: trust(
    'The IdP’s session has ended',
    'Sign out of the IdP and in again.',
  ),
  email_ambiguous: trust(
    'The IdP sent several different e-mails',
    'Set the IdP to send the login e-mail alone. Or, if it has an attribute of its own, enter ' +
      'the name of that attribute under Settings, Attribute names, E-mail.',
  ),
  attribute_missing: trust(
    'The e-mail, first name or last name is missing',
    'Map the missing attribute in the IdP to one of the names that we know, ' +
      'or enter its name in the connection.',
  ),
  email: trust(
    'The e-mail is not a single plain ASCII address',
    'Set the IdP to send only the user’s login e-mail.',
  ),
} as const satisfies Record<string, ErrorEntry>
