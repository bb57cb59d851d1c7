// Provisioning (SCIM) of a connection: where the IdP finds us, and the tokens it comes with, made, shown once, revoked.
import type { Hono } from 'hono'
import type { Problem } from '../../../result.ts'
import {
  createScimToken,
  getScimToken,
  listScimTokens,
  revokeScimToken,
  scimBase,
  type ScimToken,
} from '../../../scim/token-operations.ts'
import { CopyField, Pagination, Section } from '../../kit/blocks.tsx'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { readForm } from '../../kit/form.ts'
import { readListPage, type PageLinks } from '../../kit/lists.ts'
import { SecretForm, SecretTable, ShownOnce, type SecretValues } from '../../kit/secrets.tsx'
import { crumbs, requireMay, type OpenVisit, type Visit } from './visit.ts'

const PAGE = '/provisioning'

export function provisioningRoutes(routes: Hono<App>, open: OpenVisit): void {
  routes.get(PAGE, async (c) => {
    const visit = await open(c)
    const page = readListPage(c)
    const { items, next } = take(
      await listScimTokens(visit.request, visit.connection.sid, page.request),
    )
    return showPage(
      c,
      <ProvisioningPage visit={visit} scimTokens={items} links={page.links(next)} />,
    )
  })

  routes.post(PAGE, async (c) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    const { request, connection } = visit
    const form = await readForm(c)
    const values = { name: form.text('name'), expiresInDays: form.text('expiresInDays') }
    const asked = { name: values.name, expiresInDays: form.number('expiresInDays') }
    const made = takeOrShow(await createScimToken(request, connection.sid, asked))
    if (made.ok) return showPage(c, <TokenPage visit={visit} {...made.value} />)
    const page = readListPage(c)
    const { items, next } = take(await listScimTokens(request, connection.sid, page.request))
    return showAgain(
      c,
      made.problem,
      <ProvisioningPage
        visit={visit}
        scimTokens={items}
        links={page.links(next)}
        values={values}
        problem={made.problem}
      />,
    )
  })

  routes.post(`${PAGE}/:token/revoke`, async (c) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    const { request, connection, base } = visit
    const scimToken = take(await getScimToken(request, c.req.param('token')))
    if (scimToken.connectionSid !== connection.sid) throw new Refused('not_there')
    take(await revokeScimToken(request, scimToken.sid))
    return seeOther(c, base + PAGE, 'token_revoked')
  })
}

function BaseField({ visit }: { visit: Visit }) {
  return (
    <CopyField
      id="scim-base"
      label="Base URL"
      value={scimBase(visit.origin, visit.connection.sid)}
      hint="In Entra ID: Tenant URL. In Okta: SCIM connector base URL, with userName as the unique identifier."
    />
  )
}

function ProvisioningPage(props: {
  visit: Visit
  scimTokens: readonly ScimToken[]
  links: PageLinks
  values?: SecretValues
  problem?: Problem
}) {
  const { visit, scimTokens, links, problem } = props
  const { base, request, may } = visit
  return (
    <visit.Frame
      title="Provisioning"
      breadcrumb={crumbs(visit)}
      problem={problem}
      lead="The IdP creates, changes and suspends users here by SCIM 2.0. Whoever leaves is signed out everywhere at once. Users are taken in verified domains alone; groups and roles are not."
    >
      <BaseField visit={visit} />
      <Section id="tokens" title="Tokens">
        <SecretTable
          caption="Tokens"
          rows={scimTokens}
          now={request.now}
          empty="No token yet: the IdP cannot provision"
          revokeAt={may.configure ? (sid) => `${base}${PAGE}/${sid}/revoke` : undefined}
        />
        <Pagination {...links} />
      </Section>
      {may.configure && (
        <Section id="new" title="New token">
          <SecretForm
            action={base + PAGE}
            values={props.values ?? { name: '', expiresInDays: '365' }}
            primary="Create token"
            problem={problem}
          />
        </Section>
      )}
    </visit.Frame>
  )
}

function TokenPage(props: { visit: Visit; scimToken: ScimToken; secret: string }) {
  const { visit, scimToken, secret } = props
  const href = visit.base + PAGE
  return (
    <visit.Frame
      title="The new token"
      breadcrumb={[...crumbs(visit), { name: 'Provisioning', href }]}
      lead={scimToken.name}
      narrow={true}
    >
      <BaseField visit={visit} />
      <ShownOnce
        label="Token"
        value={secret}
        hint="In Entra ID: Secret token. In Okta: HTTP Header, Bearer."
        of={scimToken}
        now={visit.request.now}
        href={href}
      />
    </visit.Frame>
  )
}
