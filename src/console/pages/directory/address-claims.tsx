// Address claims of a tenant: the list, and the decision whether it is the same person.
import type { Hono } from 'hono'
import {
  acceptAddressClaim,
  declineAddressClaim,
  listClaims,
  type ClaimRow,
} from '../../../directory/claims/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import type { Problem } from '../../../problem.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { Code, DataTable, EmptyState, Instant, Pagination } from '../../kit/blocks.tsx'
import { ButtonForm } from '../../kit/forms.tsx'
import { readListPage } from '../../kit/lists.ts'
import type { OpenDirectory } from './directory-context.ts'

export function addressClaimRoutes(routes: Hono<App>, open: OpenDirectory): void {
  routes.get('/address-claims', async (c) => showPage(c, await claimsPage(c, open)))

  const decisions = { accept: acceptAddressClaim, decline: declineAddressClaim } as const
  for (const verb of ['accept', 'decline'] as const)
    routes.post(`/address-claims/:claim/${verb}`, async (c) => {
      const at = await open(c)
      const decided = unwrapOrShow(await decisions[verb](at.context, c.req.param('claim')))
      if (decided.ok) return seeOther(c, `${at.base}/address-claims`, `claim_${verb}`)
      return showAgain(c, decided.error, await claimsPage(c, open, decided.error))
    })
}

async function claimsPage(c: AppContext, open: OpenDirectory, problem?: Problem) {
  const at = await open(c)
  const page = readListPage(c)
  const { items, next } = unwrap(await listClaims(at.context, at.tenant.sid, page.request))
  const path = `${at.base}/address-claims`
  return (
    <at.Frame
      title="Address claims"
      breadcrumb={[...at.above, { name: 'Users', href: `${at.base}/users` }]}
      problem={problem}
      lead={
        'An import or an IdP sent a person with an address that a user of another external ID ' +
        'has. Until you decide, nobody gets the account. A user who is suspended here lets go of ' +
        'the address: the next import or provisioning creates the other person.'
      }
    >
      <DataTable
        caption="Address claims"
        captionHidden={true}
        columns={[
          {
            name: 'Address',
            cell: ({ userSid, email }) => <a href={`${at.base}/users/${userSid}`}>{email}</a>,
          },
          {
            name: 'Held by',
            cell: ({ heldExternalID, heldName }) => (
              <>
                <Code>{heldExternalID}</Code> {heldName}
              </>
            ),
          },
          {
            name: 'Claimed by',
            cell: ({ externalID, name }) => (
              <>
                <Code>{externalID}</Code> {name}
              </>
            ),
          },
          { name: 'Source', cell: sourceOf },
          {
            name: 'Since',
            cell: ({ createdAt }) => (
              <Instant at={createdAt} now={at.context.now} show="relative" />
            ),
          },
          {
            name: 'If it is the same person',
            cell: ({ sid, email }) => (
              <ButtonForm action={`${path}/${sid}/accept`} label="Link person" about={email} />
            ),
          },
          {
            name: 'If it is another person',
            cell: ({ sid, email }) => (
              <ButtonForm
                action={`${path}/${sid}/decline`}
                label="Suspend user"
                about={email}
                tone="danger"
              />
            ),
          },
        ]}
        rows={items}
        empty={<EmptyState title="No claim waits" />}
      />
      <Pagination {...page.links(next)} />
    </at.Frame>
  )
}

function sourceOf({ source }: ClaimRow) {
  return source === 'import' ? (
    'Import'
  ) : (
    <a href={`/console/connections/${source}/provisioning`}>SCIM</a>
  )
}
