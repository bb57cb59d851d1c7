// Our key pairs with their rotation, the keys that sign tokens, and the operators' API keys.
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
import type { App, AppContext } from '../../platform/http/http.ts'
import {
  seeOther,
  showAgain,
  showPage,
  unwrap,
  unwrapOrShow,
  type AdminContext,
} from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import type { NoticeCode } from '../kit/notices.ts'
import { listApiKeys, type ApiKey } from '../../access/operations.ts'
import { ApiKeySection } from './api-keys.tsx'
import { openConsole } from './frame.tsx'
import { KeyPairSection, type Followers } from './key-pairs.tsx'
import { findSigningKeys, SigningKeySection } from './signing-keys.tsx'

type KeyFacts = {
  keyPairs: OwnKeyPair[]
  signingKeys: TokenSigningKey[]
  apiKeys: ApiKey[]
  followers: Followers
}

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
    const changed = unwrapOrShow(
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
  const keyPairs = unwrap(await listKeyPairs(context, c.var.config.keySecrets))
  const since = keyPairs.find(({ stage }) => stage === 'next')?.publishedAt ?? null
  const [signingKeys, apiKeys, followers] = await Promise.all([
    findSigningKeys(admin),
    listApiKeys(context, undefined, { limit: 50, after: null }),
    since === null ? { inUse: 0, behind: [], isWhole: true } : followersSince(context, since),
  ])
  return { keyPairs, signingKeys, apiKeys: unwrap(apiKeys).items, followers }
}

const MOST_PAGES = 10

/** Counts the newest thousand connections. */
async function followersSince(context: OperationContext, since: number): Promise<Followers> {
  const followers: Followers = { inUse: 0, behind: [], isWhole: false }
  let after: Cursor | null = null
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next }: Page<ConnectionListing> = unwrap(
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

function KeysPage(props: { admin: AdminContext; facts: KeyFacts; problem?: Problem | undefined }) {
  const { admin, facts, problem } = props
  const { keyPairs, signingKeys, apiKeys, followers } = facts
  const { now } = admin.context
  return (
    <admin.Frame title="Keys" problem={problem}>
      <KeyPairSection keyPairs={keyPairs} followers={followers} now={now} />
      <SigningKeySection keys={signingKeys} now={now} />
      <ApiKeySection
        admin={admin}
        tenantSid={null}
        action="/console/keys/api-keys"
        apiKeys={apiKeys}
        now={now}
        lead="For the vendor’s own scripts. They have access to every tenant."
      />
    </admin.Frame>
  )
}
