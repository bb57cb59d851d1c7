// The search over all things: one that is named whole opens at once, several are shown by kind.
import type { Hono } from 'hono'
import { FOUND_KINDS, search, type Found, type FoundKind } from '../../search/operations.ts'
import { explainUnknown } from '../../login/sign-in-state/operations.ts'
import type { SignInState } from '../../login/sign-in-state/state.ts'
import type { App } from '../../platform/http/http.ts'
import {
  showAgain,
  showPage,
  unwrap,
  unwrapOrShow,
  type AdminContext,
} from '../kit/admin-context.tsx'
import { Code, DataTable, EmptyState, Notice, Section } from '../kit/blocks.tsx'
import { SignInNotice } from '../pages/directory/sign-in-section.tsx'
import { placeOf } from './event-link.tsx'
import { openConsole } from './frame.tsx'

export function searchRoutes(routes: Hono<App>): void {
  routes.get('/search', async (c) => {
    const admin = await openConsole(c)
    const text = (c.req.query('search') ?? '').trim()
    if (text === '') return showPage(c, <SearchPage admin={admin} text="" items={[]} />)
    const found = unwrapOrShow(await search(admin.context, text))
    if (!found.ok) {
      const page = <SearchPage admin={admin} text="" items={[]} problem={found.error} />
      return showAgain(c, found.error, page)
    }
    const { items } = found.value
    const whole = items.filter(({ isExact }) => isExact)
    const only = whole.length === 1 ? whole[0] : items.length === 1 ? items[0] : undefined
    const href = only && hrefOf(only)
    if (href) return c.redirect(href, 303)
    const isPerson = items.some(({ kind }) => kind === 'user')
    const unknown = isPerson ? null : unwrap(await explainUnknown(admin.context, text))
    return showPage(c, <SearchPage admin={admin} text={text} {...found.value} unknown={unknown} />)
  })
}

const KINDS: Readonly<Record<FoundKind, { title: string; href: (found: Found) => string | null }>> =
  {
    user: { title: 'Users', href: byEvent },
    tenant: { title: 'Tenants', href: byEvent },
    connection: { title: 'Connections', href: byEvent },
    domain: {
      title: 'Domains',
      href: ({ tenantSid }) => `/console/tenants/${tenantSid}/domains`,
    },
    app: { title: 'Apps', href: byEvent },
    attempt: {
      title: 'Logins',
      href: ({ connectionSid, sid }) => `/console/connections/${connectionSid}/attempts/${sid}`,
    },
    rollout: {
      title: 'Rollouts',
      href: ({ connectionSid, sid }) => `/console/connections/${connectionSid}/rollouts/${sid}`,
    },
    session: {
      title: 'Sessions',
      href: ({ tenantSid, subjectSid }) =>
        `/console/tenants/${tenantSid}/users/${subjectSid}#sessions`,
    },
    account: { title: 'Accounts', href: byEvent },
    api_key: { title: 'API keys', href: byEvent },
    setup_link: { title: 'Setup links', href: byEvent },
    scim_token: { title: 'SCIM tokens', href: byEvent },
    webhook_endpoint: { title: 'Webhook endpoints', href: byEvent },
    contact: {
      title: 'Contacts',
      href: ({ tenantSid, sid }) =>
        tenantSid === null
          ? `/console/mail/contacts/${sid}`
          : `/console/tenants/${tenantSid}/contacts/${sid}`,
    },
    event: {
      title: 'Events',
      href: ({ subjectSid }) => `/console/audit?subject=${subjectSid}`,
    },
    import: { title: 'Imports', href: byEvent },
    pending_change: { title: 'Proposed changes', href: byEvent },
    address_claim: { title: 'Address claims', href: byEvent },
    mail: { title: 'Mail', href: ({ sid }) => `/console/mail/log/${sid}` },
  }

/** As the audit trail leads to what an event is about. */
function byEvent({ sid, tenantSid, connectionSid }: Found): string | null {
  return placeOf({ subjectSid: sid!, tenantSid, connectionSid, type: 'user.updated' })
}

function hrefOf(found: Found): string | null {
  return KINDS[found.kind].href(found)
}

function SearchPage(props: {
  admin: AdminContext
  text: string
  items: readonly Found[]
  hasMore?: boolean
  isInLog?: boolean
  /** Of an e-mail that nobody has: why its owner cannot sign in. */
  unknown?: (SignInState & { connectionSid: string | null }) | null
  problem?: Parameters<AdminContext['Frame']>[0]['problem']
}) {
  const { admin, text, items, hasMore, isInLog, unknown, problem } = props
  return (
    <admin.Frame
      title={text ? `Results for “${text}”` : 'Search'}
      problem={problem}
      lead="By e-mail, name, SID, reference, domain or app. A name is found by how a word begins."
    >
      {isInLog && (
        <Notice tone="info" title="This reference is of a refused request">
          <p>
            No login was recorded for it. Search for the reference in the log of the Worker: the
            line has the code of the refusal.
          </p>
        </Notice>
      )}
      {unknown && (
        <SignInNotice
          tenantSid={unknown.tenantSid}
          userSid={null}
          connectionSid={unknown.connectionSid}
          state={unknown}
        />
      )}
      {hasMore && <p>There are more matches. Enter more of the name to see them.</p>}
      {FOUND_KINDS.map((kind) => (
        <KindSection kind={kind} items={items.filter((item) => item.kind === kind)} />
      ))}
      {text !== '' && items.length === 0 && !isInLog && !unknown && (
        <EmptyState title="Nothing found">
          Check the spelling, or enter the whole e-mail or SID.
        </EmptyState>
      )}
    </admin.Frame>
  )
}

function KindSection({ kind, items }: { kind: FoundKind; items: readonly Found[] }) {
  if (items.length === 0) return null
  const { title } = KINDS[kind]
  return (
    <Section id={kind} title={title}>
      <DataTable
        caption={title}
        captionHidden={true}
        columns={[
          {
            name: 'Name',
            cell: (item) => {
              const words = item.name ?? item.sid
              const href = hrefOf(item)
              return href ? <a href={href}>{words}</a> : words
            },
          },
          { name: 'SID', cell: ({ sid }) => sid && <Code>{sid}</Code> },
          {
            name: 'Tenant',
            cell: ({ tenantSid, tenantName }) =>
              tenantSid && <a href={`/console/tenants/${tenantSid}`}>{tenantName ?? tenantSid}</a>,
          },
        ]}
        rows={items}
      />
    </Section>
  )
}
