// Our own key pairs on the page of a connection's certificates, as far as they concern its IdP.
import type { OwnKeyPair } from '../../../keys/key-pair.ts'
import {
  CopyField,
  DataTable,
  Fingerprint,
  Instant,
  KeyValues,
  None,
  Notice,
  Section,
} from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'
import { Expiry } from '../shared/connection-values.tsx'
import type { ConnectionContext } from '../shared/connection-context.ts'
import { toPEM } from './our-side.tsx'

const STAGES = { current: 'In use', next: 'Next', previous: 'Previous' } as const

export function OurKeys({
  at,
  keyPairs,
}: {
  at: ConnectionContext
  keyPairs: readonly OwnKeyPair[]
}) {
  const { connection, context, base } = at
  const { metadataFetchedAt } = connection
  const { now } = context
  const next = keyPairs.find(({ stage }) => stage === 'next')
  const hasNext =
    next !== undefined && metadataFetchedAt !== null && metadataFetchedAt >= (next.publishedAt ?? 0)
  return (
    <Section
      id="our-keys"
      title="Our keys"
      lead={
        'The current key signs our requests, and IdPs encrypt to it. Our metadata also has the ' +
        'next key, so that IdPs know it before we use it.'
      }
      actions={<ButtonLink href={`${base}/certificate.pem`} label="Download (PEM)" />}
    >
      {next && !hasNext && (
        <Notice tone="warning" title="The IdP does not have our next certificate yet">
          <p>
            It has not read our metadata since we published the certificate. If it checks our
            signatures or encrypts assertions, let it read the metadata again, or enter the
            certificate there.
          </p>
        </Notice>
      )}
      <DataTable
        caption="Our key pairs"
        captionHidden={true}
        columns={[
          { name: 'Stage', cell: ({ stage }) => STAGES[stage] },
          {
            name: 'Fingerprint',
            cell: (pair) => <Fingerprint hex={pair.fingerprint} short={true} />,
          },
          { name: 'Valid until', cell: ({ notAfter }) => <Expiry at={notAfter} now={now} /> },
        ]}
        rows={keyPairs}
      />
      <KeyValues
        rows={[
          {
            name: 'Our metadata last read by the IdP',
            value:
              metadataFetchedAt === null ? (
                <None>never</None>
              ) : (
                <Instant at={metadataFetchedAt} now={now} />
              ),
          },
        ]}
      />
      {next && (
        <CopyField
          id="next-certificate"
          label="Our next certificate (X.509, PEM)"
          value={toPEM(next.certificate)}
          lines={6}
        />
      )}
    </Section>
  )
}
