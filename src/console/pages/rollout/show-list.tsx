// Reads a page of a rollout's list, and shows it again after a form.
import {
  listMembers,
  suggestMatches,
  summarizeMembers,
  type Finding,
} from '../../../rollout/operations.ts'
import type { Problem } from '../../../problem.ts'
import type { AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { showAgain, showPage, unwrap } from '../../kit/admin-context.tsx'
import type { Form } from '../../kit/form.ts'
import { ListPage, type ListProps } from './list-page.tsx'
import { parseListQuery, type ListQuery } from './list-query.ts'
import type { RolloutContext } from './rollout-context.ts'

const ROWS = 50

export async function readListProps(at: RolloutContext, query: ListQuery): Promise<ListProps> {
  const { page, rollout } = at
  if (rollout.version === 0) throw new Refused('not_there')
  const [members, summary] = await Promise.all([
    listMembers(page.context, rollout.sid, query.filter, { limit: ROWS, after: query.after }),
    summarizeMembers(page.context, rollout.sid),
  ])
  const { items } = unwrap(members)
  const strangers = items.filter(({ findings }) => findings.includes('alias'))
  const suggestions =
    strangers.length > 0
      ? unwrap(
          await suggestMatches(
            page.context,
            rollout.sid,
            strangers.map(({ userSid }) => userSid),
          ),
        )
      : {}
  return { at, members: unwrap(members), query, summary: unwrap(summary), suggestions }
}

/** The query to return to. Only our own parameters are kept, so no form redirects elsewhere. */
export function queryOf({ path }: RolloutContext, form: Form): ListQuery {
  return parseListQuery(new URLSearchParams(form.text('here')), `${path}/list`)
}

export async function showList(
  c: AppContext,
  at: RolloutContext,
  query: ListQuery,
  refusal?: Problem,
  refused: readonly { userSid: string; findings: readonly Finding[] }[] = [],
  entered?: ListProps['entered'],
): Promise<Response> {
  const props = await readListProps(at, query)
  const page = <ListPage {...props} problem={refusal} refused={refused} entered={entered} />
  return refusal ? showAgain(c, refusal, page) : showPage(c, page)
}
