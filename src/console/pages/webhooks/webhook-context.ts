// The context of the pages of webhooks: whose endpoints they are, permissions, paths. Console and
// portal each create one.
import type { PageLink } from '../../kit/console-frame.tsx'
import type { AppContext } from '../../../platform/http/http.ts'
import type { AdminContext } from '../../kit/admin-context.tsx'

export type WebhookContext = AdminContext & {
  /** Null: the vendor's own endpoints. */
  tenant: { sid: string; name: string } | null
  /** Path above the pages. */
  base: string
  /** Breadcrumb above the pages. */
  above: readonly PageLink[]
  may: { configure: boolean }
}

/** Finds the actor and the tenant. Throws `Refused` with the page to show otherwise. */
export type OpenWebhooks = (c: AppContext) => Promise<WebhookContext>

export function pathOfWebhooks({ base }: WebhookContext): string {
  return `${base}/webhooks`
}

/** The way to a page below the list. */
export function crumbsOfWebhooks(at: WebhookContext, more: readonly PageLink[] = []): PageLink[] {
  return [...at.above, { name: 'Webhooks', href: pathOfWebhooks(at) }, ...more]
}
