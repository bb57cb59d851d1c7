// All cases, in the order in which they are run.
import type { Case } from '../harness/runner.ts'
import { again } from './again.ts'
import { appLogout } from './app-logout.ts'
import { apps } from './apps.ts'
import { consoleCases } from './console.ts'
import { directory } from './directory.ts'
import { encryption } from './encryption.ts'
import { frontDoor } from './front-door.ts'
import { idpInitiated } from './idp-initiated.ts'
import { leaving } from './leaving.ts'
import { libraries } from './libraries.ts'
import { logout } from './logout.ts'
import { mail } from './mail.ts'
import { moves } from './moves.ts'
import { newcomers } from './newcomers.ts'
import { noScript } from './no-script.ts'
import { otherBrowser } from './other-browser.ts'
import { ownIdp } from './own-idp.ts'
import { recovery } from './recovery.ts'
import { refusals } from './refusals.ts'
import { rollout } from './rollout.ts'
import { signIn } from './sign-in.ts'
import { tabs } from './tabs.ts'
import { uploads } from './uploads.ts'
import { validation } from './validation.ts'
import { webhooks } from './webhooks.ts'
import { years } from './years.ts'

export const cases: readonly Case[] = [
  ...signIn,
  ...idpInitiated,
  ...logout,
  ...appLogout,
  ...otherBrowser,
  ...refusals,
  ...encryption,
  ...noScript,
  ...frontDoor,
  ...recovery,
  ...tabs,
  ...again,
  ...consoleCases,
  ...ownIdp,
  ...directory,
  ...uploads,
  ...webhooks,
  ...mail,
  ...validation,
  ...rollout,
  ...years,
  ...leaving,
  ...moves,
  ...newcomers,
  ...apps,
  ...libraries,
]
