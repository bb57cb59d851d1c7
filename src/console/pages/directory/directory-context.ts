// The context of a tenant's directory pages: actor, tenant, permissions, paths. Console and portal
// each create one.
import type { Tenant } from '../../../directory/tenants/store.ts'
import type { Problem } from '../../../problem.ts'
import type { PageLink } from '../../kit/console-frame.tsx'
import type { AppContext } from '../../../platform/http/http.ts'
import type { AdminContext } from '../../kit/admin-context.tsx'
import { messageOf } from '../../kit/words.ts'

export type DirectoryContext = AdminContext & {
  tenant: Pick<Tenant, 'sid' | 'name'>
  /** Path above the directory's pages. */
  base: string
  /** Breadcrumb above the directory's pages. */
  above: readonly PageLink[]
  may: { configure: boolean; operate: boolean }
}

/** Finds the actor and the tenant. Throws `Refused` with the page to show otherwise. */
export type OpenDirectory = (c: AppContext) => Promise<DirectoryContext>

/** The error of each field. Operators alone have the forms of the directory. */
export function errorsOf(problem: Problem | undefined): (field: string) => string | undefined {
  return (field) => (problem?.field === field ? messageOf(problem, 'operator') : undefined)
}
