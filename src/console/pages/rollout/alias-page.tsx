// Aliases of a connection: addresses under which the IdP knows people whose login e-mail is another one.
import type { Problem } from '../../../problem.ts'
import type { Alias } from '../../../rollout/operations.ts'
import { DataTable, EmptyState, Instant, Pagination, Section } from '../../kit/blocks.tsx'
import { ButtonForm, Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'

export function AliasPage(props: {
  at: RolloutContext
  aliases: readonly (Alias & { email: string })[]
  nextHref: string | undefined
  values: { user: string; email: string }
  problem?: Problem | undefined
}) {
  const { at, aliases, nextHref, values, problem } = props
  const { page, path } = at
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  return (
    <page.Frame
      title="Aliases"
      breadcrumb={crumbsBelow(at)}
      problem={problem}
      lead="Whom the IdP knows by another address than the login e-mail. A login with an alias is that person’s."
    >
      {page.may.test && (
        <Section id="map" title="Map an address">
          <Form action={`${path}/aliases`}>
            <TextField
              name="user"
              label="Login e-mail"
              hint="As the product knows the person; or the user’s SID."
              value={values.user}
              required={true}
              error={errorOf('user')}
            />
            <TextField
              name="email"
              label="Address at the IdP"
              hint="As it stands in the IdP’s list."
              kind="email"
              value={values.email}
              required={true}
              error={errorOf('email')}
            />
            <SubmitRow primary="Map" />
          </Form>
        </Section>
      )}
      <DataTable
        caption="Aliases"
        captionHidden={true}
        columns={[
          { name: 'Address at the IdP', cell: ({ emailKey }) => emailKey },
          { name: 'Login e-mail', cell: ({ email }) => email },
          { name: 'Mapped by', cell: ({ createdBy }) => createdBy },
          {
            name: 'When',
            cell: ({ createdAt }) => (
              <Instant at={createdAt} now={page.context.now} show="relative" />
            ),
          },
          ...(page.may.test
            ? [
                {
                  name: 'Actions',
                  unnamed: true,
                  cell: ({ emailKey }: Alias) => (
                    <ButtonForm
                      action={`${path}/aliases/remove`}
                      hidden={{ email: emailKey }}
                      label="Take away"
                      about={emailKey}
                      tone="danger"
                    />
                  ),
                },
              ]
            : []),
        ]}
        rows={aliases}
        empty={<EmptyState title="No alias yet" />}
      />
      <Pagination olderHref={nextHref} olderLabel="Next →" />
    </page.Frame>
  )
}
