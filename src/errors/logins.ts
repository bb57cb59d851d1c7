// Errors of a login, from its link to its session, except those of the SAML message.
import { open, refusal, trust, type ErrorEntry } from './entry.ts'

const NOT_THE_SAME =
  'If the address now belongs to another person, give that person a user of their own instead.'

export const LOGIN_ERRORS = {
  connection_unknown: open(
    404,
    'Unknown sign-in address',
    'Check the address with the person who gave it to you.',
  ),
  connection_suspended: open(403, 'Single sign-on is suspended for your company', {
    person: 'Ask your administrator.',
    customer: 'Ask support to resume the connection.',
    operator: 'Resume the connection or the tenant.',
  }),
  connection_not_ready: open(403, 'Single sign-on is not set up for your company yet', {
    person: 'Ask your administrator.',
    customer: 'Enter the IdP’s settings with an SSO URL, and start testing.',
    operator: 'The connection is a draft, or has no SSO URL. Complete it, and start testing.',
  }),
  probe_only: open(
    403,
    'This connection signs nobody in',
    'It is for the synthetic login alone. Use another connection.',
  ),
  start_at_idp: open(403, 'Sign-in starts at your company’s app portal', {
    person: 'Open the app by its tile there, for example in Okta or My Apps.',
    customer: 'The connection has no SSO URL and accepts IdP-initiated logins. Enter an SSO URL.',
    operator: 'The connection has no SSO URL and accepts IdP-initiated logins. Enter an SSO URL.',
  }),
  connection_changed: open(
    400,
    'The sign-in settings changed while you signed in',
    'Start again from your app.',
  ),
  plan_required: open(
    403,
    'Single sign-on is not part of your company’s plan',
    'Sign in with your password, or ask your administrator.',
  ),
  relay_state_unknown: open(
    400,
    'Your sign-in cannot be found',
    'Start again. Administrators: the IdP must return RelayState unchanged, ' +
      'to the ACS URL of the connection that asked.',
  ),
  relay_state_expired: open(
    400,
    'Your sign-in took too long',
    'Start again. A sign-in may take ten minutes at your company’s sign-in page.',
  ),
  idp_initiated_refused: open(403, 'Sign-in has to start in your app', {
    person: 'Open the app itself instead of its tile.',
    customer: 'The connection refuses IdP-initiated logins. Ask support to allow them.',
    operator: 'The connection refuses IdP-initiated logins. Allow them in its settings.',
  }),
  restart_loop: open(
    400,
    'Your company’s sign-in page does not return our reference',
    'Administrators: the IdP must return RelayState and InResponseTo.',
  ),
  replayed: trust(
    'The response was used before',
    'Start a new login. If fresh logins fail too, the IdP repeats Assertion IDs, or something ' +
      'posts each response twice.',
  ),
  user_unknown: refusal(
    'No user of this tenant has that e-mail',
    'Compare the e-mail that the IdP sends with the login e-mail in the directory, ' +
      'or import the user. First logins create users if the page “Settings” says so.',
    {
      title: 'There is no account for you here',
      remedy:
        'Your company confirmed who you are, but no user here has your e-mail. ' +
        'Use another account, or ask your administrator for access.',
    },
  ),
  newcomer_limit: refusal(
    'First logins have created as many users as they may within an hour',
    'Raise “New users an hour” on the page “Settings”, or wait for the next full hour. ' +
      'If you did not expect so many new people, look at the audit trail of the connection first.',
    {
      title: 'Your account cannot be created now',
      remedy:
        'Many people of your company have signed in for the first time within this hour. ' +
        'Try again in an hour, or ask your administrator.',
    },
  ),
  user_suspended: refusal('The user is suspended', 'Reactivate the user in the directory.', {
    title: 'Your account is suspended',
    remedy:
      'Ask your administrator to reactivate it. ' +
      'Until then you cannot sign in, with a password either.',
  }),
  user_not_enabled: refusal(
    'Single sign-on through this connection is off for the user',
    'Nominate the user as a tester, or include the user in a rollout.',
    {
      title: 'Single sign-on is off for your account',
      remedy:
        'Use another account, or sign in to your app the way you did before. ' +
        'Your administrator can turn on single sign-on.',
    },
  ),
  name_id_changed: trust(
    'The user is bound to another NameID',
    'If the IdP changed the NameID on purpose, release the user on the page “NameIDs”: the next ' +
      `login binds the new one. ${NOT_THE_SAME}`,
  ),
  name_id_each_time: trust(
    'The IdP sends another NameID at each login',
    'At least three different NameIDs have come for this user. Set the IdP to send a value that ' +
      'stays the same for a person, then release the users on the page “NameIDs”.',
  ),
  name_id_format_changed: trust(
    'The NameID has another format than the bound one',
    'Set the IdP back to the format that is bound. If it changed on purpose, release the users ' +
      'on the page “NameIDs”: the next login binds the new format.',
  ),
  name_id_transient: trust(
    'A transient NameID came for a user who is bound',
    'A transient NameID says nothing about who comes. Set the IdP to send the NameID that is ' +
      'bound. If it must be transient, release the users on the page “NameIDs”.',
  ),
  name_id_of_other: trust(
    'The NameID belongs to another user',
    'The NameID is another user’s login e-mail or alias, or another user is bound to it. Compare ' +
      'NameID and e-mail of the person at the IdP. If somebody has taken over the other user’s ' +
      'NameID there, release that user on the page “NameIDs”.',
  ),
  admin_unknown: refusal(
    'Nobody who administers has that e-mail',
    {
      customer: 'Ask support to invite the person.',
      operator: 'An owner invites the e-mail that the IdP sends, on the page “Operators”.',
    },
    {
      title: 'You have no account here yet',
      remedy:
        'Your company confirmed who you are, but nobody with your e-mail was invited. ' +
        'Ask the person who manages this for an invitation.',
    },
  ),
  admin_name_id: trust('The NameID is not the one that first came for this person', {
    customer:
      'Compare NameID and e-mail of the person at the IdP. If the NameID changed on purpose, the ' +
      'person signs in once by a link: the next sign-in at the IdP binds the new NameID.',
    operator:
      'Compare NameID and e-mail of the person at the IdP. If the NameID changed on purpose, the ' +
      'person signs in once by a link: the next sign-in at the IdP binds the new NameID.',
  }),
  login_code_unknown: open(400, 'This sign-in has expired', 'Start again from your app.'),
  login_code_spent: open(
    400,
    'This sign-in was already finished',
    'Go to the app: you may be signed in. Otherwise, start again.',
  ),
  browser_mismatch: open(
    403,
    'This sign-in was started in another browser',
    'Start again in this browser, and allow cookies for this site.',
  ),
  recovery_code: open(
    403,
    'This recovery code is not valid',
    'A code works once, for one break-glass owner. If you have just used it, sign in with your ' +
      'password. Otherwise, try another code, or ask support.',
  ),
  client_unknown: open(
    400,
    'Unknown app',
    'Open the app itself and sign in there. ' +
      'Developers: client_id must be the SID of a registered client that is not disabled.',
  ),
  redirect_uri: open(
    400,
    'The app’s return address is not registered',
    'Continue only if you know the app. ' +
      'Developers: redirect_uri must be one of the client’s redirect URIs, exactly as registered.',
  ),
  id_token_hint: open(
    400,
    'The app cannot sign you out',
    'You can sign out here. Developers: id_token_hint must be an ID token that this client ' +
      'received from us. It may have expired.',
  ),
  post_logout_redirect_uri: open(
    400,
    'The app’s return address is not registered',
    'You can sign out here. Developers: post_logout_redirect_uri must be one of the client’s, ' +
      'exactly as registered.',
  ),
} as const satisfies Record<string, ErrorEntry>
