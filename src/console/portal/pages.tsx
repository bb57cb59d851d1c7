// Texts of the setup portal alone: the invitation, the footer, the last page.
import { Instant, Notice } from '../kit/blocks.tsx'
import { ConsolePage } from '../kit/console-frame.tsx'
import type { SetupLink } from '../../access/operations.ts'

/** At the top of the portal's first page. */
export function Invitation(props: { setupLink: SetupLink; product: string; now: number }) {
  const { setupLink, product, now } = props
  const { capabilities, createdBy, expiresAt } = setupLink
  const may = {
    configure: capabilities.includes('configure'),
    test: capabilities.includes('test'),
  }
  return (
    <Notice tone="info" title={`${createdBy} of ${product} invited you to set up single sign-on`}>
      <p>
        Copy our settings into your identity provider (IdP).{' '}
        {may.configure
          ? 'Enter the IdP’s settings here. Nothing changes for users until both sides test it.'
          : 'You cannot change settings with this link.'}
        {may.configure && !may.test && ' Support starts testing.'}
      </p>
      <p>
        The link works until <Instant at={expiresAt} now={now} />. You can use it any number of
        times.
      </p>
    </Notice>
  )
}

/** Below every page. */
export function About({ setupLink, now }: { setupLink: SetupLink; now: number }) {
  return (
    <p>
      Setup link for {setupLink.name}, created by {setupLink.createdBy}. Valid until{' '}
      <Instant at={setupLink.expiresAt} now={now} />. Both sides see the history of your actions.
    </p>
  )
}

export function DonePage(props: { product: string; area: string }) {
  return (
    <ConsolePage title="Setup closed" product={props.product} area={props.area} narrow={true}>
      <p>
        Your changes are saved. To return, open the setup link again. If it has expired, ask for a
        new one.
      </p>
    </ConsolePage>
  )
}
