// Aliases of a connection: IdP addresses of people whose login e-mail differs.
import type { Problem } from '../../../problem.ts'
import type { Alias } from '../../../rollout/operations.ts'
import { DataTable, EmptyState, Instant, Pagination, Section } from '../../kit/blocks.tsx'
import { ButtonForm, Form, SubmitRow, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'

/** `email`: the login e-mail of the alias's user. */
type ShownAlias = Alias & { email: string }

export function AliasPage(props: {
  at: RolloutContext
  aliases: readonly ShownAlias[]
  nextHref: string | undefined
  values: { user: string; email: string }
  problem?: Problem | undefined
}) {
  const { at, aliases, nextHref, values, problem } = props
  const { page, path } = at
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.page.reader) : undefined
  return (
    <page.Frame
      title="Aliases"
      breadcrumb={crumbsBelow(at)}
      problem={problem}
      lead={
        <>
          Addresses that the IdP uses instead of the login e-mail. A login with an alias signs in
          that person.
        </>
      }
    >
      {page.may.configure && (
        <Section id="map" title="Map an address">
          <Form action={`${path}/aliases`}>
            <TextField
              name="user"
              label="Login e-mail"
              hint="The address in this product, or the user’s SID."
              value={values.user}
              required={true}
              error={errorOf('user')}
            />
            <TextField
              name="email"
              label="Address at the IdP"
              hint="Exactly as in the IdP’s user list."
              kind="email"
              value={values.email}
              required={true}
              error={errorOf('email')}
            />
            <SubmitRow primary="Map address" />
          </Form>
        </Section>
      )}
      <AliasTable at={at} aliases={aliases} />
      <Pagination olderHref={nextHref} olderLabel="Next →" />
    </page.Frame>
  )
}

function AliasTable({ at, aliases }: { at: RolloutContext; aliases: readonly ShownAlias[] }) {
  const { page, path } = at
  return (
    <DataTable
      caption="Aliases"
      captionHidden={true}
      columns={[
        { name: 'Address at the IdP', cell: ({ emailKey }) => emailKey },
        { name: 'Login e-mail', cell: ({ email }) => email },
        { name: 'Mapped by', cell: ({ createdBy }) => createdBy },
        {
          name: 'Mapped',
          cell: ({ createdAt }) => (
            <Instant at={createdAt} now={page.context.now} show="relative" />
          ),
        },
        ...(page.may.configure
          ? [
              {
                name: 'Actions',
                unnamed: true,
                cell: ({ emailKey }: Alias) => (
                  <ButtonForm
                    action={`${path}/aliases/remove`}
                    hidden={{ email: emailKey }}
                    label="Remove alias"
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
  )
}
