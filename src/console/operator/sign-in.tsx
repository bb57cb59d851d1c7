// Operator sign-in by a one-time link or the vendor's own IdP. A button spends the link, so that
// link scanners do not.
import type { Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { openDatabase } from '../../platform/db/client.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { refuseGuess } from '../../platform/http/limits.ts'
import { Refused } from '../../platform/http/refused.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { Code, Notice } from '../kit/blocks.tsx'
import { ConsolePage } from '../kit/console-frame.tsx'
import { ButtonLink, Form, SubmitRow } from '../kit/forms.tsx'
import { seeOther, showPage } from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { readSignInLink, signIn, signOut, type OpenedConsole } from '../../access/operations.ts'
import {
  actorOfConsole,
  clearConsoleCookie,
  consoleSecret,
  emailOfAccess,
  setConsoleCookie,
} from '../../access/caller.ts'
import { AREA, PRODUCT } from './frame.tsx'
import { finishByIdp, forgetWanted, OwnIdpLinks, wantedPath } from './own-idp.tsx'

export function signInRoutes(routes: Hono<App>): void {
  const anonymous = (c: AppContext) => ({ db: openDatabase(c.env.DB), now: Date.now() })

  routes.get('/sign-in', async (c) => {
    const link = c.req.query('link')
    if (link === undefined) return showPage(c, await howPage(c))
    const { operator } = await unwrapLink(c, await readSignInLink(anonymous(c), link))
    return showPage(
      c,
      <Plain title={`Sign in as ${operator.name}`}>
        <p>This link works once. You stay signed in for eight hours in this browser.</p>
        <Form action="/console/sign-in" hidden={{ link }}>
          <SubmitRow primary="Sign in" />
        </Form>
      </Plain>,
    )
  })

  routes.post('/sign-in', async (c) => {
    const form = await readForm(c)
    const session = await unwrapLink(c, await signIn(anonymous(c), form.text('link')))
    return enter(c, session, wantedPath(c))
  })

  routes.get('/sign-in/finish', async (c) => {
    const { target, ...session } = await finishByIdp(c)
    return enter(c, session, target)
  })

  routes.post('/sign-out', async (c) => {
    const secret = consoleSecret(c)
    if (secret !== undefined) await signOut(anonymous(c), secret)
    clearConsoleCookie(c)
    return seeOther(c, '/console/sign-in')
  })
}

/** The browser gets the session, and the page that was asked for. */
function enter(c: AppContext, { secret, expiresAt }: OpenedConsole, target: string): Response {
  setConsoleCookie(c, secret, Math.ceil((expiresAt - Date.now()) / 1000))
  forgetWanted(c)
  return seeOther(c, target, 'signed_in')
}

async function unwrapLink<T>(c: AppContext, found: Result<T, Problem>): Promise<T> {
  if (found.ok) return found.value
  const { code } = found.error
  throw new Refused(code === 'sign_in_link' ? await refuseGuess(c, 'sign_in_link', code) : code)
}

async function howPage(c: AppContext) {
  const actor = await actorOfConsole(c)
  if (actor)
    return (
      <Plain title={`Signed in as ${actor.name}`}>
        <p>
          <ButtonLink href="/console" label="Open console" tone="primary" />
        </p>
      </Plain>
    )
  const stranger = await emailOfAccess(c, Date.now())
  return (
    <Plain title="Sign in">
      {stranger !== undefined && (
        <Notice tone="warning" title="Cloudflare Access knows you; the console does not">
          <p>{stranger} is no operator’s account that Access opens. Ask an owner to invite it.</p>
        </Notice>
      )}
      <OwnIdpLinks c={c} />
      <p>
        Ask an owner for an invitation. An owner signs in on a machine that can deploy Gatepost:
      </p>
      <p>
        <Code>npm run -s gatepost -- operator sign-in --email you@example.com</Code>
      </p>
      <p>
        It prints a link that works once, within ten minutes. For the first owner, add{' '}
        <Code>--name "Your Name"</Code>.
        {c.var.config.access && ' Cloudflare Access also signs operators in.'}
      </p>
    </Plain>
  )
}

function Plain(props: { title: string; children: Child }) {
  return (
    <ConsolePage
      title={props.title}
      product={PRODUCT}
      area={AREA}
      homeHref="/console"
      narrow={true}
    >
      {props.children}
    </ConsolePage>
  )
}
