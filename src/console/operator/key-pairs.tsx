// The section of our key pairs: stages, steps of a rotation, and the IdPs that are behind.
import type { Child } from 'hono/jsx'
import type { ConnectionListing } from '../../connections/operations.ts'
import type { OwnKeyPair } from '../../keys/key-pair.ts'
import {
  ActionRow,
  DataTable,
  Fingerprint,
  Instant,
  None,
  Notice,
  Section,
} from '../kit/blocks.tsx'
import { ButtonForm } from '../kit/forms.tsx'
import { Expiry } from '../pages/shared/connection-values.tsx'

/** Connections in use, and those whose IdP has not read our metadata since. */
export type Followers = { inUse: number; behind: ConnectionListing[]; isWhole: boolean }

const STAGES = {
  current: { name: 'In use', text: 'Signs our requests. IdPs encrypt for it.' },
  next: { name: 'Next', text: 'Published in our metadata before it is used.' },
  previous: { name: 'Previous', text: 'Only decrypts, for IdPs that still use it.' },
} as const

export function KeyPairSection(props: {
  keyPairs: OwnKeyPair[]
  followers: Followers
  now: number
}) {
  const { keyPairs, followers, now } = props
  const find = (wanted: OwnKeyPair['stage']) => keyPairs.find(({ stage }) => stage === wanted)
  const retired = find('previous') ?? find('next')
  return (
    <Section
      id="key-pairs"
      title="Our key pairs"
      lead={
        <>
          They sign our requests and decrypt what IdPs send. Replacing them takes three steps, weeks
          apart: create, rotate, retire.
        </>
      }
    >
      <KeyPairTable keyPairs={keyPairs} now={now} />
      <Followed followers={followers} hasNext={find('next') !== undefined} />
      <Step
        title="1. Create the next key pair"
        text={
          <>
            Publishes a new certificate in our metadata beside the current one. Nothing else
            changes. Tell customers whose IdP does not read metadata.
          </>
        }
        label="Create key pair"
        action="/console/keys/prepare"
        isPossible={!find('next')}
      />
      <Step
        title="2. Rotate the key pairs"
        text={
          <>
            The next key pair starts signing. IdPs that check our signatures refuse requests until
            they know it. The previous one still decrypts.
          </>
        }
        label="Rotate key pairs"
        action="/console/keys/rotate"
        isPossible={find('next') !== undefined && !find('previous')}
      />
      {retired?.stage === 'next' ? (
        <Step
          title="Withdraw the next key pair"
          text={
            <>
              Removes it from our metadata before it signs. It still decrypts for IdPs that have
              read it.
            </>
          }
          label="Withdraw key pair"
          action="/console/keys/retire"
          isPossible={true}
          fingerprint={retired.fingerprint}
        />
      ) : (
        <Step
          title="3. Retire the previous key pair"
          text={
            <>
              Deletes it permanently. IdPs that still encrypt for it can no longer sign anyone in.
            </>
          }
          label="Retire key pair"
          action="/console/keys/retire"
          isPossible={retired !== undefined}
          fingerprint={retired?.fingerprint}
        />
      )}
    </Section>
  )
}

function KeyPairTable({ keyPairs, now }: { keyPairs: OwnKeyPair[]; now: number }) {
  return (
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
          name: 'Stored in',
          cell: ({ home }) => (home === 'secret' ? 'Worker secret' : 'Database, encrypted'),
        },
        { name: 'Valid until', cell: ({ notAfter }) => <Expiry at={notAfter} now={now} /> },
        {
          name: 'Published',
          cell: ({ publishedAt }) =>
            publishedAt === null ? (
              <None>Unknown</None>
            ) : (
              <Instant at={publishedAt} now={now} show="date" />
            ),
        },
      ]}
      rows={keyPairs}
    />
  )
}

function Step(props: {
  title: string
  text: Child
  label: string
  action: string
  isPossible: boolean
  /** Names the key pair, so that sending the form twice does not affect two. */
  fingerprint?: string | undefined
}) {
  const { title, text, label, action, isPossible, fingerprint } = props
  return (
    <ActionRow
      title={title}
      text={text}
      control={
        isPossible ? (
          <ButtonForm
            action={action}
            label={label}
            {...(fingerprint && { hidden: { fingerprint } })}
          />
        ) : (
          <None>Not available</None>
        )
      }
    />
  )
}

const MOST_NAMES = 20

function Followed({ followers, hasNext }: { followers: Followers; hasNext: boolean }) {
  const { inUse, behind, isWhole } = followers
  if (!hasNext || inUse === 0) return null
  const of = isWhole ? `${inUse}` : `the newest ${inUse}`
  if (behind.length === 0)
    return (
      <Notice tone="success" title={`The IdPs of all ${of} connections have read the new metadata`}>
        <p>You can rotate the key pairs.</p>
      </Notice>
    )
  return (
    <Notice
      tone="warning"
      title={`IdPs that have read the new metadata: ${inUse - behind.length} of ${of}`}
    >
      <p>These IdPs have not read it, or our settings were entered there by hand:</p>
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
