// Somebody at the pages of a tenant's directory: who, which tenant, and what they may do there. Both doors make one.
import type { Tenant } from '../../../directory/store.ts'
import type { Problem } from '../../../problem.ts'
import type { PageLink } from '../../kit/console-frame.tsx'
import type { AppContext } from '../../../platform/http/http.ts'
import type { AdminContext } from '../../kit/admin-context.tsx'
import { messageOf } from '../../kit/words.ts'

export type DirectoryContext = AdminContext & {
  tenant: Pick<Tenant, 'sid' | 'name'>
  /** The pages of the directory are below. */
  base: string
  /** The pages above them. */
  above: readonly PageLink[]
  may: { configure: boolean; operate: boolean }
}

/** How a door finds out who comes and to which tenant. Throws what the page has to say otherwise. */
export type OpenDirectory = (c: AppContext) => Promise<DirectoryContext>

/** What stands beside a field. */
export function errorsOf(problem: Problem | undefined): (field: string) => string | undefined {
  return (field) => (problem?.field === field ? messageOf(problem) : undefined)
}
