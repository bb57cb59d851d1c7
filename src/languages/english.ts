// Every text of a page or mail for end users, in English. The other languages have the same keys
// and the same placeholders: a test compares them.

/** Texts in pieces, put together. Unlike `+` it keeps the type, which says the placeholders. */
const long = <A extends string, B extends string, C extends string = ''>(a: A, b: B, c?: C) =>
  `${a}${b}${c ?? ''}` as `${A}${B}${C}`

export const ENGLISH = {
  // The frame of every page, and error pages.
  help: 'Help',
  helpPage: 'Help page',
  reference: 'Reference',
  tryAgain: 'Try again',
  startAgain: 'Start again',
  goToStart: 'Go to the start page',
  lockedOut: 'Locked out? Use a recovery code',
  useAnotherAccount: 'Use another account',
  signOutOfProductFirst: 'If you come back here, sign out of {product} first, then start again.',
  signOutOfCompanyFirst:
    'If you come back here, sign out at your company’s sign-in page first, then start again.',

  // On the way to another site.
  toIdp: 'Taking you to your sign-in page',
  toApp: 'Taking you to your app',
  signingOut: 'Signing you out',
  noScript: 'Scripts are turned off in your browser. Press “{button}” to go on.',
  continue: 'Continue',

  // The front door.
  signIn: 'Sign in',
  signInTo: 'Sign in to {product}',
  toContinueTo: 'to continue to {app}',
  email: 'E-mail',
  wholeAddress: 'Enter the whole address, like {example}.',
  useAPassword: 'Use a password',
  howToSignIn: 'How would you like to sign in?',
  companyOffers: 'Your company offers its own sign-in for {email}.',
  signInByCompany: 'Sign in through your company',
  passwordStillWorks: 'Your password still works too. Enter it in the app.',
  useYourPassword: 'Use your password',
  useAnotherEmail: 'Use another e-mail',
  companyMoves: 'Your company is moving to a new sign-in. {email} can use both.',
  signInAsBefore: 'Sign in as before',
  tryNewSignIn: 'Try your company’s new sign-in',
  signInByPassword: 'Sign in with your password',
  openAppAs: 'Open the app and sign in there as {email}.',

  // A session, and its end.
  signedIn: 'Signed in',
  signedInAs: 'Signed in as {name}',
  firstName: 'First name',
  lastName: 'Last name',
  connection: 'Connection',
  session: 'Session',
  authenticated: 'Authenticated',
  ends: 'Ends',
  signOut: 'Sign out',
  notSignedIn: 'Not signed in',
  youAreNotSignedIn: 'You are not signed in',
  openYourApp: 'Open your app and sign in there, or follow the sign-in link your company gave you.',
  signOutQuestion: 'Sign out?',
  signOutEndsSession:
    'This ends your session here. You stay signed in at your company’s own sign-in page.',
  staySignedIn: 'Stay signed in',
  signedOut: 'Signed out',
  youAreSignedOut: 'You are signed out',
  sessionHasEnded:
    'Your session here has ended. You may still be signed in at your company’s sign-in page.',
  signInAgain: 'Sign in again',
  signedOutInPart: 'Signed out of this browser only',
  youAreSignedOutInPart: 'You are signed out of this browser only',
  appsNotTold: long(
    'This service has no storage left, so it could not tell your apps. Sign out of each app too. ',
    'You may also be signed in at your company’s sign-in page.',
  ),
  backToApp: 'Go back to the app',
  youAreSignedInAs: 'You are signed in as {email}.',
  appAsksSignOut: '{app} asks to sign you out.',
  signOutEndsAll: 'This ends your session here and in all apps that you opened with it.',
  signOutHere: 'Sign out here',

  // Test sign-ins.
  testWorks: 'Single sign-on works',
  testWorksText: 'Your company’s sign-in page answered, and every check passed.',
  testOnly: 'This was a test. No one was signed in.',
  testAgain: 'Test again',
  testRefused: long(
    'Send the reference below to your administrator, who can look up the failed check and its ',
    'remedy.',
  ),

  // Recovery codes.
  useRecoveryCode: 'Use a recovery code',
  enterRecoveryCode: long(
    'Enter one of the recovery codes that you received for emergencies. Each code works once. ',
    'Support learns that you used it.',
  ),
  recoveryCode: 'Recovery code',
  useCode: 'Use code',
  signInAnotherWay: 'Sign in another way',
  codeAccepted: 'Recovery code accepted',
  crossOut: 'Cross the code out: it does not work again.',
  lastCode: 'It was your last code. Once you are signed in by SSO, create new ones:',
  codesLeft: { one: 'You have {count} code left.', other: 'You have {count} codes left.' },
  drillRecorded: 'The drill is recorded.',
  passwordUntil: long(
    'You can sign in as {email} with your password until {time}. Until then, you do not need ',
    'your company’s sign-in page.',
  ),
  openAppThere: 'Open the app and sign in there.',
  continueTo: 'Continue to {product}',
  recoveryCodes: 'Recovery codes',
  recoveryCodesFor: 'Recovery codes for {email}',
  ownerUntil: long(
    'You are a break-glass owner until {date}. If your company’s sign-in page does not work, a ',
    'recovery code lets you sign in as {email}.',
  ),
  noCodesYet: 'You have no codes yet.',
  unusedCodes: {
    one: 'You have {count} unused code. New codes replace it.',
    other: 'You have {count} unused codes. New codes replace them.',
  },
  createCodes: 'Create codes',
  replaceCodes: 'Replace codes',
  drillPlanned: 'Your next drill: use one code on {date} or in the week after it.',
  drillDue: 'Your drill has been due since {date}: use one code now.',
  codesShownOnce: long(
    'Print this page or download the codes now. They are not shown again. Earlier codes no ',
    'longer work.',
  ),
  downloadCodes: 'Download codes',
  codesCreated: long(
    'Created on {date}. Enter one at {url}. Cross it out after use, and keep the others where ',
    'nobody else finds them.',
  ),

  // Mails to testers, and the notice that a rollout begins with. {firstName}, {date} and {link}
  // of a notice are filled in later, for each person.
  mailHello: 'Hello {name},',
  mailHelloNobody: 'Hello,',
  mailForYouAlone: '{product} sent this to you alone. Do not forward it.',
  mailNoticeWhy: 'You receive this because you sign in to {product}.',
  mailTestSubject: 'Please test the new sign-in: {product}',
  mailTestTitle: 'Please test the new sign-in to {product}',
  mailTestAsks: '{person} asks you to try single sign-on to {product}.',
  mailTestAccount: 'You sign in with your account at {idp}.',
  mailTestAccountCompany: 'You sign in with your company account.',
  mailTestPrivateWindow: 'Open the link below in a private window.',
  mailTestSignIn: 'Sign in at your company’s sign-in page.',
  mailTestDone: 'You are done when {product} opens, or when you see an error page.',
  mailTestButton: 'Sign in with SSO',
  mailTestPassword: long(
    'Your password still works. If an error page opens, send its reference to the person who ',
    'invited you.',
  ),
  noticeSubject: 'From {date} you sign in with your company account',
  noticeHello: 'Hello {firstName},',
  noticeText: long(
    'From {date}, you sign in with your company account. Enter your e-mail address as usual, and ',
    'you are sent to your company’s sign-in page. You no longer need a password here.',
  ),
  noticeTry: 'You can try it now: {link}',
  noticeTrouble: 'If something does not work, contact your IT department.',
  moveSubject: 'From {date} your company has a new sign-in page',
  moveText: long(
    'Your company moves to a new sign-in page. From {date}, you are sent there when you enter ',
    'your e-mail address. Until then both work.',
  ),
  moveTry: 'Please try the new one now: {link}',
  moveTrouble: 'If something does not work, sign in as before and tell your IT department.',
} as const
