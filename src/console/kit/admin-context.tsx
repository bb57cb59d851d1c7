// Shared by console and setup portal: the page context, the frame, responses to forms, the check
// that a POST is same-origin, and refusal pages.
import type { Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import type { Reader } from '../../errors/entry.ts'
import { wordsFor } from '../../error-words.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { createSid } from '../../ids.ts'
import { Notice } from './blocks.tsx'
import { ConsolePage, type ConsolePageProps } from './console-frame.tsx'
import { ButtonLink, ErrorSummary } from './forms.tsx'
import { deleteCookie, readCookie, writeCookie } from '../../platform/http/cookies.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { retryAfter } from '../../platform/http/retry-after.ts'
import { noteRequest } from '../../platform/log/request-notes.ts'
import { isNoticeCode, NOTICES } from './notices.ts'
import { KeyValues, Reference } from './values.tsx'
import { messageOf } from './words.ts'

/** What every page of console and portal gets. */
export type AdminContext = {
  /** The actor and the database. */
  context: OperationContext
  origin: string
  /** Decides the words of errors. */
  reader: Exclude<Reader, 'person'>
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
export function frameProps(c: AppContext, props: FrameProps, reader: Reader) {
  const { problem, problemField, children, ...rest } = props
  const code = !problem && c.req.method === 'GET' ? takeNotice(c) : undefined
  return {
    ...rest,
    hasErrors: problem !== undefined,
    notice: code && <NoticeOf code={code} />,
    children: (
      <>
        {problem && (
          <ErrorSummary
            errors={[{ field: problemField ?? problem.field, message: messageOf(problem, reader) }]}
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
  noteRequest(c.req.raw, { code: problem.code })
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

/** A list; with 400 where a filter of its URL was refused. */
export function showList(
  c: AppContext,
  { problem }: { problem: Problem | undefined },
  page: Child,
): Response | Promise<Response> {
  return problem ? showAgain(c, problem, page) : showPage(c, page)
}

/** After a POST: redirects to a page, which shows a notice about the result once. */
export function seeOther(c: AppContext, path: string, notice?: keyof typeof NOTICES): Response {
  if (notice) writeCookie(c, NOTICE_COOKIE, notice, NOTICE_SECONDS)
  return c.redirect(path, 303)
}

/** In a cookie, so that no link can show one, and a page that is loaded again shows none. */
const NOTICE_COOKIE = 'notice'
const NOTICE_SECONDS = 60

function takeNotice(c: AppContext): keyof typeof NOTICES | undefined {
  const code = readCookie(c, NOTICE_COOKIE)
  if (code === undefined) return undefined
  deleteCookie(c, NOTICE_COOKIE)
  return isNoticeCode(code) ? code : undefined
}

/** Refuses POSTs from other sites. The cookies are SameSite=Lax as well. */
export async function refuseOtherSites(c: AppContext, next: () => Promise<void>): Promise<void> {
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!isReading && c.req.header('origin') !== c.var.config.origin)
    throw new Refused('not_same_site')
  await next()
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
    reader: Reader
    words?: Readonly<Partial<Record<ErrorCode, { title: string; remedy: string }>>>
    /** A response to send instead of the refusal page. */
    instead?: (c: AppContext, code: ErrorCode) => Response | undefined
  },
): void {
  routes.onError(async (error: Error, context: Context) => {
    if (!(error instanceof Refused)) throw error
    const c = context as AppContext
    const { code, subject } = error
    const instead = area.instead?.(c, code)
    if (instead) return instead
    const { status } = CATALOGUE[code]
    const reference = createSid('RQ')
    noteRequest(c.req.raw, { code, reference, subject })
    const { title, remedy } = area.words?.[code] ?? wordsFor({ code }, area.reader, 'page')
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
        <KeyValues rows={[{ name: 'Reference', value: <Reference sid={reference} /> }]} />
      </ConsolePage>,
      status,
      retryAfter(status),
    )
  })
}
