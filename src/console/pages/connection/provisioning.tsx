// Provisioning (SCIM) of a connection: its base URL and its tokens, created, shown once, revoked.
import type { Hono } from 'hono'
import type { Problem } from '../../../problem.ts'
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
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { readListPage, type PageLinks } from '../../kit/lists.ts'
import { SecretForm, SecretTable, ShownOnce, type SecretValues } from '../../kit/secrets.tsx'
import {
  crumbs,
  requireMay,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'

const PAGE = '/provisioning'

export function provisioningRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get(PAGE, async (c) => {
    const at = await open(c)
    const page = readListPage(c)
    const { items, next } = unwrap(
      await listScimTokens(at.context, at.connection.sid, page.request),
    )
    return showPage(c, <ProvisioningPage at={at} scimTokens={items} links={page.links(next)} />)
  })

  routes.post(PAGE, async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const { context, connection } = at
    const form = await readForm(c)
    const values = { name: form.text('name'), expiresInDays: form.text('expiresInDays') }
    const asked = { name: values.name, expiresInDays: form.number('expiresInDays') }
    const made = unwrapOrShow(await createScimToken(context, connection.sid, asked))
    if (made.ok) return showPage(c, <TokenPage at={at} {...made.value} />)
    const page = readListPage(c)
    const { items, next } = unwrap(await listScimTokens(context, connection.sid, page.request))
    return showAgain(
      c,
      made.error,
      <ProvisioningPage
        at={at}
        scimTokens={items}
        links={page.links(next)}
        values={values}
        problem={made.error}
      />,
    )
  })

  routes.post(`${PAGE}/:token/revoke`, async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const { context, connection, base } = at
    const scimToken = unwrap(await getScimToken(context, c.req.param('token')))
    if (scimToken.connectionSid !== connection.sid) throw new Refused('not_there')
    unwrap(await revokeScimToken(context, scimToken.sid))
    return seeOther(c, base + PAGE, 'token_revoked')
  })
}

function BaseField({ at }: { at: ConnectionContext }) {
  return (
    <CopyField
      id="scim-base"
      label="Base URL"
      value={scimBase(at.origin, at.connection.sid)}
      hint={
        'In Entra ID: Tenant URL. In Okta: SCIM connector base URL, with userName as the unique ' +
        'identifier.'
      }
    />
  )
}

function ProvisioningPage(props: {
  at: ConnectionContext
  scimTokens: readonly ScimToken[]
  links: PageLinks
  values?: SecretValues
  problem?: Problem
}) {
  const { at, scimTokens, links, problem } = props
  const { base, context, may } = at
  return (
    <at.Frame
      title="Provisioning"
      breadcrumb={crumbs(at)}
      problem={problem}
      lead={
        'The IdP creates, changes and suspends users here by SCIM 2.0. A user who leaves is ' +
        'signed out everywhere at once. Only users of verified domains are accepted; groups and ' +
        'roles are ignored.'
      }
    >
      <BaseField at={at} />
      <Section id="tokens" title="Tokens">
        <SecretTable
          caption="Tokens"
          rows={scimTokens}
          now={context.now}
          empty="No token yet: the IdP cannot provision users"
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
            reader={at.reader}
          />
        </Section>
      )}
    </at.Frame>
  )
}

function TokenPage(props: { at: ConnectionContext; scimToken: ScimToken; secret: string }) {
  const { at, scimToken, secret } = props
  const href = at.base + PAGE
  return (
    <at.Frame
      title="New token"
      breadcrumb={[...crumbs(at), { name: 'Provisioning', href }]}
      lead={scimToken.name}
      narrow={true}
    >
      <BaseField at={at} />
      <ShownOnce
        label="Token"
        value={secret}
        hint="In Entra ID: Secret token. In Okta: HTTP Header, Bearer."
        of={scimToken}
        now={at.context.now}
        href={href}
      />
    </at.Frame>
  )
}
