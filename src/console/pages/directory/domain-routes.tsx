// The routes of a tenant's domains, for either door. What somebody may do is for the operations to say.
import type { Hono } from 'hono'
import {
  checkDomain,
  createDomain,
  listDomains,
  removeDomain,
  vouchForDomain,
} from '../../../directory/domains/operations.ts'
import type { Problem } from '../../../result.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { readForm } from '../../kit/form.ts'
import type { DirectoryVisit, OpenDirectory } from './directory-visit.ts'
import { DomainsPage, type DomainRefusal } from './domains-page.tsx'

export function domainRoutes(routes: Hono<App>, open: OpenDirectory): void {
  const domainsOf = async ({ request, tenant }: DirectoryVisit) =>
    take(await listDomains(request, tenant.sid))
  const refuse = async (c: AppContext, visit: DirectoryVisit, refusal: DomainRefusal) =>
    showAgain(
      c,
      refusal.problem,
      <DomainsPage visit={visit} domains={await domainsOf(visit)} refusal={refusal} />,
    )
  const sectionOf = ({ base }: DirectoryVisit, domain: string) => `${base}/domains#domain-${domain}`

  routes.get('/domains', async (c) => {
    const visit = await open(c)
    return showPage(c, <DomainsPage visit={visit} domains={await domainsOf(visit)} />)
  })

  routes.post('/domains', async (c) => {
    const visit = await open(c)
    const domain = (await readForm(c)).text('domain')
    const made = takeOrShow(await createDomain(visit.request, visit.tenant.sid, { domain }))
    return made.ok
      ? seeOther(c, sectionOf(visit, made.value.domain), 'domain_added')
      : refuse(c, visit, { problem: made.problem, entered: domain })
  })

  routes.post('/domains/:domain/check', async (c) => {
    const visit = await open(c)
    const at = c.req.param('domain')
    const checked = takeOrShow(await checkDomain(visit.request, visit.tenant.sid, at))
    if (!checked.ok) return refuse(c, visit, { problem: asHeld(checked.problem), at, entered: '' })
    // Whose record is gone stays verified: the page says so.
    const isFound = checked.value.failure === null
    return seeOther(c, sectionOf(visit, at), isFound ? 'domain_verified' : undefined)
  })

  routes.post('/domains/:domain/vouch', async (c) => {
    const visit = await open(c)
    const at = c.req.param('domain')
    const reason = (await readForm(c)).text('reason')
    const input = { reason }
    const vouched = takeOrShow(await vouchForDomain(visit.request, visit.tenant.sid, at, input))
    return vouched.ok
      ? seeOther(c, sectionOf(visit, at), 'saved')
      : refuse(c, visit, { problem: asHeld(vouched.problem), at, entered: reason })
  })

  routes.post('/domains/:domain/remove', async (c) => {
    const visit = await open(c)
    take(await removeDomain(visit.request, visit.tenant.sid, c.req.param('domain')))
    return seeOther(c, `${visit.base}/domains`, 'domain_removed')
  })
}

/** Of a domain that is another tenant's, what was received says more than the code: to operators, whose it is. */
function asHeld(refused: Problem): Problem {
  const { code, expected, received } = refused
  return code === 'already_there'
    ? { ...refused, code: 'input', expected: `${expected} (${received})` }
    : refused
}
