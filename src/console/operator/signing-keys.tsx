// The keys that sign what apps are told: they rotate by themselves, and by hand where somebody else may have one.
import type { Hono } from 'hono'
import {
  deleteSigningKey,
  listSigningKeys,
  rotateSigningKey,
  type TokenSigningKey,
} from '../../oidc/signing-keys/signing-keys.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { DataTable, Instant, None, Section } from '../kit/blocks.tsx'
import { ButtonForm } from '../kit/forms.tsx'
import type { App, AppContext } from '../../platform/http/http.ts'
import { seeOther, take, type AdminContext } from '../kit/admin-context.tsx'
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
    take(await operation(await openConsole(c)))
    return seeOther(c, '/console/keys', notice)
  }
  routes.post('/keys/signing-keys/rotate', (c) =>
    change(
      c,
      ({ context }) => rotateSigningKey(context, c.var.config.keySecrets),
      'signing_key_made',
    ),
  )
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
  return take(await listSigningKeys(context))
}

const STAGES = {
  next: 'Next: published, signs later',
  current: 'In use',
  previous: 'Previous: published for what it has signed',
} as const

export function SigningKeySection({ keys, now }: { keys: TokenSigningKey[]; now: number }) {
  return (
    <Section
      id="signing-keys"
      title="Keys that sign tokens"
      lead="What apps verify ID tokens by. They rotate by themselves every 90 days: the next key is published for a day before it signs."
    >
      <DataTable
        caption="Keys that sign tokens"
        captionHidden={true}
        columns={[
          { name: 'Stage', cell: ({ stage }) => STAGES[stage] },
          { name: 'Key ID', cell: ({ kid }) => <code>{kid}</code> },
          {
            name: 'Signs since',
            cell: ({ signsAt }) => <Instant at={signsAt} now={now} />,
          },
          {
            name: 'If somebody else may have it',
            cell: ({ kid }) => (
              <ButtonForm
                action={`${BASE}/delete`}
                label="Delete"
                about={`key ${kid}`}
                tone="danger"
                hidden={{ kid }}
              />
            ),
          },
        ]}
        rows={keys}
        empty={<None>None yet: the first is made when an app asks for it.</None>}
      />
      <div class="danger-row">
        <div>
          <h3>Rotate now</h3>
          <p>Makes and publishes the next key. It signs a day later, when apps have read it.</p>
        </div>
        {keys.some(({ stage }) => stage === 'next') ? (
          <None>One waits already</None>
        ) : (
          <ButtonForm action={`${BASE}/rotate`} label="Make the next key" />
        )}
      </div>
    </Section>
  )
}
