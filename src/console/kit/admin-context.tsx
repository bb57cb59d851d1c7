// What console and setup portal have in common: who came, the frame around a page, posts from our own pages only, and
// how they say no.
import type { Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { createSid } from '../../ids.ts'
import { Notice } from './blocks.tsx'
import { ConsolePage, type ConsolePageProps } from './console-frame.tsx'
import { ErrorSummary } from './forms.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { isNoticeCode, NOTICES } from './notices.ts'
import { messageOf } from './words.ts'

/** What every page of a door is made with. */
export type AdminContext = {
  /** Who asks, and what with. */
  context: OperationContext
  origin: string
  nonce: string | undefined
  Frame: (props: FrameProps) => Child
}

/** What a page says of itself; the door adds the rest. */
export type FrameProps = Pick<
  ConsolePageProps,
  | 'title'
  | 'badge'
  | 'lead'
  | 'actions'
  | 'breadcrumb'
  | 'current'
  | 'narrow'
  | 'script'
  | 'children'
> & {
  /** Why what was sent was not done. */
  problem?: Problem | undefined
  /** The field that is to blame, where the problem names it otherwise than the form. */
  problemField?: string | undefined
}

/** The part of the frame that both doors make alike. */
export function frameProps(c: AppContext, props: FrameProps) {
  const { problem, problemField, children, ...rest } = props
  const code = c.req.query('notice')
  return {
    ...rest,
    nonce: c.get('secureHeadersNonce'),
    hasErrors: problem !== undefined,
    notice:
      !problem && c.req.method === 'GET' && isNoticeCode(code) ? (
        <NoticeOf code={code} />
      ) : undefined,
    children: (
      <>
        {problem && (
          <ErrorSummary
            errors={[{ field: problemField ?? problem.field, message: messageOf(problem) }]}
          />
        )}
        {children}
      </>
    ),
  }
}

function NoticeOf({ code }: { code: keyof typeof NOTICES }) {
  const notice: { tone: 'success' | 'info'; title: string; text?: string } = NOTICES[code]
  return (
    <Notice tone={notice.tone} title={notice.title}>
      {notice.text && <p>{notice.text}</p>}
    </Notice>
  )
}

/** The value, or a page that says no. For problems that no form can show. */
export function take<T>(outcome: Result<T, Problem>): T {
  if (outcome.ok) return outcome.value
  throw new Refused(outcome.error.code)
}

/** What the page of a form cannot mend: it is not the actor's. */
export function isRefusal({ code }: Problem): boolean {
  return code === 'not_there' || code === 'forbidden'
}

/** The value, or the problem for the form to show. What is not the actor's is a page that says no. */
export function takeOrShow<T>(outcome: Result<T, Problem>): Result<T, Problem> {
  if (!outcome.ok && isRefusal(outcome.error)) throw new Refused(outcome.error.code)
  return outcome
}

/** The page of a form, shown again. */
export function showAgain(
  c: AppContext,
  problem: Problem,
  page: Child,
): Response | Promise<Response> {
  const { audience, status } = CATALOGUE[problem.code]
  // The 403 of whatever makes a login fail would say here that the form is not the sender's.
  return c.html(<>{page}</>, audience === 'admin' ? 400 : status)
}

export function showPage(c: AppContext, page: Child): Response | Promise<Response> {
  return c.html(<>{page}</>)
}

/** After a post: the page to look at, and what it says about what was done. */
export function seeOther(c: AppContext, path: string, notice?: keyof typeof NOTICES): Response {
  const [page, fragment] = path.split('#')
  const query = notice ? `${page!.includes('?') ? '&' : '?'}notice=${notice}` : ''
  return c.redirect(`${page}${query}${fragment ? `#${fragment}` : ''}`, 303)
}

/** Whatever changes something comes from our own pages. The cookies are Lax besides: this says so aloud. */
export async function refuseOtherSites(c: AppContext, next: () => Promise<void>): Promise<void> {
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isReading && c.req.header('origin') !== c.var.config.origin)
    throw new Refused('not_same_site')
  await next()
}

type ErrorWords = { title: string; remedy: string }

/** What a door says of codes that elsewhere are about a login. */
const DOOR_WORDS: Readonly<Partial<Record<ErrorCode, ErrorWords>>> = {
  not_found: {
    title: 'Page not found',
    remedy: 'Check the address, or begin at the start page.',
  },
  not_there: {
    title: 'Page not found',
    remedy: 'Check the address, or begin at the start page.',
  },
  body_too_large: {
    title: 'That is more than this form takes',
    remedy: 'Go back and send less.',
  },
  content_type: {
    title: 'What was sent is no form',
    remedy: 'Use the form of the page.',
  },
  not_same_site: {
    title: 'This form was sent from another site',
    remedy: 'Open the page again, and repeat it there.',
  },
}

/** Pages that say no, in the door's own frame. Anything unexpected is for the app to log and to show. */
export function showRefusals(
  routes: Hono<App>,
  door: {
    product: (c: AppContext) => string
    name: string
    homeHref: string
    words?: typeof DOOR_WORDS
    /** Where another answer than a page that says no is better. */
    instead?: (c: AppContext, code: ErrorCode) => Response | undefined
  },
): void {
  routes.onError((error: Error, context: Context) => {
    if (!(error instanceof Refused)) throw error
    const c = context as AppContext
    const { code } = error
    const instead = door.instead?.(c, code)
    if (instead) return instead
    const { status } = CATALOGUE[code]
    const reference = createSid('AT')
    console.log(JSON.stringify({ event: 'refused', code, status, reference }))
    const { title, remedy } = door.words?.[code] ?? DOOR_WORDS[code] ?? CATALOGUE[code]
    return c.html(
      <ConsolePage
        title={title}
        product={door.product(c)}
        door={door.name}
        homeHref={door.homeHref}
        narrow={true}
        nonce={c.get('secureHeadersNonce')}
      >
        <p>{remedy}</p>
      </ConsolePage>,
      status,
    )
  })
}
