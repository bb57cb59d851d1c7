// Shared by console and setup portal: the page context, the frame, responses to forms, the check
// that a POST is same-origin, and refusal pages.
import type { Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { createSid } from '../../ids.ts'
import { Notice } from './blocks.tsx'
import { ConsolePage, type ConsolePageProps } from './console-frame.tsx'
import { ButtonLink, ErrorSummary } from './forms.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { retryAfter } from '../../platform/http/retry-after.ts'
import { isNoticeCode, NOTICES } from './notices.ts'
import { Code, KeyValues } from './values.tsx'
import { messageOf } from './words.ts'

/** What every page of console and portal gets. */
export type AdminContext = {
  /** The actor and the database. */
  context: OperationContext
  origin: string
  Frame: (props: FrameProps) => Child
}

/** What a page passes to the frame; console and portal add the rest. */
export type FrameProps = Pick<
  ConsolePageProps,
  'title' | 'badge' | 'lead' | 'actions' | 'breadcrumb' | 'current' | 'narrow' | 'children'
> & {
  /** Why the sent form was refused. */
  problem?: Problem | undefined
  /** The control with the error, if the problem names it differently. */
  problemField?: string | undefined
}

/** The frame's props that console and portal share. */
export function frameProps(c: AppContext, props: FrameProps) {
  const { problem, problemField, children, ...rest } = props
  const code = c.req.query('notice')
  return {
    ...rest,
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

/** The value, or else a refusal page: for problems that no form can show. */
export function unwrap<T>(outcome: Result<T, Problem>): T {
  if (outcome.ok) return outcome.value
  throw new Refused(outcome.error.code)
}

/** True if no form can fix the problem, because the actor has no access. */
export function isRefusal({ code }: Problem): boolean {
  return code === 'not_there' || code === 'forbidden'
}

/** The value, or the problem for the form to show. Without access, a refusal page. */
export function unwrapOrShow<T>(outcome: Result<T, Problem>): Result<T, Problem> {
  if (!outcome.ok && isRefusal(outcome.error)) throw new Refused(outcome.error.code)
  return outcome
}

/** The page of a form, shown again with its problem. */
export function showAgain(
  c: AppContext,
  problem: Problem,
  page: Child,
): Response | Promise<Response> {
  const { audience, status } = CATALOGUE[problem.code]
  // The 403 of login errors would wrongly say that the sender may not use this form.
  return showPage(c, page, audience === 'admin' ? 400 : status)
}

export function showPage(
  c: AppContext,
  page: Child,
  status: ContentfulStatusCode = 200,
  headers: Record<string, string> = {},
): Response | Promise<Response> {
  c.set('hasOwnFiles', true)
  return c.html(<>{page}</>, status, headers)
}

/** After a POST: redirects to a page, with a notice about the result. */
export function seeOther(c: AppContext, path: string, notice?: keyof typeof NOTICES): Response {
  const [page, fragment] = path.split('#')
  const query = notice ? `${page!.includes('?') ? '&' : '?'}notice=${notice}` : ''
  return c.redirect(`${page}${query}${fragment ? `#${fragment}` : ''}`, 303)
}

/** Refuses POSTs from other sites. The cookies are SameSite=Lax as well. */
export async function refuseOtherSites(c: AppContext, next: () => Promise<void>): Promise<void> {
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isReading && c.req.header('origin') !== c.var.config.origin)
    throw new Refused('not_same_site')
  await next()
}

type ErrorWords = { title: string; remedy: string }

/** Words for codes that elsewhere are about a login. */
const ADMIN_ERROR_WORDS: Readonly<Partial<Record<ErrorCode, ErrorWords>>> = {
  not_found: {
    title: 'Page not found',
    remedy: 'Check the address, or go to the start page.',
  },
  not_there: {
    title: 'Page not found',
    remedy: 'Check the address, or go to the start page.',
  },
  body_too_large: {
    title: 'The form is too large',
    remedy: 'Go back and send less data.',
  },
  content_type: {
    title: 'The request is not a form',
    remedy: 'Use the form on the page.',
  },
  not_same_site: {
    title: 'This form was sent from another site',
    remedy: 'Open the page here and try again.',
  },
}

/** Shows refusals as pages of this console or portal. The app handles unexpected errors. */
export function showRefusals(
  routes: Hono<App>,
  area: {
    product: (c: AppContext) => string
    name: string
    homeHref: string
    /** Whether the visitor gets in at `homeHref`. */
    isOpen?: (c: AppContext) => Promise<boolean>
    words?: typeof ADMIN_ERROR_WORDS
    /** A response to send instead of the refusal page. */
    instead?: (c: AppContext, code: ErrorCode) => Response | undefined
  },
): void {
  routes.onError(async (error: Error, context: Context) => {
    if (!(error instanceof Refused)) throw error
    const c = context as AppContext
    const { code } = error
    const instead = area.instead?.(c, code)
    if (instead) return instead
    const { status } = CATALOGUE[code]
    const reference = createSid('AT')
    console.log(JSON.stringify({ event: 'refused', code, status, reference }))
    const { title, remedy } = area.words?.[code] ?? ADMIN_ERROR_WORDS[code] ?? CATALOGUE[code]
    const isOpen = (await area.isOpen?.(c)) ?? true
    return showPage(
      c,
      <ConsolePage
        title={title}
        product={area.product(c)}
        area={area.name}
        homeHref={isOpen ? area.homeHref : undefined}
        narrow={true}
      >
        <p>{remedy}</p>
        {isOpen && (
          <p>
            <ButtonLink href={area.homeHref} label="Go to the start page" />
          </p>
        )}
        <KeyValues rows={[{ name: 'Reference', value: <Code>{reference}</Code> }]} />
      </ConsolePage>,
      status,
      retryAfter(status),
    )
  })
}
