// What only the setup portal says: who has invited, to what, and until when.
import { Instant, Notice } from '../kit/blocks.tsx'
import { ConsolePage } from '../kit/console-frame.tsx'
import type { SetupLink } from '../../access/operations.ts'

/** At the top of the first page. */
export function Invitation(props: { setupLink: SetupLink; product: string; now: number }) {
  const { setupLink, product, now } = props
  const { capabilities, createdBy, expiresAt } = setupLink
  const may = {
    configure: capabilities.includes('configure'),
    test: capabilities.includes('test'),
  }
  return (
    <Notice
      tone="info"
      title={`${createdBy} of ${product} has invited you to set up single sign-on`}
    >
      <p>
        {may.configure
          ? 'Copy our side into your identity provider (IdP), and enter your IdP’s side here. Nothing changes for anybody before both sides have tested it.'
          : 'Copy our side into your identity provider (IdP). Your link does not allow to change anything here.'}
        {may.configure && !may.test && ' Testing is begun by support.'}
      </p>
      <p>
        The link works until <Instant at={expiresAt} now={now} />. You can come back with it as
        often as you like.
      </p>
    </Notice>
  )
}

/** Below every page. */
export function About({ setupLink, now }: { setupLink: SetupLink; now: number }) {
  return (
    <p>
      Opened by the setup link that {setupLink.createdBy} made for {setupLink.name}, valid until{' '}
      <Instant at={setupLink.expiresAt} now={now} />. Everything you do here is in the history,
      which both sides see.
    </p>
  )
}

export function DonePage(props: { product: string; door: string; nonce: string | undefined }) {
  return (
    <ConsolePage
      title="You are done here"
      product={props.product}
      door={props.door}
      narrow={true}
      nonce={props.nonce}
    >
      <p>
        What you have saved stays. To come back, open the setup link again; when it has expired, ask
        for a new one.
      </p>
    </ConsolePage>
  )
}
