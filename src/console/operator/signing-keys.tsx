// The keys that sign tokens for apps. They rotate automatically, or by hand after a leak.
import type { Hono } from 'hono'
import {
  deleteSigningKey,
  listSigningKeys,
  rotateSigningKey,
  type TokenSigningKey,
} from '../../oidc/signing-keys/signing-keys.ts'
import { ID_TOKEN_ALGORITHMS } from '../../clients/client.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { ActionRow, DataTable, EmptyState, Instant, None, Section } from '../kit/blocks.tsx'
import { ButtonForm } from '../kit/forms.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { seeOther, unwrap, type AdminContext } from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import type { NoticeCode } from '../kit/notices.ts'
import { openConsole } from './frame.tsx'

const BASE = '/console/keys/signing-keys'

export function signingKeyRoutes(routes: Hono<App>): void {
  const change = async (
    c: AppContext,
    operation: (admin: AdminContext) => Promise<Result<TokenSigningKey[], Problem>>,
    notice: NoticeCode,
  ) => {
    unwrap(await operation(await openConsole(c)))
    return seeOther(c, '/console/keys', notice)
  }
  routes.post('/keys/signing-keys/rotate', async (c) => {
    const asked = (await readForm(c)).text('algorithm')
    const algorithm = ID_TOKEN_ALGORITHMS.find((one) => one === asked)
    if (!algorithm) throw new Refused('not_found')
    return change(
      c,
      ({ context }) => rotateSigningKey(context, c.var.config.keySecrets, algorithm),
      'signing_key_made',
    )
  })
  routes.post('/keys/signing-keys/delete', async (c) => {
    const kid = (await readForm(c)).text('kid')
    return change(
      c,
      ({ context }) => deleteSigningKey(context, c.var.config.keySecrets, kid),
      'signing_key_deleted',
    )
  })
}

export async function findSigningKeys({ context }: AdminContext): Promise<TokenSigningKey[]> {
  return unwrap(await listSigningKeys(context))
}

const STAGES = {
  next: 'Next: published, not signing yet',
  current: 'In use',
  previous: 'Previous: published, no longer signing',
} as const

export function SigningKeySection({ keys, now }: { keys: TokenSigningKey[]; now: number }) {
  return (
    <Section
      id="signing-keys"
      title="Token signing keys"
      lead={
        <>
          Apps verify ID tokens with these keys, by the algorithm that each app chose. They rotate
          every 90 days. A new key is published one day before it signs.
        </>
      }
    >
      <DataTable
        caption="Token signing keys"
        captionHidden={true}
        columns={[
          { name: 'Algorithm', cell: ({ algorithm }) => algorithm },
          { name: 'Stage', cell: ({ stage }) => STAGES[stage] },
          { name: 'Key ID', cell: ({ kid }) => <code>{kid}</code> },
          {
            name: 'Signing since',
            cell: ({ signsAt }) => <Instant at={signsAt} now={now} />,
          },
          {
            name: 'If leaked',
            cell: ({ kid }) => (
              <ButtonForm
                action={`${BASE}/delete`}
                label="Delete key"
                about={kid}
                tone="danger"
                hidden={{ kid }}
              />
            ),
          },
        ]}
        rows={keys}
        empty={
          <EmptyState title="No keys yet">The first is created when an app needs it.</EmptyState>
        }
      />
      {ID_TOKEN_ALGORITHMS.map((algorithm) => (
        <ActionRow
          title={`Rotate ${algorithm} now`}
          text="Creates and publishes the next key. It starts signing one day later."
          control={
            keys.some((key) => key.algorithm === algorithm && key.stage === 'next') ? (
              <None>Next key exists</None>
            ) : (
              <ButtonForm
                action={`${BASE}/rotate`}
                label="Create next key"
                about={algorithm}
                hidden={{ algorithm }}
              />
            )
          }
        />
      ))}
    </Section>
  )
}
