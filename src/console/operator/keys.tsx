// Our own key pairs through their stages, with how far the IdPs have followed; the keys that sign tokens; and the operators' API keys.
import { isOpenState } from '../../connections/standing.ts'
import type { Hono } from 'hono'
import { listConnections, type ConnectionListing } from '../../connections/operations.ts'
import type { OwnKeyPair } from '../../keys/key-pair.ts'
import {
  listKeyPairs,
  prepareKeyPair,
  retireKeyPair,
  rotateKeyPairs,
} from '../../keys/operations.ts'
import type { Cursor, Page } from '../../platform/db/page.ts'
import type { TokenSigningKey } from '../../oidc/signing-keys/signing-keys.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { Fingerprint, Instant, None, Notice, Section, DataTable } from '../kit/blocks.tsx'
import { ButtonForm } from '../kit/forms.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Expiry } from '../pages/shared/connection-values.tsx'
import {
  seeOther,
  showAgain,
  showPage,
  take,
  takeOrShow,
  type AdminContext,
} from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import type { NoticeCode } from '../kit/notices.ts'
import { listApiKeys, type ApiKey } from '../../access/operations.ts'
import { ApiKeySection } from './api-keys.tsx'
import { openConsole } from './frame.tsx'
import { findSigningKeys, SigningKeySection } from './signing-keys.tsx'

type KeyFacts = {
  keyPairs: OwnKeyPair[]
  signingKeys: TokenSigningKey[]
  apiKeys: ApiKey[]
  followers: Followers
}
/** Connections that people sign in through, and those of them whose IdP has not read our metadata since. */
type Followers = { inUse: number; behind: ConnectionListing[]; isWhole: boolean }

export function keyRoutes(routes: Hono<App>): void {
  routes.get('/keys', async (c) => {
    const admin = await openConsole(c)
    return showPage(c, <KeysPage admin={admin} facts={await factsOf(c, admin)} />)
  })

  type Change = (
    context: OperationContext,
    secrets: AppContext['var']['config']['keySecrets'],
    fingerprint: string | undefined,
  ) => Promise<Result<OwnKeyPair[], Problem>>
  const change = async (c: AppContext, operation: Change, notice: NoticeCode) => {
    const admin = await openConsole(c)
    const fingerprint = (await readForm(c)).text('fingerprint')
    const changed = takeOrShow(
      await operation(admin.context, c.var.config.keySecrets, fingerprint || undefined),
    )
    if (changed.ok) return seeOther(c, '/console/keys', notice)
    const facts = await factsOf(c, admin)
    return showAgain(
      c,
      changed.error,
      <KeysPage admin={admin} facts={facts} problem={changed.error} />,
    )
  }
  routes.post('/keys/prepare', (c) => change(c, prepareKeyPair, 'key_pair_prepared'))
  routes.post('/keys/rotate', (c) => change(c, rotateKeyPairs, 'key_pairs_rotated'))
  routes.post('/keys/retire', (c) => change(c, retireKeyPair, 'key_pair_retired'))
}

async function factsOf(c: AppContext, admin: AdminContext): Promise<KeyFacts> {
  const { context } = admin
  const keyPairs = take(await listKeyPairs(context, c.var.config.keySecrets))
  const since = keyPairs.find(({ stage }) => stage === 'next')?.publishedAt ?? null
  const [signingKeys, apiKeys, followers] = await Promise.all([
    findSigningKeys(admin),
    listApiKeys(context, undefined, { limit: 50, after: null }),
    since === null ? { inUse: 0, behind: [], isWhole: true } : followersSince(context, since),
  ])
  return { keyPairs, signingKeys, apiKeys: take(apiKeys).items, followers }
}

const MOST_PAGES = 10

/** Of the newest thousand connections. */
async function followersSince(context: OperationContext, since: number): Promise<Followers> {
  const followers: Followers = { inUse: 0, behind: [], isWhole: false }
  let after: Cursor | null = null
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next }: Page<ConnectionListing> = take(
      await listConnections(context, undefined, { limit: 100, after }),
    )
    const inUse = items.filter(({ state }) => isOpenState(state))
    followers.inUse += inUse.length
    followers.behind.push(...inUse.filter((one) => (one.metadataFetchedAt ?? 0) < since))
    if (next === null) return { ...followers, isWhole: true }
    after = next
  }
  return followers
}

const STAGES = {
  current: { name: 'In use', text: 'Signs our requests. IdPs encrypt to it.' },
  next: { name: 'Next', text: 'In our metadata, so that IdPs know it before it is used.' },
  previous: { name: 'Previous', text: 'Only decrypts, for IdPs that have not followed yet.' },
} as const

function KeysPage(props: { admin: AdminContext; facts: KeyFacts; problem?: Problem | undefined }) {
  const { admin, facts, problem } = props
  const { keyPairs, signingKeys, apiKeys, followers } = facts
  const { now } = admin.context
  const find = (wanted: OwnKeyPair['stage']) => keyPairs.find(({ stage }) => stage === wanted)
  const retired = find('previous') ?? find('next')
  return (
    <admin.Frame title="Keys" problem={problem}>
      <Section
        id="key-pairs"
        title="Our key pairs"
        lead="For signing requests and for what IdPs encrypt to us. A change takes three steps, with weeks between them: prepare, rotate, retire."
      >
        <DataTable
          caption="Our key pairs"
          captionHidden={true}
          columns={[
            {
              name: 'Stage',
              cell: ({ stage }) => (
                <>
                  {STAGES[stage].name}
                  <br />
                  <small>{STAGES[stage].text}</small>
                </>
              ),
            },
            {
              name: 'Fingerprint',
              cell: ({ fingerprint }) => <Fingerprint hex={fingerprint} short={true} />,
            },
            {
              name: 'Kept in',
              cell: ({ home }) => (home === 'secret' ? 'Worker secret' : 'Database, encrypted'),
            },
            { name: 'Valid until', cell: ({ notAfter }) => <Expiry at={notAfter} now={now} /> },
            {
              name: 'Published',
              cell: ({ publishedAt }) =>
                publishedAt === null ? (
                  <None>not known</None>
                ) : (
                  <Instant at={publishedAt} now={now} show="date" />
                ),
            },
          ]}
          rows={keyPairs}
        />
        <Followed followers={followers} hasNext={find('next') !== undefined} />
        <Step
          title="1. Prepare the next key pair"
          text="Makes a key pair and puts its certificate into our metadata beside the one in use. Nothing else changes. Tell customers whose IdP does not read metadata."
          label="Prepare"
          action="/console/keys/prepare"
          isPossible={!find('next')}
        />
        <Step
          title="2. Rotate"
          text="The next key pair signs from now on. IdPs that check our signatures and do not know it yet refuse our requests; what is encrypted to the previous one is still read."
          label="Rotate"
          action="/console/keys/rotate"
          isPossible={find('next') !== undefined && !find('previous')}
        />
        {retired?.stage === 'next' ? (
          <Step
            title="Take the next key pair back"
            text="It leaves our metadata without ever having signed, and still decrypts for IdPs that have read it."
            label="Take back"
            action="/console/keys/retire"
            isPossible={true}
            fingerprint={retired.fingerprint}
          />
        ) : (
          <Step
            title="3. Retire the previous key pair"
            text="Deletes it for good. IdPs that still encrypt to it cannot sign anybody in any more."
            label="Retire"
            action="/console/keys/retire"
            isPossible={retired !== undefined}
            fingerprint={retired?.fingerprint}
          />
        )}
      </Section>
      <SigningKeySection keys={signingKeys} now={now} />
      <ApiKeySection
        action="/console/keys/api-keys"
        apiKeys={apiKeys}
        now={now}
        lead="For the vendor’s own scripts: they reach every tenant."
      />
    </admin.Frame>
  )
}

function Step(props: {
  title: string
  text: string
  label: string
  action: string
  isPossible: boolean
  /** Says which key pair is meant, so that sending it twice does not do it to two. */
  fingerprint?: string | undefined
}) {
  const { title, text, label, action, isPossible, fingerprint } = props
  return (
    <div class="danger-row">
      <div>
        <h3>{title}</h3>
        <p>{text}</p>
      </div>
      {isPossible ? (
        <ButtonForm
          action={action}
          label={label}
          about="key pairs"
          {...(fingerprint && { hidden: { fingerprint } })}
        />
      ) : (
        <None>Not now</None>
      )}
    </div>
  )
}

const MOST_NAMES = 20

function Followed({ followers, hasNext }: { followers: Followers; hasNext: boolean }) {
  const { inUse, behind, isWhole } = followers
  if (!hasNext || inUse === 0) return null
  const of = isWhole ? `${inUse}` : `the newest ${inUse}`
  if (behind.length === 0)
    return (
      <Notice
        tone="success"
        title={`The IdPs of all ${of} connections have read our metadata since`}
      >
        <p>It can be rotated.</p>
      </Notice>
    )
  return (
    <Notice
      tone="warning"
      title={`${inUse - behind.length} of ${of} connections’ IdPs have read our metadata since the next certificate is in it`}
    >
      <p>Not yet, or it was entered by hand there:</p>
      <ul>
        {behind.slice(0, MOST_NAMES).map(({ sid, name, tenantName }) => (
          <li>
            <a href={`/console/connections/${sid}/certificates#our-keys`}>
              {name}, {tenantName}
            </a>
          </li>
        ))}
        {behind.length > MOST_NAMES && <li>and {behind.length - MOST_NAMES} more</li>}
      </ul>
    </Notice>
  )
}
